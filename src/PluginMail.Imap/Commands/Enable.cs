namespace PluginMail.Imap;

/// <summary>ENABLE (RFC 5161). No announced extension needs it, so nothing is enabled.</summary>
internal sealed record Enable : ImapCommand
{
    /// <summary>Takes names of capabilities.</summary>
    public static Enable? Parse(ref ImapReader reader)
    {
        do
        {
            if (!reader.ExpectSpace() || !reader.ReadAtom(out _))
            {
                return null;
            }
        }
        while (!reader.IsAtEnd);
        return new Enable();
    }

    /// <summary>Says that nothing was enabled.</summary>
    public static ValueTask<Completion> HandleAsync(ImapSession session, Enable command, CancellationToken cancellationToken)
    {
        session.WriteLine("* ENABLED");
        return new(Completion.Ok("Nothing needs enabling"));
    }
}
