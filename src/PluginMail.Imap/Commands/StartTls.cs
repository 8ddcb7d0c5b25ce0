namespace PluginMail.Imap;

/// <summary>STARTTLS (RFC 3501 section 6.2.1).</summary>
internal sealed record StartTls : ImapCommand
{
    /// <summary>Takes no arguments.</summary>
    public static StartTls? Parse(ref ImapReader reader) => reader.ExpectEnd() ? new StartTls() : null;

    /// <summary>Agrees; the session starts TLS after its reply.</summary>
    public static ValueTask<Completion> HandleAsync(ImapSession session, StartTls command, CancellationToken cancellationToken) =>
        new(session.Connection.CanStartTls
            ? Completion.Ok("Begin TLS now", AfterReply.StartTls)
            : Completion.Bad(session.Connection.IsEncrypted ? "TLS is in force already" : "TLS is not offered here"));
}
