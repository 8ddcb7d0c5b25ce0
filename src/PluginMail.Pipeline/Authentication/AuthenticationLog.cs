using System.Net;
using Microsoft.Extensions.Logging;

namespace PluginMail.Pipeline.Authentication;

/// <summary>What sign-in logs: one line for each login, and never a password.</summary>
internal static partial class AuthenticationLog
{
    private const int MostCharacters = 120;

    /// <summary>A login that did not succeed.</summary>
    public static void Failed(ILogger log, LoginAttempt attempt, string reason)
    {
        if (log.IsEnabled(LogLevel.Warning))
        {
            SignInOrigin origin = attempt.Origin;
            LoginFailed(log, LogText.Login(attempt.Login, MostCharacters), attempt.Method, origin.Remote?.Address, reason, origin.Protocol, origin.IsEncrypted, origin.SessionId);
        }
    }

    /// <summary>A login that succeeded.</summary>
    public static void Succeeded(ILogger log, LoginAttempt attempt, string account)
    {
        if (log.IsEnabled(LogLevel.Information))
        {
            SignInOrigin origin = attempt.Origin;
            LoginSucceeded(log, account, attempt.Method, origin.Remote?.Address, origin.Protocol, origin.IsEncrypted, origin.SessionId);
        }
    }

    /// <summary>A plugin could not answer.</summary>
    [LoggerMessage(1203, LogLevel.Warning, "authenticator {Plugin} failed: {Fault}")]
    public static partial void AuthenticatorFailed(ILogger log, string plugin, string fault);

    [LoggerMessage(1201, LogLevel.Warning,
        "login failed: user=<{User}> method={Method} remote={Remote} reason={Reason} protocol={Protocol} tls={Tls} session={Session}")]
    private static partial void LoginFailed(
        ILogger log, string user, string method, IPAddress? remote, string reason, string protocol, bool tls, string session);

    [LoggerMessage(1202, LogLevel.Information,
        "login: user=<{User}> method={Method} remote={Remote} protocol={Protocol} tls={Tls} session={Session}")]
    private static partial void LoginSucceeded(
        ILogger log, string user, string method, IPAddress? remote, string protocol, bool tls, string session);
}
