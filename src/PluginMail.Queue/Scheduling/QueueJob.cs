using PluginMail.Storage;

namespace PluginMail.Queue;

/// <summary>A message to be tried for its due recipients in one domain.</summary>
/// <param name="Id">The entry.</param>
/// <param name="Domain">The domain.</param>
/// <param name="Destination">What is limited and paused by: the transport's key, or <see cref="Here"/>.</param>
/// <param name="Priority">Which goes first: the lower number.</param>
/// <param name="Source">Whom its share is reckoned to.</param>
internal sealed record QueueJob(QueueId Id, string Domain, string Destination, int Priority, string Source)
{
    /// <summary>The destination of all recipients that are served by this server.</summary>
    public const string Here = "";

    /// <summary>Whether this server serves them.</summary>
    public bool IsHere => Destination.Length == 0;
}

/// <summary>What an attempt showed of its destination.</summary>
internal enum DestinationHealth
{
    /// <summary>It answers.</summary>
    Up,

    /// <summary>It took a message.</summary>
    Accepting,

    /// <summary>It cannot be reached, or turned everybody away.</summary>
    Down,

    /// <summary>Nothing was asked of it.</summary>
    Unknown,
}
