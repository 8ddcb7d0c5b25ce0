namespace PluginMail.Queue;

/// <summary>What a queued message waits for now.</summary>
public enum QueueEntryState
{
    /// <summary>An attempt is being made for one of its recipients.</summary>
    Active,

    /// <summary>It is due and waits for its turn: for a place among the attempts under way, or for what a rate lets through.</summary>
    Due,

    /// <summary>It is due, and its destinations are paused because they are down.</summary>
    Paused,

    /// <summary>Its next attempt is to come.</summary>
    Waiting,

    /// <summary>A person has to decide.</summary>
    Held,

    /// <summary>Nothing is to be tried any more; its sender is to be told.</summary>
    Ending,
}
