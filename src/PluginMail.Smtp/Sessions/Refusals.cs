using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Transport;

namespace PluginMail.Smtp;

/// <summary>Logs what a client was refused, in a line of its own kind.</summary>
internal static class Refusals
{
    /// <summary>Logs a refusal.</summary>
    /// <param name="log">The log.</param>
    /// <param name="connection">The client.</param>
    /// <param name="verb">The command.</param>
    /// <param name="reply">What was said.</param>
    /// <param name="subject">The address that policy refused; null where it was something else.</param>
    public static void Log(ILogger log, MailConnection connection, string verb, SmtpReply reply, string? subject)
    {
        if (subject is not null)
        {
            SmtpLog.PolicyRefused(log, connection.Id, verb, subject, connection.Remote, reply);
            return;
        }

        switch (reply.Code)
        {
            case 503 or 530 or 538:
                SmtpLog.SequenceRefused(log, connection.Id, verb, connection.Remote, reply);
                break;
            case 535 or 454:
                SmtpLog.SignInRefused(log, connection.Id, verb, connection.Remote, reply);
                break;
            case 452 or 552:
                SmtpLog.LimitRefused(log, connection.Id, verb, connection.Remote, reply);
                break;
            default:
                SmtpLog.SyntaxRefused(log, connection.Id, verb, connection.Remote, reply);
                break;
        }
    }
}
