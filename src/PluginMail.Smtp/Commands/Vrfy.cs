namespace PluginMail.Smtp;

/// <summary>VRFY (RFC 5321 section 4.1.1.6): answered alike whatever is asked, so that nothing is disclosed (section 7.3).</summary>
internal sealed record VrfyCommand
{
    private static readonly VrfyCommand Instance = new();

    public static readonly Verb Verb = new Verb<VrfyCommand>("VRFY", SessionPhases.Any, Parse, VrfyHandler.HandleAsync) { AllowsUtf8 = true };

    public static Parsed<VrfyCommand> Parse(ReadOnlySpan<byte> argument) => argument.IsEmpty ? SmtpReplies.ArgumentRequired : Instance;
}

/// <summary>Handles VRFY.</summary>
internal static class VrfyHandler
{
    public static ValueTask<Outcome> HandleAsync(VrfyCommand command, SessionContext session, CancellationToken cancellationToken) =>
        new(SmtpReplies.CannotVerify);
}
