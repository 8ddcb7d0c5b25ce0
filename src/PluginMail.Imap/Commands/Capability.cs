namespace PluginMail.Imap;

/// <summary>CAPABILITY (RFC 3501 section 6.1.1).</summary>
internal sealed record Capability : ImapCommand
{
    /// <summary>Takes no arguments.</summary>
    public static Capability? Parse(ref ImapReader reader) => reader.ExpectEnd() ? new Capability() : null;

    /// <summary>Lists what this session can do now.</summary>
    public static ValueTask<Completion> HandleAsync(ImapSession session, Capability command, CancellationToken cancellationToken)
    {
        session.WriteLine("* CAPABILITY ", Capabilities.Of(session));
        return new(Completion.Ok("Capabilities listed"));
    }
}
