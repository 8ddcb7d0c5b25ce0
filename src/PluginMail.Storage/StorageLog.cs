using Microsoft.Extensions.Logging;

namespace PluginMail.Storage;

/// <summary>What the store logs.</summary>
internal static partial class StorageLog
{
    [LoggerMessage(1, LogLevel.Information, "Store {Folder} opened: schema {Schema}, {Removed} leftover spool files removed")]
    public static partial void Opened(ILogger logger, string folder, int schema, int removed);

    [LoggerMessage(2, LogLevel.Information, "Schema brought from {From} to {To}")]
    public static partial void Upgraded(ILogger logger, int from, int to);

    [LoggerMessage(3, LogLevel.Warning, "Pack segment {Segment}: {Octets} octets behind the last committed record cut off (an interrupted write)")]
    public static partial void TornTail(ILogger logger, int segment, long octets);

    [LoggerMessage(4, LogLevel.Error, "Pack segment {Segment} is shorter than its committed records: {Length} octets, {Expected} expected")]
    public static partial void ShortSegment(ILogger logger, int segment, long length, long expected);

    [LoggerMessage(5, LogLevel.Error, "A batch of {Requests} writes failed; nothing of it was kept")]
    public static partial void BatchFailed(ILogger logger, Exception fault, int requests);

    [LoggerMessage(6, LogLevel.Warning, "A write in a batch of {Requests} failed; the batch is repeated one by one")]
    public static partial void BatchRepeated(ILogger logger, Exception fault, int requests);

    [LoggerMessage(7, LogLevel.Error, "Work in the background failed: {Work}")]
    public static partial void BackgroundFailed(ILogger logger, Exception fault, string work);

    [LoggerMessage(8, LogLevel.Information, "Reclaimed {Octets} octets of {Bodies} bodies")]
    public static partial void Reclaimed(ILogger logger, long octets, long bodies);

    [LoggerMessage(9, LogLevel.Information, "Backup written to {Folder}: {Octets} octets")]
    public static partial void BackedUp(ILogger logger, string folder, long octets);

    [LoggerMessage(10, LogLevel.Critical, "The writer stopped; the store must be opened again")]
    public static partial void WriterStopped(ILogger logger, Exception fault);

    [LoggerMessage(11, LogLevel.Critical, "A batch of {Requests} writes is on disk, but what is in memory could not follow; it is read again")]
    public static partial void PublishFailed(ILogger logger, Exception fault, int requests);
}
