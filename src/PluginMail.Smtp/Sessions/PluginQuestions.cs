using System.Text;
using Microsoft.Extensions.Logging;

namespace PluginMail.Smtp;

/// <summary>The questions that no handler of a verb asks: about a command that is not known, and about a message before it comes.</summary>
internal static class PluginQuestions
{
    /// <summary>Asks what is said to a command that is not known.</summary>
    /// <param name="line">The line without its end; no control character is in it.</param>
    /// <param name="session">The session.</param>
    /// <param name="cancellationToken">The session's end.</param>
    /// <returns>What a plugin wants to be said, or 500.</returns>
    public static ValueTask<Outcome> AskAboutUnknownAsync(ReadOnlySpan<byte> line, SessionContext session, CancellationToken cancellationToken) =>
        line.Length is 0 or > Verb.DefaultLineLength ? new(SmtpReplies.UnknownCommand) : AskAsync(Encoding.UTF8.GetString(line), session, cancellationToken);

    /// <summary>Asks whether the message may come; where it may not the transaction ends.</summary>
    /// <param name="session">The session.</param>
    /// <param name="verb">DATA or BDAT.</param>
    /// <param name="log">Where faults are told.</param>
    /// <param name="cancellationToken">The session's end.</param>
    /// <returns>The refusal; null where it may come.</returns>
    public static async ValueTask<Outcome.Answer?> AskAboutDataAsync(
        SessionContext session, string verb, ILogger log, CancellationToken cancellationToken)
    {
        Outcome.Answer answer;
        try
        {
            if (await session.Mail.DataAsync(cancellationToken) is not { } refusal)
            {
                return null;
            }

            answer = new Outcome.Answer(refusal, "-");
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            answer = new Outcome.Answer(Faults.ToReply(log, session.Connection.Id, verb, e));
        }

        session.EndTransaction();
        return answer;
    }

    private static async ValueTask<Outcome> AskAsync(string command, SessionContext session, CancellationToken cancellationToken) =>
        await session.Mail.UnknownCommandAsync(command, cancellationToken) is { } reply
            ? new Outcome.Answer(reply, "-") { IsError = true }
            : SmtpReplies.UnknownCommand;
}
