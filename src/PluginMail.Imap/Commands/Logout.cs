namespace PluginMail.Imap;

/// <summary>LOGOUT (RFC 3501 section 6.1.3).</summary>
internal sealed record Logout : ImapCommand
{
    /// <summary>Takes no arguments.</summary>
    public static Logout? Parse(ref ImapReader reader) => reader.ExpectEnd() ? new Logout() : null;

    /// <summary>Says goodbye.</summary>
    public static ValueTask<Completion> HandleAsync(ImapSession session, Logout command, CancellationToken cancellationToken)
    {
        session.WriteLine("* BYE Goodbye");
        return new(Completion.Ok("Logged out", AfterReply.Close));
    }
}
