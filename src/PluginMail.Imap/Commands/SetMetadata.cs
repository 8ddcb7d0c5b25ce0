using PluginMail.Storage;

namespace PluginMail.Imap;

/// <summary>SETMETADATA (RFC 5464 section 4.3): all of it is done, or nothing.</summary>
/// <param name="Name">The mailbox; empty for the server.</param>
/// <param name="Updates">What is set and removed.</param>
internal sealed record SetMetadata(string Name, IReadOnlyList<AnnotationUpdate> Updates) : ImapCommand
{
    /// <summary>Takes a mailbox and entries with their values; NIL removes.</summary>
    public static SetMetadata? Parse(ref ImapReader reader)
    {
        List<AnnotationUpdate> updates = [];
        if (!reader.ExpectSpace() || !reader.ReadMailbox(out string name) || !reader.ExpectSpace() || !reader.Expect((byte)'('))
        {
            return null;
        }

        do
        {
            if (!ReadUpdate(ref reader, updates))
            {
                return null;
            }
        }
        while (reader.TryTake((byte)' '));
        return reader.Expect((byte)')') ? new SetMetadata(name, updates) : null;
    }

    /// <summary>Whether a command that is cut short by a literal that is too large is this one.</summary>
    public static bool IsCutShort(ReadOnlySpan<byte> octets)
    {
        var reader = new ImapReader(octets);
        return reader.ReadTag(out _) && reader.TryTake((byte)' ') && reader.TryTakeWord("SETMETADATA"u8);
    }

    /// <summary>The reply where a value has more octets than it may have.</summary>
    public static string TooLarge(ImapSession session)
    {
        int most = session.Services.Store.Annotations.MaximumValueOctets;
        return $"[METADATA MAXSIZE {most}] A value has {most} octets at most";
    }

    /// <summary>Sets and removes the annotations.</summary>
    public static async ValueTask<Completion> HandleAsync(ImapSession session, SetMetadata command, CancellationToken cancellationToken)
    {
        AnnotationOwner owner = AnnotationOwner.Server(session.Owner.Id);
        if (command.Name.Length > 0)
        {
            if (await session.Services.Store.Mailboxes.FindFolderAsync(session.Owner.Id, command.Name, cancellationToken) is not { } folder)
            {
                return Completion.No("[NONEXISTENT] There is no such mailbox");
            }

            if (command.Updates.Any(static update => MetadataRequest.IsMadeUp(update.Entry)))
            {
                return Completion.No("[USEATTR] The use of a mailbox is set when it is made");
            }

            owner = AnnotationOwner.Of(folder);
        }

        session.Annotations?.Own(command.Updates);
        return await session.Services.Store.Annotations.SetAsync(owner, command.Updates, cancellationToken) switch
        {
            AnnotationChange.Done => Completion.Ok("Annotations set"),
            AnnotationChange.NotAllowed => Completion.No("[NOPERM] The server's shared annotations are set by its administrator"),
            AnnotationChange.ValueTooLarge => Completion.No(TooLarge(session)),
            AnnotationChange.TooMany => Completion.No("[METADATA TOOMANY] There are too many annotations or too large ones"),
            AnnotationChange.InvalidName => Completion.No("[CANNOT] An annotation cannot have that name"),
            _ => Completion.No("[NONEXISTENT] The mailbox was just deleted"),
        };
    }

    private static bool ReadUpdate(ref ImapReader reader, List<AnnotationUpdate> updates)
    {
        if (!reader.ReadAString(out string entry))
        {
            return false;
        }

        if (!AnnotationName.IsEntry(entry))
        {
            return reader.Fail("this is not the name of an annotation");
        }

        if (updates.Count == MetadataRequest.MaximumEntries)
        {
            return reader.Fail("these are too many entries");
        }

        if (!reader.ExpectSpace() || !reader.ReadAnnotation(out ReadOnlyMemory<byte>? value))
        {
            return false;
        }

        updates.Add(new AnnotationUpdate(entry, value));
        return true;
    }
}
