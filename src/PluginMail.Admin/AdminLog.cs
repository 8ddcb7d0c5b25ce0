using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace PluginMail.Admin;

/// <summary>All that the HTTP API says in the log.</summary>
internal static partial class AdminLog
{
    /// <summary>The category of all but failed logins.</summary>
    public const string Category = "api";

    /// <summary>The category that failed logins of every protocol share.</summary>
    public const string LoginCategory = "authentication";

    // The form of failed logins of the mail protocols, so that one fail2ban rule finds all.
    [LoggerMessage(
        1, LogLevel.Warning, "login failed: user=<> method=BEARER remote={Remote} reason=token protocol=http tls={Tls} session={Session}")]
    public static partial void LoginFailed(ILogger log, IPAddress? remote, string tls, string session);

    [LoggerMessage(2, LogLevel.Information, "api: token={Token} {Method} {Path}: {Status}, remote={Remote}")]
    public static partial void Changed(ILogger log, string token, string method, PathString path, int status, IPAddress? remote);

    [LoggerMessage(3, LogLevel.Error, "api: {Method} {Path} failed: {Reason}")]
    public static partial void Failed(ILogger log, string method, PathString path, string reason);

    [LoggerMessage(4, LogLevel.Warning, "api: too many connections, remote={Remote}")]
    public static partial void TooManyConnections(ILogger log, IPAddress? remote);

    [LoggerMessage(5, LogLevel.Warning, "metrics: {Instrument} of {Meter} is not counted: {Reason}")]
    public static partial void NotCounted(ILogger log, string meter, string instrument, string reason);

    [LoggerMessage(6, LogLevel.Debug, "metrics: a value cannot be had now: {Reason}")]
    public static partial void NotObserved(ILogger log, string reason);
}
