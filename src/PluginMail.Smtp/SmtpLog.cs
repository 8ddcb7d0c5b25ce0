using System.Net;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;

namespace PluginMail.Smtp;

/// <summary>What SMTP sessions log: one line for each refusal, with the words <c>refused (category)</c>. Never what a client sent, but addresses that parsed.</summary>
/// <remarks>What the mail session or the sign-in refused they log themselves, with more to say; here it is told at level Debug, with the wire's words.</remarks>
internal static partial class SmtpLog
{
    [LoggerMessage(1, LogLevel.Information, "{Session}: refused (syntax) {Verb} from {Remote}: {Reply}")]
    public static partial void SyntaxRefused(ILogger log, string session, string verb, IPEndPoint? remote, SmtpReply reply);

    [LoggerMessage(2, LogLevel.Information, "{Session}: refused (sequence) {Verb} from {Remote}: {Reply}")]
    public static partial void SequenceRefused(ILogger log, string session, string verb, IPEndPoint? remote, SmtpReply reply);

    [LoggerMessage(3, LogLevel.Debug, "{Session}: refused (policy) {Verb} {Subject} from {Remote}: {Reply}")]
    public static partial void PolicyRefused(ILogger log, string session, string verb, string subject, IPEndPoint? remote, SmtpReply reply);

    [LoggerMessage(4, LogLevel.Debug, "{Session}: refused (sign-in) {Verb} from {Remote}: {Reply}")]
    public static partial void SignInRefused(ILogger log, string session, string verb, IPEndPoint? remote, SmtpReply reply);

    [LoggerMessage(5, LogLevel.Information, "{Session}: refused (message) {Verb} of {Octets} octets from {Remote}: {Reply}")]
    public static partial void MessageRefused(ILogger log, string session, string verb, long octets, IPEndPoint? remote, SmtpReply reply);

    [LoggerMessage(6, LogLevel.Information, "{Session}: refused (errors) {Remote}: {Count} commands were refused, the session ends")]
    public static partial void TooManyErrors(ILogger log, string session, IPEndPoint? remote, int count);

    [LoggerMessage(7, LogLevel.Information, "{Session}: refused (time) {Remote}: {Reply}")]
    public static partial void TimedOut(ILogger log, string session, IPEndPoint? remote, SmtpReply reply);

    [LoggerMessage(8, LogLevel.Information, "{Session}: refused (tls) {Remote}: the handshake failed, or octets came before it")]
    public static partial void TlsFailed(ILogger log, string session, IPEndPoint? remote);

    [LoggerMessage(9, LogLevel.Error, "{Session}: fault in {Verb}")]
    public static partial void Fault(ILogger log, string session, string verb, Exception fault);

    [LoggerMessage(10, LogLevel.Error, "{Session}: no room or no store in {Verb}: {Reason}")]
    public static partial void StoreUnavailable(ILogger log, string session, string verb, string reason);

    [LoggerMessage(12, LogLevel.Information, "{Session}: refused (limit) {Verb} from {Remote}: {Reply}")]
    public static partial void LimitRefused(ILogger log, string session, string verb, IPEndPoint? remote, SmtpReply reply);

    [LoggerMessage(11, LogLevel.Debug, "{Session}: {Remote} is gone in the midst of a session")]
    public static partial void ClientGone(ILogger log, string session, IPEndPoint? remote);
}
