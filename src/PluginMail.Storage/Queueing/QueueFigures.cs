namespace PluginMail.Storage;

/// <summary>How much waits in the queue.</summary>
/// <param name="Messages">Entries.</param>
/// <param name="Waiting">Recipients that are to be tried.</param>
/// <param name="Held">Recipients that a person must release.</param>
/// <param name="Ended">Recipients that are done with, of which the sender is yet to be told.</param>
/// <param name="Oldest">When the oldest entry came; null where there is none.</param>
public sealed record QueueFigures(long Messages, long Waiting, long Held, long Ended, DateTimeOffset? Oldest);
