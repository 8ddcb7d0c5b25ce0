using System.Buffers;
using System.Text;
using PluginMail.Abstractions;
using PluginMail.Mime;

namespace PluginMail.Filters.Evaluation;

/// <summary>A message given by the octets of its header. Fields are found by one scan and decoded when a script asks for them.</summary>
public sealed class MimeFilterMessage : IFilterMessage
{
    private const int MostFields = 10_000;
    private const int MostNotes = 20;
    private const int MostRemadeOctets = 16 * 1024 * 1024;
    private readonly ReadOnlyMemory<byte> _header;
    private readonly List<string> _notes = [];
    private List<Field>? _fields;

    /// <summary>A message.</summary>
    /// <param name="header">The header, with or without the empty line and the body after it.</param>
    /// <param name="size">The whole message's size in octets as received.</param>
    public MimeFilterMessage(ReadOnlyMemory<byte> header, long size)
    {
        _header = header;
        Size = size;
    }

    /// <summary>A message with its body.</summary>
    /// <param name="header">The header.</param>
    /// <param name="content">The whole message.</param>
    /// <param name="structure">Where its parts lie.</param>
    public MimeFilterMessage(ReadOnlyMemory<byte> header, MessageContent content, MimeStructure structure)
        : this(header, content.Length)
    {
        Content = content;
        Structure = structure;
    }

    /// <summary>A whole message in memory.</summary>
    public static MimeFilterMessage Of(ReadOnlyMemory<byte> message)
    {
        var structure = MimeScanner.Scan(message.Span);
        return new(message[..(int)structure.Root.HeaderEnd], new MemoryContent(message), structure);
    }

    /// <inheritdoc/>
    public MessageContent? Content { get; private init; }

    /// <inheritdoc/>
    public MimeStructure? Structure { get; private init; }

    /// <inheritdoc/>
    public long Size { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Notes => _notes;

    /// <inheritdoc/>
    public bool HasHeader(string name)
    {
        foreach (var field in Fields())
        {
            if (Is(field, name))
            {
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public IReadOnlyList<byte[]> GetHeader(string name) => Values(name, raw =>
    {
        if (IsPlain(raw.Span))
        {
            return raw.Span.Trim(" \t"u8).ToArray();
        }

        var decoded = HeaderText.Decode(raw.Span);
        if (!decoded.IsComplete)
        {
            Note($"The header {name} could not be decoded; it is matched as it stands.");
        }

        return Encoding.UTF8.GetBytes(decoded.Text.Trim(' ', '\t', '\r', '\n'));
    });

    /// <inheritdoc/>
    public IReadOnlyList<byte[]> GetRawHeader(string name) =>
        Values(name, raw => Encoding.UTF8.GetBytes(HeaderText.Unfold(raw.Span)));

    /// <inheritdoc/>
    public IReadOnlyList<FilterAddress> GetAddresses(string name)
    {
        var addresses = new List<FilterAddress>();
        foreach (var raw in Values(name, static raw => raw))
        {
            Add(addresses, AddressParser.Parse(raw.Span));
        }

        return addresses;
    }

    /// <inheritdoc/>
    public IFilterMessage With(MessageChange change)
    {
        if (change is not MessageChange.Header header)
        {
            return Remade(change);
        }

        var edited = new ArrayBufferWriter<byte>(_header.Length + 256);
        HeaderEdits.Apply(_header.Span, [header.Edit], edited);
        return new MimeFilterMessage(edited.WrittenMemory, Size + edited.WrittenCount - _header.Length) { Content = Content, Structure = Structure };
    }

    /// <summary>The message with another content, which is read anew as far as the bound goes.</summary>
    private MimeFilterMessage Remade(MessageChange change)
    {
        var end = Structure?.Root.HeaderEnd ?? _header.Length;
        var changed = ChangedMessage.Of(_header, Content ?? new MemoryContent(_header), end).With(change);
        if (Content is null || changed.Length > MostRemadeOctets)
        {
            return new(changed.Header, changed.Length);
        }

        var content = changed.ReadContent();
        return new(changed.Header, changed.Length) { Content = new MemoryContent(content), Structure = MimeScanner.Scan(content) };
    }

    /// <summary>The addresses of one field.</summary>
    internal static IReadOnlyList<FilterAddress> ParseAddresses(byte[] raw)
    {
        var addresses = new List<FilterAddress>();
        Add(addresses, AddressParser.Parse(raw));
        return addresses;
    }

    private static void Add(List<FilterAddress> addresses, IReadOnlyList<HeaderAddress> entries)
    {
        foreach (var entry in entries)
        {
            if (entry.Members is { } members)
            {
                Add(addresses, members);
            }
            else if (entry.IsValid)
            {
                addresses.Add(new(entry.DisplayName, entry.LocalPart, entry.Domain, MailAddress.Plain(entry.LocalPart, entry.Domain) ?? entry.Address));
            }
            else
            {
                addresses.Add(new(entry.DisplayName, null, null, (entry.RawText ?? entry.Address).Trim()));
            }
        }
    }

    /// <summary>Most values are one line of ASCII without encoded words: they stand for themselves.</summary>
    private static bool IsPlain(ReadOnlySpan<byte> raw) =>
        System.Text.Ascii.IsValid(raw) && raw.IndexOf((byte)'\n') < 0 && raw.IndexOf((byte)'\r') < 0 && raw.IndexOf("=?"u8) < 0;

    private List<T> Values<T>(string name, Func<ReadOnlyMemory<byte>, T> read)
    {
        var values = new List<T>();
        foreach (var field in Fields())
        {
            if (Is(field, name))
            {
                values.Add(read(_header.Slice(field.ValueStart, field.ValueLength)));
            }
        }

        return values;
    }

    private bool Is(Field field, string name) =>
        field.NameLength == name.Length && System.Text.Ascii.EqualsIgnoreCase(_header.Span.Slice(field.Start, field.NameLength), name);

    private List<Field> Fields()
    {
        if (_fields is not null)
        {
            return _fields;
        }

        _fields = [];
        foreach (var field in new HeaderBlock(_header.Span))
        {
            if (_fields.Count == MostFields)
            {
                Note($"The header has more than {MostFields} fields; the rest is not seen.");
                break;
            }

            if (!field.IsGarbage)
            {
                _fields.Add(new(field.Start, field.Name.Length, field.ValueStart, field.RawValue.Length));
            }
        }

        return _fields;
    }

    private void Note(string note)
    {
        if (_notes.Count < MostNotes && !_notes.Contains(note))
        {
            _notes.Add(note);
        }
    }

    private readonly record struct Field(int Start, int NameLength, int ValueStart, int ValueLength);
}
