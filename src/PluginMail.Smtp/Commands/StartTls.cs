namespace PluginMail.Smtp;

/// <summary>STARTTLS (RFC 3207).</summary>
internal sealed record StartTlsCommand
{
    private static readonly StartTlsCommand Instance = new();

    public static readonly Verb Verb = new Verb<StartTlsCommand>("STARTTLS", SessionPhases.Fresh | SessionPhases.Idle, Parse, StartTlsHandler.HandleAsync);

    public static Parsed<StartTlsCommand> Parse(ReadOnlySpan<byte> argument) => argument.IsEmpty ? Instance : SmtpReplies.NoArgument;
}

/// <summary>Handles STARTTLS.</summary>
internal static class StartTlsHandler
{
    public static ValueTask<Outcome> HandleAsync(StartTlsCommand command, SessionContext session, CancellationToken cancellationToken) => new(
        session.Connection.IsEncrypted ? SmtpReplies.TlsInForce
        : session.Connection.CanStartTls ? Outcome.StartTls.Instance
        : SmtpReplies.NotImplemented);
}
