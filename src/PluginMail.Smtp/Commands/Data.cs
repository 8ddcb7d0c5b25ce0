namespace PluginMail.Smtp;

/// <summary>DATA (RFC 5321 section 4.1.1.4): the message comes, ended by a line with a dot.</summary>
internal sealed record DataCommand
{
    private static readonly DataCommand Instance = new();

    public static readonly Verb Verb =
        new Verb<DataCommand>("DATA", SessionPhases.Sender | SessionPhases.Recipients, Parse, DataHandler.HandleAsync);

    public static Parsed<DataCommand> Parse(ReadOnlySpan<byte> argument) => argument.IsEmpty ? Instance : SmtpReplies.NoArgument;
}

/// <summary>Handles DATA.</summary>
internal static class DataHandler
{
    // RFC 2033 section 4.2: in LMTP 503 also where every recipient was refused.
    public static ValueTask<Outcome> HandleAsync(DataCommand command, SessionContext session, CancellationToken cancellationToken) => new(
        session.Recipients > 0 ? Outcome.ReceiveData.Instance
        : session.HasRefusedRecipient && !session.IsLmtp ? SmtpReplies.NoValidRecipients
        : SmtpReplies.RecipientFirst);
}
