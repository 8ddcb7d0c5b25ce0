using System.Net;
using Microsoft.Extensions.Logging;

namespace PluginMail.Pipeline;

/// <summary>What the pipeline logs.</summary>
internal static partial class PipelineLog
{
    /// <summary>A message is taken.</summary>
    public static void Accepted(ILogger log, string id, string sender, int recipients, long size, string? login, IPAddress? remote)
    {
        if (log.IsEnabled(LogLevel.Information))
        {
            IsAccepted(log, id, LogText.Bracketed(sender), recipients, size, login, remote);
        }
    }

    /// <summary>A message, a sender or recipients are not.</summary>
    public static void Refused(
        ILogger log, string id, string sender, string recipient, string? login, IPAddress? remote, string? hello, string role, string reply)
    {
        if (log.IsEnabled(LogLevel.Information))
        {
            IsRefused(log, id, LogText.Bracketed(sender), LogText.Bracketed(recipient), login, remote, hello, role, reply);
        }
    }

    /// <summary>A message is held or discarded.</summary>
    public static void SetAside(ILogger log, string id, string decision, string role, string sender, string reason)
    {
        if (log.IsEnabled(LogLevel.Information))
        {
            IsSetAside(log, id, decision, role, LogText.Bracketed(sender), reason);
        }
    }

    /// <summary>A header check hit.</summary>
    public static void HeaderCheck(ILogger log, string id, string action, string rule, string sender, string field)
    {
        if (log.IsEnabled(LogLevel.Information))
        {
            HeaderIsChecked(log, id, action, rule, LogText.Bracketed(sender), field);
        }
    }

    [LoggerMessage(4, LogLevel.Warning, "{Id}: the store cannot take the message: {Reason}")]
    public static partial void StoreUnavailable(ILogger log, string id, string reason);

    [LoggerMessage(5, LogLevel.Warning, "traces are lost: they come faster than the disk takes them")]
    public static partial void TracesLost(ILogger log);

    [LoggerMessage(6, LogLevel.Warning, "traces cannot be written: {Reason}")]
    public static partial void TracesNotWritten(ILogger log, string reason);

    [LoggerMessage(7, LogLevel.Error, "{Id}: the pipeline failed; the client is asked to try later")]
    public static partial void Fault(ILogger log, string id, Exception fault);

    [LoggerMessage(8, LogLevel.Warning, "old traces cannot be deleted: {Reason}")]
    public static partial void TracesNotSwept(ILogger log, string reason);

    [LoggerMessage(10, LogLevel.Information, "account {Address} made: a plugin vouches for it")]
    public static partial void AccountMade(ILogger log, string address);

    [LoggerMessage(11, LogLevel.Warning, "no account {Address}, for which a plugin vouches: its domain has all the accounts that its policy allows")]
    public static partial void DomainFull(ILogger log, string address);

    [LoggerMessage(1, LogLevel.Information, "{Id}: accepted from=<{Sender}> recipients={Recipients} size={Size} login={Login} remote={Remote}")]
    private static partial void IsAccepted(ILogger log, string id, string sender, int recipients, long size, string? login, IPAddress? remote);

    [LoggerMessage(2, LogLevel.Information, "{Id}: refused from=<{Sender}> to=<{Recipient}> login={Login} remote={Remote} hello={Hello} by={Role}: {Reply}")]
    private static partial void IsRefused(
        ILogger log, string id, string sender, string recipient, string? login, IPAddress? remote, string? hello, string role, string reply);

    [LoggerMessage(3, LogLevel.Information, "{Id}: {Decision} by={Role} from=<{Sender}>: {Reason}")]
    private static partial void IsSetAside(ILogger log, string id, string decision, string role, string sender, string reason);

    [LoggerMessage(9, LogLevel.Information, "{Id}: header check {Rule}: {Action} from=<{Sender}>: {Field}")]
    private static partial void HeaderIsChecked(ILogger log, string id, string action, string rule, string sender, string field);
}
