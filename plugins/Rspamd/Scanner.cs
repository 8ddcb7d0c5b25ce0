using System.Globalization;
using System.Net;
using System.Text;
using PluginMail.Abstractions;
using PluginMail.Clients;
using PluginMail.Daemons;

namespace PluginMail.Rspamd;

/// <summary>Rspamd's <c>/checkv2</c> and <c>/ping</c>, at any of the workers that scan.</summary>
internal sealed class Scanner(RspamdOptions options, DaemonGroup workers, RspamdHttp http, IDnsResolver dns)
{
    private const int MostRecipients = 100;
    private const int MostNames = 5;
    private static readonly TimeSpan LookupLimit = TimeSpan.FromSeconds(2);

    /// <summary>Has a message judged.</summary>
    /// <exception cref="OperationCanceledException">The call has ended.</exception>
    public async ValueTask<Answer<Judgement>> ScanAsync(IMessageView message, CancellationToken cancellationToken)
    {
        string client = await NameOfAsync(message, cancellationToken);
        (string, string)[] fields = [.. Fields(message, client)];
        return await workers.AskAsync(
            async (address, token) =>
            {
                var answer = await http.AskAsync(address, "checkv2", fields, message.Content, token);
                return answer.Value is not { } reply ? Answer<Judgement>.Declined(answer.Failure)
                    : reply.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.NotFound ? Answer<Judgement>.None(Words(reply)) // no worker for us
                    : reply.Status != HttpStatusCode.OK ? Answer<Judgement>.Declined(Words(reply))
                    : JudgementReader.Read(reply.Body);
            },
            cancellationToken);
    }

    /// <summary>Asks for a sign of life.</summary>
    public async ValueTask<Answer<string>> PingAsync(DaemonAddress address, CancellationToken cancellationToken)
    {
        var answer = await http.AskAsync(address, "ping", [], content: null, cancellationToken);
        return answer.Value is not { } reply ? Answer<string>.None(answer.Failure)
            : reply.Status == HttpStatusCode.OK ? Answer<string>.Of(Words(reply))
            : Answer<string>.None(Words(reply));
    }

    /// <summary>A reply's status and the beginning of its body, printable.</summary>
    internal static string Words(HttpReply reply)
    {
        var body = reply.Body.Span;
        string text = Encoding.Latin1.GetString(body[..Math.Min(body.Length, 200)]).Trim();
        return string.Create(CultureInfo.InvariantCulture, $"answered {(int)reply.Status} {Printable.Of(text)}");
    }

    private IEnumerable<(string Name, string Value)> Fields(IMessageView message, string client)
    {
        var session = message.Session;
        yield return ("Queue-Id", message.TransactionId);
        yield return ("From", message.Envelope.Sender?.ToString() ?? "<>");
        foreach (var recipient in message.Envelope.Recipients.Take(MostRecipients))
        {
            yield return ("Rcpt", recipient.ToString());
        }

        yield return ("Deliver-To", message.Envelope.Recipients is [var only] ? only.ToString() : "");
        yield return ("IP", session.RemoteEndPoint is { } end ? ClientNetworks.Plain(end.Address).ToString() : "");
        yield return ("Helo", session.HelloName ?? "");
        yield return ("Hostname", client);
        yield return ("User", session.Authenticated?.ToString() ?? "");
        yield return ("Pass", options.PassAll ? "all" : "");
        yield return ("Settings", options.Settings);
        yield return ("Settings-ID", message.Direction == Direction.Outgoing ? options.SettingsIdOutgoing : options.SettingsId);
    }

    /// <summary>The name of the client's address that leads back to it; empty where there is none, or none in time.</summary>
    private async ValueTask<string> NameOfAsync(IMessageView message, CancellationToken cancellationToken)
    {
        if (!options.ReverseName || message.Session.RemoteEndPoint is not { } end || IPAddress.IsLoopback(end.Address))
        {
            return "";
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(LookupLimit);
        try
        {
            return await NameOfAsync(ClientNetworks.Plain(end.Address), limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return "";
        }
    }

    private async ValueTask<string> NameOfAsync(IPAddress client, CancellationToken cancellationToken)
    {
        var pointers = await dns.QueryAsync(ReversedAddress.NameOf(client), DnsRecordType.PTR, cancellationToken);
        foreach (string name in pointers.Records.Take(MostNames).Select(HostName.Normalize).OfType<string>())
        {
            if (AddressRecords.Have(await dns.QueryAsync(name, AddressRecords.TypeOf(client), cancellationToken), client))
            {
                return name;
            }
        }

        return "";
    }
}
