using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Queue;

namespace PluginMail.SmtpClient;

/// <summary>Sends messages over SMTP (RFC 5321) and LMTP (RFC 2033): to configured hosts, otherwise to the domain's mail exchangers.</summary>
/// <param name="dns">The resolver.</param>
/// <param name="policies">How connections to mail exchangers must be protected.</param>
/// <param name="options">Settings; asked several times a message: give the same record until they change.</param>
/// <param name="clock">The clock.</param>
/// <param name="log">The log.</param>
public sealed class SmtpTransport(
    IDnsResolver dns, ITlsPolicies policies, Func<SmtpClientOptions> options, TimeProvider clock, ILogger log) : IOutboundTransport, IAsyncDisposable
{
    private readonly ConnectionPool _pool = new(options, clock);

    /// <inheritdoc/>
    public string DestinationOf(string domain) => options().Routes.Find(domain)?.Name ?? domain;

    /// <inheritdoc/>
    public async ValueTask<ImmutableArray<OutboundOutcome>> SendAsync(OutboundMessage message, CancellationToken cancellationToken)
    {
        var delivery = new OutboundDelivery(message);
        try
        {
            await new DeliveryAttempt(delivery, options(), dns, policies, _pool, clock, log).RunAsync(cancellationToken);
            if (delivery.IsPending)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            delivery.NoteFailure(SmtpReply.LocalError("sending was given up"), null, null, isDown: false);
        }
        catch (IOException e)
        {
            SmtpClientLog.Failed(log, message.TransactionId, e);
            delivery.NoteFailure(SmtpReply.LocalError("the message cannot be read"), null, null, isDown: false);
        }
        catch (Exception e)
        {
            SmtpClientLog.Failed(log, message.TransactionId, e);
            delivery.NoteFailure(SmtpReply.LocalError("sending failed here"), null, null, isDown: false);
        }

        ImmutableArray<OutboundOutcome> outcomes = delivery.End();
        for (int i = 0; i < outcomes.Length; i++)
        {
            Log(message, message.Recipients[i], outcomes[i]);
        }

        return outcomes;
    }

    /// <summary>Closes the connections that are kept.</summary>
    public ValueTask DisposeAsync() => _pool.DisposeAsync();

    private void Log(OutboundMessage message, OutboundRecipient recipient, OutboundOutcome outcome)
    {
        if (!log.IsEnabled(LogLevel.Information))
        {
            return;
        }

        string address = recipient.Address.ToString();
        if (outcome.Reply.IsPositive)
        {
            SmtpClientLog.Sent(log, message.TransactionId, address, outcome.Host, outcome.Tls, outcome.Reply.ToString());
        }
        else
        {
            SmtpClientLog.NotSent(log, message.TransactionId, address, outcome.Host, outcome.Tls, outcome.Reply.ToString());
        }
    }
}
