using PluginMail.Storage;

namespace PluginMail.Imap;

/// <summary>Which annotations a client wants (RFC 5464 section 4.2): of GETMETADATA, and of LIST (RFC 9590).</summary>
/// <param name="Entries">Names, as the client writes them.</param>
/// <param name="Depth">How far below each.</param>
/// <param name="MaximumSize">Octets of the largest value that is wanted.</param>
internal sealed record MetadataRequest(IReadOnlyList<string> Entries, AnnotationDepth Depth, uint MaximumSize)
{
    /// <summary>The most entries a command may name.</summary>
    public const int MaximumEntries = 100;

    private const string SpecialUseEntry = "/private/specialuse";

    /// <summary>Asks for nothing yet, in the default depth.</summary>
    public static MetadataRequest None { get; } = new([], AnnotationDepth.Zero, uint.MaxValue);

    /// <summary>Whether an entry is made from what else is known of a mailbox, and is not set (RFC 6154 section 4).</summary>
    public static bool IsMadeUp(string entry) => entry.Equals(SpecialUseEntry, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether options are next, and not entries, which begin with a slash or as a string.</summary>
    public static bool AreOptionsNext(in ImapReader reader) => reader.Rest is [(byte)'(', not ((byte)'/' or (byte)'"' or (byte)'{'), ..];

    /// <summary>Reads <c>(MAXSIZE 1024 DEPTH 1)</c> into a request.</summary>
    public static bool ReadOptions(ref ImapReader reader, ref MetadataRequest request)
    {
        reader.Expect((byte)'(');
        do
        {
            if (reader.TryTakeWord("MAXSIZE"u8))
            {
                if (!reader.ExpectSpace() || !reader.ReadNumber(out uint size))
                {
                    return false;
                }

                request = request with { MaximumSize = size };
            }
            else if (!reader.TryTakeWord("DEPTH"u8))
            {
                return reader.Fail("MAXSIZE or DEPTH is expected");
            }
            else if (!reader.ExpectSpace() || !ReadDepth(ref reader, ref request))
            {
                return false;
            }
        }
        while (reader.TryTake((byte)' '));
        return reader.Expect((byte)')');
    }

    /// <summary>Reads one entry, or several in parentheses, into a request.</summary>
    public static bool ReadEntries(ref ImapReader reader, ref MetadataRequest request)
    {
        List<string> entries = [];
        bool isList = reader.TryTake((byte)'(');
        do
        {
            if (!reader.ReadAString(out string entry))
            {
                return false;
            }

            if (!AnnotationName.IsTree(entry))
            {
                return reader.Fail("this is not the name of an annotation");
            }

            if (entries.Count == MaximumEntries)
            {
                return reader.Fail("these are too many entries");
            }

            entries.Add(entry);
        }
        while (isList && reader.TryTake((byte)' '));
        request = request with { Entries = entries };
        return !isList || reader.Expect((byte)')');
    }

    /// <summary>Writes the METADATA response (section 4.4.1): each entry that was named, with NIL where it is not set, and what is below it.</summary>
    /// <param name="session">Where.</param>
    /// <param name="folder">Of which mailbox; null of the server.</param>
    /// <param name="cancellationToken">The connection's end.</param>
    /// <returns>Octets of the largest value that was left out as larger than wanted; 0 where none was.</returns>
    public async ValueTask<long> TellAsync(ImapSession session, Folder? folder, CancellationToken cancellationToken)
    {
        OrderedDictionary<string, ReadOnlyMemory<byte>?> answer = await ReadAsync(session, folder, cancellationToken);
        long largest = 0;
        bool isBegun = false;
        foreach ((string entry, ReadOnlyMemory<byte>? value) in answer)
        {
            if (value is { Length: var length } && (uint)length > MaximumSize)
            {
                largest = Math.Max(largest, length);
                continue;
            }

            Begin(session.Writer, folder, ref isBegun);
            session.Writer.WriteAString(entry);
            session.Writer.Write(" "u8);
            session.Writer.WriteAnnotation(value);
            await session.Writer.FlushIfFullAsync(cancellationToken);
        }

        if (isBegun)
        {
            session.WriteLine(")");
            session.Writer.IsWithinResponse = false;
        }

        return largest;
    }

    /// <summary>The completion of a command that told annotations (section 4.2.1).</summary>
    /// <param name="largest">Octets of the largest value that was left out.</param>
    /// <param name="done">What was done.</param>
    public static Completion Complete(long largest, string done) => Completion.Ok(largest > 0 ? $"[METADATA LONGENTRIES {largest}] {done}" : done);

    private static void Begin(ImapWriter writer, Folder? folder, ref bool isBegun)
    {
        if (isBegun)
        {
            writer.Write(" "u8);
            return;
        }

        isBegun = writer.IsWithinResponse = true;
        writer.Write("* METADATA "u8);
        writer.WriteMailbox(folder?.Name ?? "");
        writer.Write(" ("u8);
    }

    private static bool ReadDepth(ref ImapReader reader, ref MetadataRequest request)
    {
        AnnotationDepth? depth =
            reader.TryTakeWord("0"u8) ? AnnotationDepth.Zero
            : reader.TryTakeWord("1"u8) ? AnnotationDepth.One
            : reader.TryTakeWord("infinity"u8) ? AnnotationDepth.Infinity
            : null;
        request = depth is { } found ? request with { Depth = found } : request;
        return depth is not null || reader.Fail("0, 1 or infinity is expected");
    }

    /// <summary>What is answered: entries that were named are written as they were, those below them as they were set.</summary>
    private async ValueTask<OrderedDictionary<string, ReadOnlyMemory<byte>?>> ReadAsync(
        ImapSession session, Folder? folder, CancellationToken cancellationToken)
    {
        AnnotationOwner owner = folder is null ? AnnotationOwner.Server(session.Owner.Id) : AnnotationOwner.Of(folder);
        List<Annotation> found = [.. await session.Services.Store.Annotations.ListAsync(owner, Entries, Depth, cancellationToken)];
        if (folder is null)
        {
            found.AddRange(Entries.SelectMany(entry => session.Services.Options.Annotations.List(entry, Depth)));
        }
        else if (SpecialUseNames.Of(folder.SpecialUse) is { } use)
        {
            found.Add(new Annotation(SpecialUseEntry, System.Text.Encoding.ASCII.GetBytes(use)));
        }

        var answer = new OrderedDictionary<string, ReadOnlyMemory<byte>?>(StringComparer.OrdinalIgnoreCase);
        foreach (string entry in Entries)
        {
            if (Depth == AnnotationDepth.Zero || AnnotationName.IsEntry(entry))
            {
                answer.TryAdd(entry, null);
            }

            foreach (Annotation annotation in found.Where(annotation => AnnotationName.IsWithin(annotation.Entry, entry, Depth)))
            {
                answer[annotation.Entry] = annotation.Value;
            }
        }

        return answer;
    }
}
