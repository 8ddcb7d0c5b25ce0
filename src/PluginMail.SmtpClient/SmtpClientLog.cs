using Microsoft.Extensions.Logging;

namespace PluginMail.SmtpClient;

/// <summary>What sending logs.</summary>
internal static partial class SmtpClientLog
{
    [LoggerMessage(1, LogLevel.Debug, "{Id}: sent to={Recipient} host={Host} tls={Tls}: {Reply}")]
    public static partial void Sent(ILogger log, string id, string recipient, string? host, string? tls, string reply);

    [LoggerMessage(2, LogLevel.Debug, "{Id}: not sent to={Recipient} host={Host} tls={Tls}: {Reply}")]
    public static partial void NotSent(ILogger log, string id, string recipient, string? host, string? tls, string reply);

    [LoggerMessage(3, LogLevel.Debug, "{Id}: the next host is tried: {Reply}")]
    public static partial void NextHost(ILogger log, string id, string reply);

    [LoggerMessage(EventId = 4, Message = "{Host}: {Kind}: {Text}")]
    public static partial void TlsFailed(ILogger log, LogLevel level, string host, TlsFailureKind kind, string text);

    [LoggerMessage(5, LogLevel.Information, "{Host}: another attempt, without TLS: {Reason}")]
    public static partial void TlsGivenUp(ILogger log, string host, string reason);

    [LoggerMessage(6, LogLevel.Error, "{Id}: sending failed in a way that nobody foresaw")]
    public static partial void Failed(ILogger log, string id, Exception fault);
}
