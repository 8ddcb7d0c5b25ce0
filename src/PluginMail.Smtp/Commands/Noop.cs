namespace PluginMail.Smtp;

/// <summary>NOOP (RFC 5321 section 4.1.1.9): nothing; an argument is ignored.</summary>
internal sealed record NoopCommand
{
    private static readonly NoopCommand Instance = new();

    public static readonly Verb Verb = new Verb<NoopCommand>("NOOP", SessionPhases.Any, Parse, NoopHandler.HandleAsync);

    public static Parsed<NoopCommand> Parse(ReadOnlySpan<byte> argument) => Instance;
}

/// <summary>Handles NOOP.</summary>
internal static class NoopHandler
{
    public static ValueTask<Outcome> HandleAsync(NoopCommand command, SessionContext session, CancellationToken cancellationToken) => new(SmtpReplies.Ok);
}
