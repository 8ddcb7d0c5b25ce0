using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Clients;

namespace PluginMail.Greylist;

/// <summary>Asks strangers to come again. At RCPT, the null sender as any other.</summary>
internal sealed class GreylistCheck(GreylistOptions options, IPluginHost host, ILogger log) : ISessionCheck
{
    private readonly Counter<long> _decisions = host.Meter.CreateCounter<long>("decisions", "{recipient}", "Recipients of strangers, by standing");
    private readonly Memory _memory = new(options, host.State, host.Clock);

    public SessionStages Stages => SessionStages.Recipient;

    public IAsyncDisposable BeginSession(ISessionView session) => new KnownOrigin();

    public async ValueTask<Verdict> CheckAsync(SessionCheckContext context, IAsyncDisposable? state, CancellationToken cancellationToken)
    {
        if (context is not { Session: { Direction: Direction.Incoming, Protocol: "smtp", RemoteEndPoint.Address: { } remote }, Recipient: { } recipient })
        {
            return Verdict.Pass;
        }

        var client = ClientNetworks.Plain(remote);
        if (options.TrustedClients.Contain(client) || options.TrustedSenders.Match(context.Sender) || options.TrustedRecipients.Match(recipient))
        {
            return Verdict.Pass;
        }

        string network = ClientNetwork.NetworkOf(client, options);
        string origin = await OriginAsync(context, client, (KnownOrigin)state!, cancellationToken) ?? network;
        string clientKey = Remembered.ClientKey(origin);
        if (options.ClientPasses > 0 && await _memory.IsWhiteAsync(clientKey, cancellationToken))
        {
            Count("client_white");
            return Verdict.Pass;
        }

        string key = Remembered.CorrespondenceKey(origin, SenderKey.Of(context.Sender), recipient.ToString().ToLowerInvariant());
        var (standing, age) = await _memory.ComeAsync(key, network, cancellationToken);
        Count(standing.ToString().ToLowerInvariant());
        if (standing == Standing.Passed)
        {
            GreylistLog.Passed(log, context.Session.Id, origin, Printable.Of(recipient.ToString()), age);
            if (await _memory.PassAsync(clientKey, cancellationToken) == options.ClientPasses && options.ClientPasses > 0)
            {
                GreylistLog.ClientPassed(log, context.Session.Id, origin, options.ClientPasses);
            }
        }

        return standing is Standing.Passed or Standing.White ? Verdict.Pass : ComeAgain(options.Delay - age);
    }

    private Verdict ComeAgain(TimeSpan wait)
    {
        long seconds = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds));
        return Verdict.Defer(new SmtpReply(
            451, new EnhancedStatusCode(4, 7, 1), options.Text.Replace("{seconds}", $"{seconds}", StringComparison.Ordinal)));
    }

    /// <summary>The sender's domain where it vouches for the client (SPF) and not for everybody; null where the client's network must stand for it.</summary>
    private async ValueTask<string?> OriginAsync(SessionCheckContext context, IPAddress client, KnownOrigin known, CancellationToken cancellationToken)
    {
        if (!options.Spf || context.Sender is not { } sender)
        {
            return null;
        }

        if (!sender.Equals(known.Sender))
        {
            known.Domain = await IsVouchedForAsync(context.Session, client, sender, cancellationToken) ? sender.Domain.ToLowerInvariant() : null;
            known.Sender = sender;
        }

        return known.Domain;
    }

    private async ValueTask<bool> IsVouchedForAsync(ISessionView session, IPAddress client, EmailAddress sender, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.SpfTime, host.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            if (await host.SenderPolicy.CheckAsync(session, sender, either.Token) != SenderPolicyResult.Pass)
            {
                return false;
            }

            foreach (var nobody in OtherClient.Of(session, client))
            {
                if (await host.SenderPolicy.CheckAsync(nobody, sender, either.Token) == SenderPolicyResult.Pass)
                {
                    return false; // +all, or as good as that: whoever claims to be of the domain would be known
                }
            }

            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private void Count(string result) => _decisions.Add(1, new KeyValuePair<string, object?>("standing", result));

    /// <summary>What SPF said of the session's sender, for all of its recipients.</summary>
    private sealed class KnownOrigin : IAsyncDisposable
    {
        public EmailAddress? Sender { get; set; }

        public string? Domain { get; set; }

        public ValueTask DisposeAsync() => default;
    }
}
