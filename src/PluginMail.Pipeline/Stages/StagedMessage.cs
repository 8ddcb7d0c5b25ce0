using PluginMail.Abstractions;
using PluginMail.MailAuth;

namespace PluginMail.Pipeline;

/// <summary>A message in the Message stage, with all changes made so far.</summary>
/// <param name="TransactionId">The transaction.</param>
/// <param name="Session">The session that brought it.</param>
/// <param name="Direction">Which way it goes.</param>
/// <param name="Envelope">Its envelope now.</param>
/// <param name="Message">Its octets now.</param>
/// <param name="Owned">Spools of the messages that edits made, to be disposed when the transaction ends.</param>
/// <param name="IsJunk">Whether its score takes it to the Junk folder.</param>
/// <param name="TraceHeader">This server's Received field, which a replacement gets too.</param>
internal sealed record StagedMessage(
    string TransactionId,
    ISessionView Session,
    Direction Direction,
    Envelope Envelope,
    MailMessage Message,
    List<IAsyncDisposable> Owned,
    bool IsJunk = false,
    ReadOnlyMemory<byte> TraceHeader = default)
{
    /// <summary>Whether its sender is likely forged: a report would hit somebody else.</summary>
    public bool IsSenderDoubtful { get; init; }

    /// <summary>What was found of who it is from; null where that was not looked for.</summary>
    public AuthenticationOutcome? Origin { get; init; }

    /// <summary>How likely it is spam, from 0 to 100, 100 being the score at which mail is refused; null where no check gave a score.</summary>
    public double? SpamPercent { get; init; }

    /// <summary>The message as plugins see it now.</summary>
    public MessageView View(Judgement judgement) =>
        new(TransactionId, Session, Direction, Envelope, Message, judgement.Score, judgement.Tags);
}
