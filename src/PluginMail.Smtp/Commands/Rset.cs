namespace PluginMail.Smtp;

/// <summary>RSET (RFC 5321 section 4.1.1.5): ends the transaction without a message.</summary>
internal sealed record RsetCommand
{
    private static readonly RsetCommand Instance = new();

    public static readonly Verb Verb = new Verb<RsetCommand>("RSET", SessionPhases.Any, Parse, RsetHandler.HandleAsync);

    public static Parsed<RsetCommand> Parse(ReadOnlySpan<byte> argument) => argument.IsEmpty ? Instance : SmtpReplies.NoArgument;
}

/// <summary>Handles RSET.</summary>
internal static class RsetHandler
{
    public static ValueTask<Outcome> HandleAsync(RsetCommand command, SessionContext session, CancellationToken cancellationToken)
    {
        session.EndTransaction();
        return new(SmtpReplies.Ok);
    }
}
