using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;

namespace PluginMail.Server;

/// <summary>What the server itself logs.</summary>
internal static partial class ServerLog
{
    [LoggerMessage(1, LogLevel.Information, "listening: {Protocol} on {Address} tls={Tls}")]
    public static partial void Listening(ILogger log, string protocol, string address, string tls);

    [LoggerMessage(2, LogLevel.Information, "stopped listening: {Protocol} on {Address}")]
    public static partial void StoppedListening(ILogger log, string protocol, string address);

    [LoggerMessage(3, LogLevel.Error, "cannot listen: {Protocol} on {Address}: {Reason}")]
    public static partial void CannotListen(ILogger log, string protocol, string address, string reason);

    [LoggerMessage(4, LogLevel.Information, "mail.toml was read again and is in force")]
    public static partial void Reloaded(ILogger log);

    [LoggerMessage(5, LogLevel.Error, "mail.toml has errors; the old settings go on serving:\n{Errors}")]
    public static partial void NotReloaded(ILogger log, string errors);

    [LoggerMessage(6, LogLevel.Warning, "mail.toml: {Problem}")]
    public static partial void ReloadProblem(ILogger log, string problem);

    [LoggerMessage(7, LogLevel.Warning, "plugin {Plugin} observes mailboxes too slowly: an event of <{Account}> is dropped")]
    public static partial void EventsDropped(ILogger log, string plugin, EmailAddress account);

    [LoggerMessage(8, LogLevel.Warning, "an event of <{Account}> could not be told to plugin {Plugin}: {Reason}")]
    public static partial void EventFailed(ILogger log, string plugin, EmailAddress account, string reason);

    [LoggerMessage(9, LogLevel.Information, "stopping")]
    public static partial void Stopping(ILogger log);

    [LoggerMessage(10, LogLevel.Warning, "a control request failed: {Reason}")]
    public static partial void ControlFailed(ILogger log, string reason);

    [LoggerMessage(11, LogLevel.Information, "TLS certificate: {Description}")]
    public static partial void Certificate(ILogger log, string description);

    [LoggerMessage(12, LogLevel.Error, "the TLS certificate cannot be read, the old one goes on serving: {Reason}")]
    public static partial void CertificateNotRead(ILogger log, string reason);

    [LoggerMessage(13, LogLevel.Error, "reclaiming the room of deleted messages failed: {Reason}")]
    public static partial void ReclaimFailed(ILogger log, string reason);

    [LoggerMessage(14, LogLevel.Warning, "the data folder {Folder} is open to other users of this machine, and with it all mail: chmod 700 it")]
    public static partial void DataFolderOpen(ILogger log, string folder);

    [LoggerMessage(15, LogLevel.Warning, "plugin {Plugin} was too slow at the stop: {Count} mailbox events are dropped")]
    public static partial void EventsCut(ILogger log, string plugin, int count);

    [LoggerMessage(16, LogLevel.Warning, "administrator: {Subject}")]
    public static partial void Alert(ILogger log, string subject);

    [LoggerMessage(17, LogLevel.Error, "administrator: cannot be told by mail ({Subject}): {Reason}")]
    public static partial void AlertFailed(ILogger log, string subject, string reason);

    [LoggerMessage(18, LogLevel.Information, "dmarc: report for {Domain} of {Day:yyyy-MM-dd}, messages={Messages}, to=<{Recipients}>: {Result}")]
    public static partial void DmarcReport(
        ILogger log, string domain, DateTimeOffset day, int messages, string recipients, Abstractions.SubmissionResult result);

    [LoggerMessage(19, LogLevel.Warning, "dmarc: the reports of {Day:yyyy-MM-dd} cannot be made now: {Reason}")]
    public static partial void DmarcReportFailed(ILogger log, DateTimeOffset day, string reason);

    [LoggerMessage(20, LogLevel.Warning, "dmarc: a row of the report for {Domain} cannot be kept: {Reason}")]
    public static partial void DmarcRowLost(ILogger log, string domain, string reason);

    [LoggerMessage(21, LogLevel.Information, "access lists read again: {Lines} lines")]
    public static partial void ListsRead(ILogger log, int lines);

    [LoggerMessage(22, LogLevel.Error, "access lists cannot be used, the old ones stay in force:\n{Errors}")]
    public static partial void ListsNotRead(ILogger log, string errors);

    [LoggerMessage(23, LogLevel.Information, "{Account}: login revoked, sessions ended: {Count}")]
    public static partial void LoginRevoked(ILogger log, string account, int count);

    [LoggerMessage(24, LogLevel.Information, "metrics are sent to {Endpoint} every {Seconds} s")]
    public static partial void TelemetryBegins(ILogger log, string endpoint, long seconds);

    [LoggerMessage(25, LogLevel.Warning, "metrics cannot be sent to {Endpoint} (said once in ten minutes): {Reason}")]
    public static partial void TelemetryFailed(ILogger log, string endpoint, string reason);

    [LoggerMessage(26, LogLevel.Warning, "plugin {Plugin}: its filter word {Word} is left out: the language or an earlier plugin has it")]
    public static partial void WordLeftOut(ILogger log, string plugin, string word);
}
