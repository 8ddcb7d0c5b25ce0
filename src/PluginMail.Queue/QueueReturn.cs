namespace PluginMail.Queue;

/// <summary>What became of an entry that was to be returned to its sender.</summary>
public enum QueueReturn
{
    /// <summary>Nobody in it waits or is held, as far as is meant.</summary>
    Nothing,

    /// <summary>An attempt is being made at it now; it stays as it is.</summary>
    Active,

    /// <summary>Its sender cannot be reached at all; it stays as it is.</summary>
    Unreachable,

    /// <summary>It goes back: its sender gets a report.</summary>
    Returned,

    /// <summary>It goes, and its sender, the null sender, gets nothing.</summary>
    NullSender,

    /// <summary>It goes, and nobody is told: its sender is likely forged.</summary>
    DoubtfulSender,

    /// <summary>It goes, and its sender is not told, as he asked (NOTIFY, RFC 3461 section 4.1).</summary>
    Unwanted,
}

/// <summary>What became of entries that were to be returned to their senders.</summary>
/// <param name="Returned">How many go back: their senders get reports.</param>
/// <param name="Unreported">How many go without a report.</param>
/// <param name="Active">How many stay as they are, because an attempt is being made at them now.</param>
/// <param name="Unreachable">How many stay as they are, because their senders cannot be reached.</param>
public sealed record QueueReturns(int Returned, int Unreported, int Active, int Unreachable)
{
    internal static QueueReturns None { get; } = new(0, 0, 0, 0);

    internal QueueReturns Add(QueueReturn one) => one switch
    {
        QueueReturn.Nothing => this,
        QueueReturn.Active => this with { Active = Active + 1 },
        QueueReturn.Unreachable => this with { Unreachable = Unreachable + 1 },
        QueueReturn.Returned => this with { Returned = Returned + 1 },
        _ => this with { Unreported = Unreported + 1 },
    };
}
