using PluginMail.Abstractions;

namespace PluginMail.Smtp;

/// <summary>QUIT (RFC 5321 section 4.1.1.10): ends the session.</summary>
internal sealed record QuitCommand
{
    private static readonly QuitCommand Instance = new();

    public static readonly Verb Verb = new Verb<QuitCommand>("QUIT", SessionPhases.Any, Parse, QuitHandler.HandleAsync);

    public static Parsed<QuitCommand> Parse(ReadOnlySpan<byte> argument) => argument.IsEmpty ? Instance : SmtpReplies.NoArgument;
}

/// <summary>Handles QUIT.</summary>
internal static class QuitHandler
{
    public static ValueTask<Outcome> HandleAsync(QuitCommand command, SessionContext session, CancellationToken cancellationToken) =>
        new(new Outcome.Close(new SmtpReply(221, new(2, 0, 0), $"{session.Options.Hostname} closing connection")));
}
