namespace PluginMail.Imap;

/// <summary>CHECK (RFC 3501 section 6.4.1): every change is on disk before it is answered, so there is nothing to do.</summary>
internal sealed record Check : ImapCommand
{
    /// <summary>Takes no arguments.</summary>
    public static Check? Parse(ref ImapReader reader) => reader.ExpectEnd() ? new Check() : null;

    /// <summary>Does nothing.</summary>
    public static ValueTask<Completion> HandleAsync(ImapSession session, Check command, CancellationToken cancellationToken) =>
        new(Completion.Ok("Checked"));
}
