using PluginMail.Abstractions;

namespace PluginMail.Storage;

/// <summary>What is committed together: all or nothing, in one transaction, with one reply.</summary>
/// <param name="Copies">Copies to put into folders.</param>
/// <param name="QueueEntries">Messages to put into the queue.</param>
/// <param name="IdempotencyKey">
/// Committed with it, unless there are copies, none of them could be stored and nothing was queued; where it was committed before, nothing is
/// done. Null for none.
/// </param>
/// <param name="Rest">
/// What else is queued in the same transaction, once it is known what became of the copies (those <see cref="NewCopy.OnlyWithOthers"/> are
/// still <see cref="CopyResultStatus.Skipped"/>); its body is <see cref="RestBody"/> or one of the batch's. Called on the writer's thread, again where the transaction is
/// repeated: it is quick and depends on nothing else. Null, and an answer of null, for nothing.
/// </param>
public sealed record StoreBatch(
    IReadOnlyList<NewCopy> Copies,
    IReadOnlyList<NewQueueEntry> QueueEntries,
    string? IdempotencyKey = null,
    Func<IReadOnlyList<CopyResult>, NewQueueEntry?>? Rest = null)
{
    /// <summary>The body that <see cref="Rest"/> may name beside those of copies and entries; null for none. Kept only where it is named.</summary>
    public NewBody? RestBody { get; init; }
}

/// <summary>A body to be kept once, however many copies and queue entries name it.</summary>
/// <param name="content">The octets; of an <see cref="IBodySpool"/> or any other.</param>
/// <param name="structure">The MIME structure in its compact form, kept with the body.</param>
public sealed class NewBody(MessageContent content, ReadOnlyMemory<byte> structure)
{
    /// <summary>The octets.</summary>
    public MessageContent Content { get; } = content;

    /// <summary>The MIME structure in its compact form.</summary>
    public ReadOnlyMemory<byte> Structure { get; } = structure;
}

/// <summary>A copy to be put into a folder.</summary>
/// <param name="Body">The body.</param>
/// <param name="Folder">The folder.</param>
/// <param name="Prefix">Header octets of this copy alone, CRLF line ends; may be empty.</param>
/// <param name="Flags">System flags.</param>
/// <param name="Keywords">Keywords by name.</param>
/// <param name="InternalDate">When it was received.</param>
/// <param name="EnforcesQuota">Whether it is refused where the account would hold too much.</param>
/// <param name="Otherwise">The folder it goes to where <paramref name="Folder"/> is gone; null for none.</param>
/// <param name="OnlyWithOthers">Whether it is stored only where the batch stores another copy that is not so, or queues something.</param>
public sealed record NewCopy(
    NewBody Body,
    FolderId Folder,
    ReadOnlyMemory<byte> Prefix,
    MessageFlags Flags,
    IReadOnlyList<string> Keywords,
    DateTimeOffset InternalDate,
    bool EnforcesQuota = true,
    FolderId? Otherwise = null,
    bool OnlyWithOthers = false);

/// <summary>How a batch ended.</summary>
/// <param name="IsDuplicate">The idempotency key was committed before; nothing was done.</param>
/// <param name="Copies">For each copy, in the batch's order.</param>
public sealed record CommitResult(bool IsDuplicate, IReadOnlyList<CopyResult> Copies);

/// <summary>What became of one copy.</summary>
/// <param name="Status">Stored, or why not.</param>
/// <param name="Uid">Its UID; 0 where it was not stored.</param>
/// <param name="UidValidity">Of its folder; 0 where that is gone.</param>
/// <param name="IsOtherwise">Whether it is in the copy's other folder, as the first is gone.</param>
public readonly record struct CopyResult(CopyResultStatus Status, uint Uid, uint UidValidity, bool IsOtherwise = false);

/// <summary>What became of one copy.</summary>
public enum CopyResultStatus
{
    /// <summary>On disk.</summary>
    Stored,

    /// <summary>The account would hold too much.</summary>
    OverQuota,

    /// <summary>The folder is gone.</summary>
    NoFolder,

    /// <summary>Nothing was done: the batch is a duplicate, or the copy comes only with others and there were none.</summary>
    Skipped,
}
