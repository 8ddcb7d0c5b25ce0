namespace PluginMail.Imap;

/// <summary>NAMESPACE (RFC 2342): one personal namespace without a prefix.</summary>
internal sealed record Namespace : ImapCommand
{
    /// <summary>Takes no arguments.</summary>
    public static Namespace? Parse(ref ImapReader reader) => reader.ExpectEnd() ? new Namespace() : null;

    /// <summary>Tells the namespaces.</summary>
    public static ValueTask<Completion> HandleAsync(ImapSession session, Namespace command, CancellationToken cancellationToken)
    {
        session.WriteLine("* NAMESPACE ((\"\" \"/\")) NIL NIL");
        return new(Completion.Ok("Namespaces listed"));
    }
}
