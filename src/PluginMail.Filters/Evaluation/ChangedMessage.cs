using System.Buffers;
using System.Text;
using PluginMail.Abstractions;
using PluginMail.Mime;

namespace PluginMail.Filters.Evaluation;

/// <summary>
/// A message with changes: its header, and its content in pieces that are read when they are written somewhere. The content keeps the header
/// that it came with; the header in force is apart.
/// </summary>
public sealed class ChangedMessage
{
    private const int BlockSize = 65536;
    private readonly ReadOnlyMemory<byte> _header;
    private readonly IReadOnlyList<Piece> _content;
    private readonly long _restStart;

    private ChangedMessage(ReadOnlyMemory<byte> header, IReadOnlyList<Piece> content, long restStart)
    {
        _header = header;
        _content = content;
        _restStart = restStart;
    }

    /// <summary>The header in force, without the empty line.</summary>
    public ReadOnlyMemory<byte> Header => _header;

    /// <summary>Octets of the whole message.</summary>
    public long Length => Whole().Sum(piece => piece.Length);

    /// <summary>A message as it came in.</summary>
    /// <param name="header">Its header without the empty line.</param>
    /// <param name="content">All of it; must stay open as long as this is used.</param>
    public static ChangedMessage Of(ReadOnlyMemory<byte> header, MessageContent content) => Of(header, content, header.Length);

    /// <summary>A message whose header has been changed since.</summary>
    /// <param name="header">The header in force.</param>
    /// <param name="content">The message with the header it had.</param>
    /// <param name="headerEnd">Where that ends.</param>
    internal static ChangedMessage Of(ReadOnlyMemory<byte> header, MessageContent content, long headerEnd) =>
        new(header, [new Piece(content, 0, content.Length)], headerEnd);

    /// <summary>The message after one more change.</summary>
    public ChangedMessage With(MessageChange change) => change switch
    {
        MessageChange.Header edit => Edit(edit.Edit),
        MessageChange.Replace { Part: { } part } replace => ReplacePart(replace, part),
        MessageChange.Replace replace => ReplaceAll(replace),
        MessageChange.Enclose enclose => Enclose(enclose),
        _ => this,
    };

    /// <summary>The octets in pieces; each is to be used before the next is asked for.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Read() => Blocks(Whole());

    /// <summary>The content with the header it came with, in memory.</summary>
    internal byte[] ReadContent()
    {
        var octets = new ArrayBufferWriter<byte>();
        foreach (var block in Blocks(_content))
        {
            octets.Write(block.Span);
        }

        return octets.WrittenSpan.ToArray();
    }

    private ChangedMessage Edit(MimeHeaderEdit edit)
    {
        var header = new ArrayBufferWriter<byte>(_header.Length + 256);
        HeaderEdits.Apply(_header.Span, [edit], header);
        return new(header.WrittenMemory, _content, _restStart);
    }

    private ChangedMessage ReplacePart(MessageChange.Replace replace, string path)
    {
        var scanner = new MimeScanner();
        foreach (var block in Blocks(_content))
        {
            scanner.Append(block.Span);
        }

        if (PartPath.Find(scanner.Finish().Root, path) is not { } part || part.HeaderStart < _restStart)
        {
            return this; // it went with a part around it
        }

        var entity = new MessageComposer { Body = BodyOf(replace) }.Compose().ToArray();
        var withoutVersion = entity.AsMemory(entity.AsSpan().IndexOf("\r\n"u8) + 2); // a part has no MIME-Version
        List<Piece> pieces = [.. Slice(0, part.HeaderStart), PieceOf(withoutVersion), .. Slice(part.BodyEnd, long.MaxValue)];
        return new(_header, pieces, _restStart);
    }

    private ChangedMessage ReplaceAll(MessageChange.Replace replace)
    {
        var edits = new List<MimeHeaderEdit>();
        foreach (var field in FieldNames().Where(name => name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase) || name.Equals("MIME-Version", StringComparison.OrdinalIgnoreCase)))
        {
            edits.Add(new MimeHeaderEdit.Remove(field));
        }

        Exchange(edits, "Subject", replace.Subject);
        Exchange(edits, "From", replace.From);
        return FromParts(Apply(edits), new MessageComposer { Body = BodyOf(replace) }.Compose().ToArray());
    }

    private ChangedMessage Enclose(MessageChange.Enclose enclose)
    {
        var composer = new MessageComposer();
        var copied = new HashSet<string>(enclose.Headers, StringComparer.OrdinalIgnoreCase);
        if (!copied.Contains("Date"))
        {
            composer.Add("Date", enclose.Date);
        }

        if (!copied.Contains("From"))
        {
            composer.Add("From", AddressParser.Parse(enclose.Author, 1));
        }

        if (!copied.Contains("Subject") || enclose.Subject is not null)
        {
            composer.Add("Subject", enclose.Subject ?? Value("Subject"));
        }

        copied.RemoveWhere(name => name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase) || name.Equals("MIME-Version", StringComparison.OrdinalIgnoreCase)
            || (enclose.Subject is not null && name.Equals("Subject", StringComparison.OrdinalIgnoreCase)));
        composer.Body = MimeContent.Text(enclose.Text);
        composer.Attach(MimeContent.Message([]));
        byte[] composed = [.. FieldsOf(copied).Span, .. composer.Compose().ToArray()];
        var end = composed.AsSpan().LastIndexOf("\r\n--"u8); // the closing boundary: the message goes before it
        HeaderBlock.FindBody(composed, out var headerEnd);
        return new(composed.AsMemory(0, headerEnd), [PieceOf(composed.AsMemory(0, end)), .. Whole(), PieceOf(composed.AsMemory(end))], headerEnd);
    }

    private IEnumerable<Piece> Whole()
    {
        yield return PieceOf(_header);
        if (NeedsEmptyLine())
        {
            yield return PieceOf("\r\n"u8.ToArray());
        }

        foreach (var piece in Slice(_restStart, long.MaxValue))
        {
            yield return piece;
        }
    }

    // A message that came without a header has no empty line either: with fields above it there must be one.
    private bool NeedsEmptyLine()
    {
        Span<byte> first = stackalloc byte[1];
        return !_header.IsEmpty && Slice(_restStart, long.MaxValue).FirstOrDefault() is { } piece
            && piece.Content.Read(piece.Start, first) == 1 && first[0] is not ((byte)'\r' or (byte)'\n');
    }

    private static Piece PieceOf(ReadOnlyMemory<byte> octets) => new(new MemoryContent(octets), 0, octets.Length);

    /// <summary>A message of fields and of the fields and the body that a composer wrote.</summary>
    private static ChangedMessage FromParts(ReadOnlyMemory<byte> fields, byte[] composed)
    {
        HeaderBlock.FindBody(composed, out var headerEnd);
        byte[] whole = [.. fields.Span, .. composed];
        return Of(whole.AsMemory(0, fields.Length + headerEnd), new MemoryContent(whole));
    }

    private static MimeContent BodyOf(MessageChange.Replace replace) =>
        replace.IsMime ? MimeContent.Entity(Encoding.UTF8.GetBytes(replace.Text)) : MimeContent.Text(replace.Text);

    /// <summary>RFC 5703 5: a new Subject or From stands beside an Original-Subject or Original-From.</summary>
    private void Exchange(List<MimeHeaderEdit> edits, string name, string? value)
    {
        if (value is null)
        {
            return;
        }

        if (FieldNames().Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            edits.Add(new MimeHeaderEdit.Append($"Original-{name}", Value(name)));
            edits.Add(new MimeHeaderEdit.Remove(name));
        }

        edits.Add(new MimeHeaderEdit.Append(name, value));
    }

    private List<string> FieldNames()
    {
        var names = new List<string>();
        foreach (var field in new HeaderBlock(_header.Span))
        {
            if (!field.IsGarbage)
            {
                names.Add(Encoding.Latin1.GetString(field.Name));
            }
        }

        return [.. names.Distinct(StringComparer.OrdinalIgnoreCase)];
    }

    private string Value(string name) =>
        new HeaderBlock(_header.Span).TryFind(Encoding.ASCII.GetBytes(name), out var field) ? HeaderText.Decode(field.RawValue).Text.Trim() : "";

    private ReadOnlyMemory<byte> Apply(List<MimeHeaderEdit> edits)
    {
        var header = new ArrayBufferWriter<byte>(_header.Length + 256);
        HeaderEdits.Apply(_header.Span, edits, header);
        return EndLine(header.WrittenMemory);
    }

    private ReadOnlyMemory<byte> FieldsOf(HashSet<string> names)
    {
        var fields = new ArrayBufferWriter<byte>();
        foreach (var field in new HeaderBlock(_header.Span))
        {
            if (!field.IsGarbage && names.Contains(Encoding.Latin1.GetString(field.Name)))
            {
                fields.Write(field.Raw);
            }
        }

        return EndLine(fields.WrittenMemory);
    }

    private static ReadOnlyMemory<byte> EndLine(ReadOnlyMemory<byte> fields) =>
        fields.IsEmpty || fields.Span[^1] == (byte)'\n' ? fields : (byte[])[.. fields.Span, (byte)'\r', (byte)'\n'];

    private static IEnumerable<ReadOnlyMemory<byte>> Blocks(IEnumerable<Piece> pieces)
    {
        foreach (var piece in pieces)
        {
            for (long offset = 0; offset < piece.Length;)
            {
                var block = new byte[Math.Min(BlockSize, piece.Length - offset)];
                var count = piece.Content.Read(piece.Start + offset, block);
                if (count == 0)
                {
                    break;
                }

                offset += count;
                yield return block.AsMemory(0, count);
            }
        }
    }

    /// <summary>The pieces between two offsets of the content.</summary>
    private IEnumerable<Piece> Slice(long start, long end)
    {
        long offset = 0;
        foreach (var piece in _content)
        {
            var first = Math.Max(start - offset, 0);
            var last = Math.Min(end - offset, piece.Length);
            if (first < last)
            {
                yield return new Piece(piece.Content, piece.Start + first, last - first);
            }

            offset += piece.Length;
        }
    }

    private sealed record Piece(MessageContent Content, long Start, long Length);
}
