using System.Collections.Immutable;
using System.Text;

namespace PluginMail.Imap;

/// <summary>Reads what FETCH asks for (RFC 3501 section 9, fetch).</summary>
internal static class FetchParser
{
    private const int MaximumSections = 64;
    private const int MaximumDepth = 64;
    private const int MaximumFields = 256;

    /// <summary>Reads an item, a macro, or a list of items.</summary>
    public static bool TryParse(ref ImapReader reader, out FetchItems items, out ImmutableArray<BodySection> sections)
    {
        List<BodySection> found = [];
        items = FetchItems.None;
        bool isRead = TryMacro(ref reader, out items)
            || (reader.TryTake((byte)'(') ? ReadList(ref reader, ref items, found) : ReadItem(ref reader, ref items, found));
        sections = [.. found];
        return isRead;
    }

    private static bool TryMacro(ref ImapReader reader, out FetchItems items)
    {
        items = reader.TryTakeWord("ALL"u8) ? FetchItems.All
            : reader.TryTakeWord("FAST"u8) ? FetchItems.Fast
            : reader.TryTakeWord("FULL"u8) ? FetchItems.Full
            : FetchItems.None;
        return items != FetchItems.None;
    }

    private static bool ReadList(ref ImapReader reader, ref FetchItems items, List<BodySection> sections)
    {
        do
        {
            if (!ReadItem(ref reader, ref items, sections))
            {
                return false;
            }
        }
        while (reader.TryTake((byte)' '));
        return reader.Expect((byte)')');
    }

    private static bool ReadItem(ref ImapReader reader, ref FetchItems items, List<BodySection> sections)
    {
        FetchItems item =
            reader.TryTakeWord("UID"u8) ? FetchItems.Uid
            : reader.TryTakeWord("FLAGS"u8) ? FetchItems.Flags
            : reader.TryTakeWord("INTERNALDATE"u8) ? FetchItems.InternalDate
            : reader.TryTakeWord("RFC822.SIZE"u8) ? FetchItems.Size
            : reader.TryTakeWord("ENVELOPE"u8) ? FetchItems.Envelope
            : reader.TryTakeWord("BODYSTRUCTURE"u8) ? FetchItems.BodyStructure
            : FetchItems.None;
        items |= item;
        if (item != FetchItems.None)
        {
            return true;
        }

        if (sections.Count >= MaximumSections)
        {
            return reader.Fail("these are more than 64 sections");
        }

        BodySection? section =
            reader.TryTakeWord("RFC822.HEADER"u8) ? Whole(SectionText.Header, setsSeen: false, "RFC822.HEADER")
            : reader.TryTakeWord("RFC822.TEXT"u8) ? Whole(SectionText.Text, setsSeen: true, "RFC822.TEXT")
            : reader.TryTakeWord("RFC822"u8) ? Whole(SectionText.All, setsSeen: true, "RFC822")
            : null;
        if (section is not null)
        {
            sections.Add(section);
            return true;
        }

        return ReadBody(ref reader, ref items, sections);
    }

    private static BodySection Whole(SectionText text, bool setsSeen, string label) =>
        new([], text, [], 0, null, setsSeen, Encoding.ASCII.GetBytes(label));

    private static bool ReadBody(ref ImapReader reader, ref FetchItems items, List<BodySection> sections)
    {
        bool isPeek = reader.TryTakeWord("BODY.PEEK"u8);
        if (!isPeek && !reader.TryTakeWord("BODY"u8))
        {
            return reader.Fail("a FETCH item is expected");
        }

        if (!isPeek && reader.Next != '[')
        {
            items |= FetchItems.Body;
            return true;
        }

        if (!ReadSection(ref reader, out ImmutableArray<int> part, out SectionText text, out ImmutableArray<byte[]> fields)
            || !ReadPartial(ref reader, out uint start, out uint? count))
        {
            return false;
        }

        sections.Add(new BodySection(part, text, fields, start, count, !isPeek, Label(part, text, fields, start, count)));
        return true;
    }

    private static bool ReadSection(
        ref ImapReader reader, out ImmutableArray<int> part, out SectionText text, out ImmutableArray<byte[]> fields)
    {
        part = [];
        text = SectionText.All;
        fields = [];
        List<int> numbers = [];
        if (!reader.Expect((byte)'['))
        {
            return false;
        }

        while (char.IsAsciiDigit((char)reader.Next))
        {
            if (!reader.ReadNumber(out uint number) || ((number is 0 or > int.MaxValue || numbers.Count >= MaximumDepth) && !reader.Fail("there is no such part")))
            {
                return false;
            }

            numbers.Add((int)number);
            if (!reader.TryTake((byte)'.'))
            {
                part = [.. numbers];
                return reader.Expect((byte)']');
            }
        }

        part = [.. numbers];
        return (reader.Next == ']' && numbers.Count == 0) || ReadSectionText(ref reader, numbers.Count > 0, out text, out fields)
            ? reader.Expect((byte)']')
            : false;
    }

    private static bool ReadSectionText(ref ImapReader reader, bool isPart, out SectionText text, out ImmutableArray<byte[]> fields)
    {
        fields = [];
        text = reader.TryTakeWord("HEADER.FIELDS.NOT"u8) ? SectionText.HeaderFieldsNot
            : reader.TryTakeWord("HEADER.FIELDS"u8) ? SectionText.HeaderFields
            : reader.TryTakeWord("HEADER"u8) ? SectionText.Header
            : reader.TryTakeWord("TEXT"u8) ? SectionText.Text
            : isPart && reader.TryTakeWord("MIME"u8) ? SectionText.Mime
            : SectionText.All;
        if (text == SectionText.All)
        {
            return reader.Fail("a section is expected");
        }

        return text is not (SectionText.HeaderFields or SectionText.HeaderFieldsNot) || ReadFields(ref reader, out fields);
    }

    private static bool ReadFields(ref ImapReader reader, out ImmutableArray<byte[]> fields)
    {
        List<byte[]> names = [];
        fields = [];
        if (!reader.ExpectSpace() || !reader.Expect((byte)'('))
        {
            return false;
        }

        do
        {
            if (!reader.ReadAString(out ReadOnlySpan<byte> name) || (names.Count >= MaximumFields && !reader.Fail("these are more than 256 fields")))
            {
                return false;
            }

            names.Add(name.ToArray());
        }
        while (reader.TryTake((byte)' '));
        fields = [.. names];
        return reader.Expect((byte)')');
    }

    private static bool ReadPartial(ref ImapReader reader, out uint start, out uint? count)
    {
        start = 0;
        count = null;
        if (!reader.TryTake((byte)'<'))
        {
            return true;
        }

        if (!reader.ReadNumber(out start) || !reader.Expect((byte)'.') || !reader.ReadNumber(out uint octets))
        {
            return false;
        }

        count = octets;
        return octets == 0 ? reader.Fail("a part of a section has one octet at least") : reader.Expect((byte)'>');
    }

    private static byte[] Label(ImmutableArray<int> part, SectionText text, ImmutableArray<byte[]> fields, uint start, uint? count)
    {
        string name = text switch
        {
            SectionText.Header => "HEADER",
            SectionText.HeaderFields => "HEADER.FIELDS",
            SectionText.HeaderFieldsNot => "HEADER.FIELDS.NOT",
            SectionText.Mime => "MIME",
            SectionText.Text => "TEXT",
            _ => "",
        };
        var label = new StringBuilder("BODY[").AppendJoin('.', part);
        label.Append(part.Length > 0 && name.Length > 0 ? "." : "").Append(name);
        if (!fields.IsEmpty)
        {
            label.Append(" (").AppendJoin(' ', fields.Select(Field)).Append(')');
        }

        label.Append(']');
        return Encoding.Latin1.GetBytes((count is null ? label : label.Append('<').Append(start).Append('>')).ToString());
    }

    private static string Field(byte[] name)
    {
        string text = Encoding.Latin1.GetString(name);
        bool isAtom = text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
        return isAtom ? text
            : text.AsSpan().ContainsAnyExceptInRange(' ', '~') ? $"{{{name.Length}}}\r\n{text}"
            : $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
    }
}
