using Microsoft.Extensions.Logging;

namespace PluginMail.Dlp;

internal static partial class DlpLog
{
    [LoggerMessage(1, LogLevel.Warning, "{Transaction}: {Rule}: {Detail}; {Action}")]
    public static partial void Found(ILogger logger, string transaction, string rule, string detail, string action);

    [LoggerMessage(2, LogLevel.Information, "{Transaction} has something that cannot be read: {Reason}")]
    public static partial void Unreadable(ILogger logger, string transaction, string reason);

    [LoggerMessage(3, LogLevel.Information, "fingerprints of {Added} documents written, {Forgotten} forgotten; now {Documents} with {Fingerprints} fingerprints")]
    public static partial void Updated(ILogger logger, int added, int forgotten, int documents, long fingerprints);

    [LoggerMessage(4, LogLevel.Warning, "{Path} of {Collection} is not read in full: {Reason}")]
    public static partial void NotRead(ILogger logger, string path, string collection, string reason);

    [LoggerMessage(5, LogLevel.Error, "the index was damaged: {Damage}. Documents that are lost are read anew, and mail is not compared with them before")]
    public static partial void Damaged(ILogger logger, string damage);

    [LoggerMessage(6, LogLevel.Warning, "{Path} of {Collection} cannot be looked at: {Reason}")]
    public static partial void NotFound(ILogger logger, string path, string collection, string reason);

    [LoggerMessage(7, LogLevel.Error, "the index could not be brought up to date: {Reason}")]
    public static partial void NotUpdated(ILogger logger, string reason);

    [LoggerMessage(8, LogLevel.Warning, "{Transaction}: the notice could not be sent: {Result}")]
    public static partial void NotNotified(ILogger logger, string transaction, string result);

    [LoggerMessage(9, LogLevel.Warning, "{Documents} documents have fingerprints of an earlier version, which miss some spellings: where their files are they are read anew")]
    public static partial void Outdated(ILogger logger, int documents);

    [LoggerMessage(10, LogLevel.Warning, "{Count} symbolic links below {Path} of {Collection} are not followed: what they lead to is read where it is registered itself")]
    public static partial void LinksNotFollowed(ILogger logger, int count, string path, string collection);
}
