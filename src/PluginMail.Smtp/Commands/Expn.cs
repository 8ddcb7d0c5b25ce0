namespace PluginMail.Smtp;

/// <summary>EXPN (RFC 5321 section 4.1.1.7): not implemented; who is on a list is nobody's business.</summary>
internal sealed record ExpnCommand
{
    private static readonly ExpnCommand Instance = new();

    public static readonly Verb Verb = new Verb<ExpnCommand>("EXPN", SessionPhases.Any, Parse, ExpnHandler.HandleAsync) { AllowsUtf8 = true };

    public static Parsed<ExpnCommand> Parse(ReadOnlySpan<byte> argument) => Instance;
}

/// <summary>Handles EXPN.</summary>
internal static class ExpnHandler
{
    public static ValueTask<Outcome> HandleAsync(ExpnCommand command, SessionContext session, CancellationToken cancellationToken) =>
        new(SmtpReplies.NotImplemented);
}
