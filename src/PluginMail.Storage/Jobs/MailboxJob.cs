namespace PluginMail.Storage;

/// <summary>A job's key.</summary>
/// <param name="Value">A number that is never used again.</param>
public readonly record struct MailboxJobId(long Value);

/// <summary>How far a job is.</summary>
public enum MailboxJobState
{
    /// <summary>It works, or was interrupted and can go on.</summary>
    Running,

    /// <summary>It came to its end.</summary>
    Done,

    /// <summary>It is being undone, or that was interrupted and can go on.</summary>
    Undoing,

    /// <summary>It was undone.</summary>
    Undone,
}

/// <summary>A job to be begun.</summary>
/// <param name="Account">Whose mail.</param>
/// <param name="Folder">The folder whose messages it goes through: those that are there now.</param>
/// <param name="Name">What it is called, for people.</param>
/// <param name="Script">What it is done by; kept as it is, so that a job that goes on goes on with the same.</param>
public sealed record NewMailboxJob(AccountId Account, FolderId Folder, string Name, ReadOnlyMemory<byte> Script);

/// <summary>A change of many messages of a folder, in batches, that survives a stop and can be undone.</summary>
/// <param name="Id">The key.</param>
/// <param name="Account">Whose mail.</param>
/// <param name="Folder">The folder whose messages it goes through.</param>
/// <param name="Name">What it is called.</param>
/// <param name="State">How far it is.</param>
/// <param name="Started">When it began.</param>
/// <param name="Changed">When its last batch was committed; its time to be undone counts from here.</param>
/// <param name="DoneUid">All messages up to this UID are done.</param>
/// <param name="LastUid">Those above this UID came later and are none of its.</param>
/// <param name="Total">Messages that were there when it began.</param>
/// <param name="Counts">What it did.</param>
public sealed record MailboxJob(
    MailboxJobId Id,
    AccountId Account,
    FolderId Folder,
    string Name,
    MailboxJobState State,
    DateTimeOffset Started,
    DateTimeOffset Changed,
    uint DoneUid,
    uint LastUid,
    long Total,
    MailboxJobCounts Counts)
{
    /// <summary>Whether it can be gone on with.</summary>
    public bool IsUnfinished => State is MailboxJobState.Running or MailboxJobState.Undoing;
}

/// <summary>What a job did.</summary>
/// <param name="Processed">Messages it has gone through.</param>
/// <param name="Moved">Messages that went to another folder.</param>
/// <param name="Copied">Copies made.</param>
/// <param name="Deleted">Messages removed, and kept aside until the job expires.</param>
/// <param name="Flagged">Messages that stayed and got flags.</param>
/// <param name="LeftAlone">Messages that could not be treated: they were gone, their folder was, or the quota had no room for copies.</param>
/// <param name="Withheld">Actions that the caller left out, as of letters to others.</param>
/// <param name="Returned">Steps taken back.</param>
/// <param name="NotReturned">Steps that could not be taken back, as the owner has moved or removed the message since.</param>
public readonly record struct MailboxJobCounts(
    long Processed, long Moved, long Copied, long Deleted, long Flagged, long LeftAlone, long Withheld, long Returned, long NotReturned);
