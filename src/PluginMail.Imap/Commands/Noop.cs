namespace PluginMail.Imap;

/// <summary>NOOP (RFC 3501 section 6.1.2). The session tells the news after it.</summary>
internal sealed record Noop : ImapCommand
{
    /// <summary>Takes no arguments.</summary>
    public static Noop? Parse(ref ImapReader reader) => reader.ExpectEnd() ? new Noop() : null;

    /// <summary>Does nothing.</summary>
    public static ValueTask<Completion> HandleAsync(ImapSession session, Noop command, CancellationToken cancellationToken) =>
        new(Completion.Ok("Nothing done"));
}
