namespace PluginMail.Collector.Ledgers;

/// <summary>Where a message stands.</summary>
internal enum MessageState
{
    /// <summary>It is here.</summary>
    Taken = 1,

    /// <summary>It was there before the first visit, and only new ones are wanted.</summary>
    Old = 2,

    /// <summary>It could not be taken, and is tried again later.</summary>
    Waiting = 3,

    /// <summary>It is larger than what is taken; it is tried again much later.</summary>
    TooLarge = 4,

    /// <summary>It has been here before and came back to where it is collected from; it stays there.</summary>
    Returned = 5,

    /// <summary>It is here, and not yet marked over there as seen.</summary>
    Unmarked = 6,
}

/// <summary>What is remembered of a message.</summary>
/// <param name="Id">What it is called there.</param>
/// <param name="Size">Octets, as the server said.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Seen">When it was taken, or first met where it was not.</param>
/// <param name="Attempts">How often it could not be taken.</param>
/// <param name="RetryAt">When it is tried again.</param>
/// <param name="Fingerprint">What it is known by when its id changes; null where it has none.</param>
internal sealed record LedgerRow(
    string Id, long Size, MessageState State, DateTimeOffset Seen, int Attempts, DateTimeOffset RetryAt, byte[]? Fingerprint)
{
    /// <summary>Whether it is here.</summary>
    public bool IsTaken => State is MessageState.Taken or MessageState.Unmarked;

    /// <summary>Whether nothing is to be fetched of it, now or ever.</summary>
    public bool IsSettled => IsTaken || State is MessageState.Old or MessageState.Returned;
}

/// <summary>How an account does, as it is shown.</summary>
/// <param name="LastVisit">When it was visited last; null where it was not.</param>
/// <param name="LastSuccess">When a visit ended well.</param>
/// <param name="Collected">Messages taken, over all time.</param>
/// <param name="LastError">What went wrong last; null where the last visit ended well.</param>
internal sealed record AccountRow(DateTimeOffset? LastVisit, DateTimeOffset? LastSuccess, long Collected, string? LastError);
