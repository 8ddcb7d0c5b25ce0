using System.Collections.Immutable;
using PluginMail.Abstractions;
using PluginMail.Queue;

namespace PluginMail.SmtpClient;

/// <summary>One message on its way: which recipients were answered and how, and what the hosts that failed said.</summary>
/// <param name="message">The message.</param>
internal sealed class OutboundDelivery(OutboundMessage message)
{
    private readonly OutboundOutcome?[] _outcomes = new OutboundOutcome?[message.Recipients.Length];
    private SendableContent? _content;
    private SendableContent? _sevenBit;
    private bool _isSevenBitTried;
    private OutboundOutcome? _failure;
    private bool _isDown = true;

    /// <summary>The message.</summary>
    public OutboundMessage Message => message;

    /// <summary>Its octets.</summary>
    public SendableContent Content => _content ??= SendableContent.Of(message.Content);

    /// <summary>Its octets for a host without 8BITMIME; null where they cannot be made.</summary>
    public SendableContent? SevenBitContent
    {
        get
        {
            if (!_isSevenBitTried)
            {
                _isSevenBitTried = true;
                _sevenBit = Content.ToSevenBit();
            }

            return _sevenBit;
        }
    }

    /// <summary>Whether a recipient has no outcome yet.</summary>
    public bool IsPending => Array.Exists(_outcomes, static outcome => outcome is null);

    /// <summary>The first recipients without outcome, as indices.</summary>
    /// <param name="most">How many at the most.</param>
    public int[] Pending(int most) => [.. Enumerable.Range(0, _outcomes.Length).Where(i => _outcomes[i] is null).Take(most)];

    /// <summary>Says what came of a recipient.</summary>
    /// <param name="recipient">Its index.</param>
    /// <param name="reply">The host's reply, or ours.</param>
    /// <param name="connection">The host.</param>
    public void Settle(int recipient, SmtpReply reply, SmtpConnection connection) => _outcomes[recipient] = new OutboundOutcome(reply)
    {
        Host = connection.Name,
        Tls = connection.Tls,
        IsReportingPassedOn = reply.IsPositive && connection.Capabilities.Dsn,
    };

    /// <summary>Notes that a host did not take the message, so that the next one is tried. A reply that gives hope outlives one that does not.</summary>
    /// <param name="reply">Why.</param>
    /// <param name="host">The host; null where none answered.</param>
    /// <param name="tls">How the connection was protected.</param>
    /// <param name="isDown">Whether it was not this message that the host refused.</param>
    public void NoteFailure(SmtpReply reply, string? host, string? tls, bool isDown)
    {
        _isDown &= isDown;
        if (_failure is null || reply.IsTransient || !_failure.Reply.IsTransient)
        {
            _failure = new OutboundOutcome(reply) { Host = host, Tls = tls };
        }
    }

    /// <summary>The outcomes; recipients without one get the last failure.</summary>
    public ImmutableArray<OutboundOutcome> End()
    {
        OutboundOutcome rest = (_failure ?? new OutboundOutcome(SmtpReply.LocalError("the message was not sent"))) with { IsDestinationDown = _isDown && _failure is not null };
        return [.. _outcomes.Select(outcome => outcome ?? rest)];
    }
}
