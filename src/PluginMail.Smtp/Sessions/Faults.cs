using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;

namespace PluginMail.Smtp;

/// <summary>Turns what went wrong behind a command into its reply; the session goes on.</summary>
internal static class Faults
{
    /// <summary>Logs a fault and gives its reply.</summary>
    /// <param name="log">The log.</param>
    /// <param name="session">The session's id.</param>
    /// <param name="verb">The command.</param>
    /// <param name="fault">What happened; an <see cref="IOException"/> is a store or disk without room (452 4.3.1), all else 451 4.3.0.</param>
    /// <returns>The reply.</returns>
    public static SmtpReply ToReply(ILogger log, string session, string verb, Exception fault)
    {
        if (fault is IOException)
        {
            SmtpLog.StoreUnavailable(log, session, verb, fault.Message);
            return SmtpReplies.StoreUnavailable;
        }

        SmtpLog.Fault(log, session, verb, fault);
        return SmtpReplies.Fault;
    }
}
