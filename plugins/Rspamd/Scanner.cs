using System.Globalization;
using System.Net;
using System.Text;
using PluginMail.Abstractions;
using PluginMail.Clients;
using PluginMail.Daemons;
using PluginMail.Text;

namespace PluginMail.Rspamd;

/// <summary>Rspamd's <c>/checkv2</c> and <c>/ping</c>, at any of the workers that scan.</summary>
/// <param name="options">The settings.</param>
/// <param name="workers">The workers.</param>
/// <param name="http">Talks to one.</param>
/// <param name="names">Knows what clients are called.</param>
/// <param name="hostname">What this server is called.</param>
internal sealed class Scanner(RspamdOptions options, DaemonGroup workers, RspamdHttp http, ConfirmedNames names, string hostname)
{
    // Of a header, Rspamd reads 80 KiB; all recipients are one field of it.
    private const int RecipientsLength = 48 * 1024;

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
        int length = 0;
        foreach (string recipient in message.Envelope.Recipients.Select(static recipient => recipient.ToString()))
        {
            if ((length += Encoding.UTF8.GetByteCount(recipient) + ", ".Length) > RecipientsLength)
            {
                break;
            }

            yield return ("Rcpt", recipient);
        }

        yield return ("Deliver-To", message.Envelope.Recipients is [var only] ? only.ToString() : "");
        yield return ("IP", session.RemoteEndPoint is { } end ? ClientNetworks.Plain(end.Address).ToString() : "");
        yield return ("Helo", session.HelloName ?? "");
        yield return ("Hostname", client);
        yield return ("User", session.Authenticated?.ToString() ?? "");
        yield return ("MTA-Name", hostname);
        yield return ("TLS-Version", session.TlsProtocol ?? "");
        yield return ("TLS-Cipher", session.TlsCipher ?? "");
        yield return ("Pass", options.PassAll ? "all" : "");
        yield return ("Settings", options.Settings);
        yield return ("Settings-ID", message.Direction == Direction.Outgoing ? options.SettingsIdOutgoing : options.SettingsId);
    }

    /// <summary>The name of the client's address that leads back to it; empty where there is none, or none in time.</summary>
    private async ValueTask<string> NameOfAsync(IMessageView message, CancellationToken cancellationToken) =>
        options.ReverseName && message.Session.RemoteEndPoint is { } end && !IPAddress.IsLoopback(end.Address)
            ? (await names.FindAsync(ClientNetworks.Plain(end.Address), cancellationToken)).Verified ?? ""
            : "";
}
