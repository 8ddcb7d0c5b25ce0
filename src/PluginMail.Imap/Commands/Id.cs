namespace PluginMail.Imap;

/// <summary>ID (RFC 2971). What the client says of itself is read and forgotten.</summary>
internal sealed record Id : ImapCommand
{
    private const int MaximumFields = 30;

    /// <summary>Takes NIL or a list of field names and values.</summary>
    public static Id? Parse(ref ImapReader reader)
    {
        if (!reader.ExpectSpace())
        {
            return null;
        }

        if (reader.TryTakeWord("NIL"u8))
        {
            return new Id();
        }

        if (!reader.Expect((byte)'('))
        {
            return null;
        }

        for (int fields = 0; !reader.TryTake((byte)')'); fields++)
        {
            bool isRead = (fields == 0 || reader.ExpectSpace()) && reader.ReadString(out _) && reader.ExpectSpace() && reader.ReadNString(out _);
            if (!isRead || (fields == MaximumFields && !reader.Fail("these are more than 30 fields")))
            {
                return null;
            }
        }

        return new Id();
    }

    /// <summary>Says what the server is.</summary>
    public static ValueTask<Completion> HandleAsync(ImapSession session, Id command, CancellationToken cancellationToken)
    {
        session.WriteLine("* ID (\"name\" \"PluginMail\")");
        return new(Completion.Ok("Pleased to meet you"));
    }
}
