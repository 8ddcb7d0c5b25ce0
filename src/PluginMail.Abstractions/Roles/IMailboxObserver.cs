namespace PluginMail.Abstractions;

/// <summary>Is told of what owners do in their mailboxes, after it is committed (learning from moves in and out of Junk).</summary>
public interface IMailboxObserver : IMailRole
{
    /// <summary>Takes note of a change. Order is kept within a folder; a slow plugin delays only its own observers, and
    /// where 10,000 changes wait for it further ones are not told.</summary>
    /// <param name="change">The change.</param>
    /// <param name="cancellationToken">Cancelled at the time limit.</param>
    /// <returns>Ends when it is noted.</returns>
    ValueTask ObserveAsync(MailboxChange change, CancellationToken cancellationToken);
}

/// <summary>A change that an owner made.</summary>
/// <param name="Account">Whose mailbox.</param>
/// <param name="Kind">What was done.</param>
/// <param name="Folder">The folder where the message is now; of an expunged one, where it was.</param>
/// <param name="FromFolder">Where it was before a move or copy; null otherwise.</param>
/// <param name="Uid">Its unique identifier in <paramref name="Folder"/> (RFC 3501 section 2.3.1.1).</param>
/// <param name="Content">The message, for the time of the call; null where it is gone.</param>
public sealed record MailboxChange(
    EmailAddress Account, MailboxChangeKind Kind, string Folder, string? FromFolder, uint Uid, MessageContent? Content);

/// <summary>What an owner did with a message.</summary>
public enum MailboxChangeKind
{
    /// <summary>Put there by APPEND.</summary>
    Appended,

    /// <summary>Copied there.</summary>
    Copied,

    /// <summary>Moved there.</summary>
    Moved,

    /// <summary>Removed for good.</summary>
    Expunged,
}
