using System.Net;
using Microsoft.Extensions.Logging;

namespace PluginMail.Imap;

/// <summary>What IMAP sessions log. No password, no message text.</summary>
internal static partial class ImapLog
{
    [LoggerMessage(1, LogLevel.Information, "{Session}: {Account} signed in from {Remote} ({Mechanism}, {Tls})")]
    public static partial void SignedIn(ILogger log, string session, string account, IPEndPoint? remote, string mechanism, string tls);

    [LoggerMessage(2, LogLevel.Information, "{Session}: {Account} left: {Reason}; {Commands} commands, {Errors} errors, {Sent} octets sent, {Appended} messages appended")]
    public static partial void Left(ILogger log, string session, string account, string reason, long commands, int errors, long sent, long appended);

    [LoggerMessage(3, LogLevel.Warning, "{Session}: {Verb} could not be done now: {Reason}")]
    public static partial void Unavailable(ILogger log, string session, string verb, string reason);

    [LoggerMessage(4, LogLevel.Error, "{Session}: {Verb} failed by a fault of the server")]
    public static partial void CommandFault(ILogger log, string session, string verb, Exception fault);
}
