using Microsoft.Extensions.Logging;

namespace PluginMail.SmtpClient;

/// <summary>What policies and their reports log.</summary>
internal static partial class SmtpClientLog
{
    [LoggerMessage(40, LogLevel.Warning, "{Domain}: its MTA-STS policy cannot be fetched: {Reason}")]
    public static partial void StsNotFetched(ILogger log, string domain, string reason);

    [LoggerMessage(41, LogLevel.Error, "{Domain}: the cache of MTA-STS policies fails: {Reason}")]
    public static partial void StsCacheFailed(ILogger log, string domain, string reason);

    [LoggerMessage(42, LogLevel.Warning, "{Host} of {Domain} is not used: {Reason}")]
    public static partial void HostRefused(ILogger log, string host, string domain, string reason);

    [LoggerMessage(43, LogLevel.Information, "TLS report for {Domain} on {Day} sent to {Address}")]
    public static partial void TlsReportSent(ILogger log, string domain, string day, string address);

    [LoggerMessage(44, LogLevel.Warning, "TLS report for {Domain} on {Day} not sent to {Address}: {Reason}")]
    public static partial void TlsReportNotSent(ILogger log, string domain, string day, string address, string reason);

    [LoggerMessage(45, LogLevel.Error, "results for TLS reports cannot be kept: {Reason}")]
    public static partial void TlsResultsNotKept(ILogger log, string reason);
}
