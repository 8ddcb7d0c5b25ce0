using System.Buffers;
using System.Text;

namespace PluginMail.Mime;

/// <summary>
/// Applies edits to a header block, one after another, each seeing what those before it made. Fields that no edit names stay byte for byte,
/// folding and line ends included; new fields take the block's kind of line end.
/// </summary>
public static class HeaderEdits
{
    /// <summary>Writes the edited block.</summary>
    /// <param name="header">
    /// The block, with or without the empty line at its end, which is kept as it is. A message without a header
    /// (<see cref="MimeDefects.MissingHeader"/>) has no empty line either: who adds fields to it has to write one before the body.
    /// </param>
    /// <param name="edits">The edits in order. One whose name is no field name (RFC 5322 section 3.6.8) changes nothing.</param>
    /// <param name="output">Where the new block goes.</param>
    public static void Apply(ReadOnlySpan<byte> header, IEnumerable<MimeHeaderEdit> edits, IBufferWriter<byte> output)
    {
        var usesBareLf = HeaderBlock.FirstLine(header) is var line && line.EndsWith("\n"u8) && !line.EndsWith("\r\n"u8);
        var fields = Split(header, out var end);
        foreach (var edit in edits)
        {
            if (HeaderBlock.IsFieldName(edit.Name))
            {
                Apply(fields, edit, usesBareLf);
            }
        }
        for (var i = 0; i < fields.Count; i++)
        {
            output.Write(fields[i].Bytes);
            if (i < fields.Count - 1 && !fields[i].Bytes.AsSpan().EndsWith("\n"u8))
            {
                output.Write(usesBareLf ? "\n"u8 : "\r\n"u8);
            }
        }
        output.Write(header[end..]);
    }

    private static List<Field> Split(ReadOnlySpan<byte> header, out int end)
    {
        var fields = new List<Field>();
        end = 0;
        foreach (var field in new HeaderBlock(header))
        {
            fields.Add(new Field(Encoding.Latin1.GetString(field.Name), field.Raw.ToArray()));
            end = field.End;
        }
        return fields;
    }

    private static void Apply(List<Field> fields, MimeHeaderEdit edit, bool usesBareLf)
    {
        switch (edit)
        {
            case MimeHeaderEdit.Prepend prepend:
                fields.Insert(Top(fields), Make(prepend.Name, prepend.Value, usesBareLf));
                break;
            case MimeHeaderEdit.PrependFolded folded when IsFolded(folded.Value):
                fields.Insert(Top(fields), ToField(folded.Name, $"{folded.Name}:{folded.Value}\r\n", usesBareLf));
                break;
            case MimeHeaderEdit.Insert insert when AsItStands(insert.RawValue.Span) is var value && IsFolded(value):
                var text = $"{insert.Name}:{value}\r\n";
                var octets = Encoding.Latin1.GetBytes(usesBareLf ? text.Replace("\r\n", "\n", StringComparison.Ordinal) : text);
                fields.Insert(PlaceBelow(fields, insert.Position), new Field(insert.Name, octets));
                break;
            case MimeHeaderEdit.Append append:
                fields.Add(Make(append.Name, append.Value, usesBareLf));
                break;
            case MimeHeaderEdit.Remove { Index: null } remove:
                fields.RemoveAll(field => field.Is(remove.Name));
                break;
            case MimeHeaderEdit.Remove remove when Find(fields, remove.Name, remove.Index.GetValueOrDefault()) is >= 0 and var index:
                fields.RemoveAt(index);
                break;
            case MimeHeaderEdit.Replace replace when Find(fields, replace.Name, replace.Index) is >= 0 and var index:
                fields[index] = Make(replace.Name, replace.Value, usesBareLf);
                break;
            case MimeHeaderEdit.Replace { Index: 1 or -1 } replace:
                fields.Add(Make(replace.Name, replace.Value, usesBareLf));
                break;
        }
    }

    private static int Find(List<Field> fields, string name, int index)
    {
        var total = fields.Count(field => field.Is(name));
        var wanted = index < 0 ? total + index : index - 1;
        if (wanted < 0 || wanted >= total)
        {
            return -1;
        }
        var position = fields.FindIndex(field => field.Is(name));
        for (; wanted > 0; wanted--)
        {
            position = fields.FindIndex(position + 1, field => field.Is(name));
        }
        return position;
    }

    /// <summary>Where new first fields go: after the separator line of an mbox file.</summary>
    private static int Top(List<Field> fields) =>
        fields.Count > 0 && fields[0].Name.Length == 0 && HeaderBlock.IsMboxLine(fields[0].Bytes) ? 1 : 0;

    /// <summary>An octet a character, line ends CRLF.</summary>
    private static string AsItStands(ReadOnlySpan<byte> value) => Encoding.Latin1.GetString(value)
        .Replace("\r\n", "\n", StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal);

    private static int PlaceBelow(List<Field> fields, int count)
    {
        var place = Top(fields);
        for (; count > 0 && place < fields.Count; place++)
        {
            count -= fields[place].Name.Length > 0 ? 1 : 0;
        }
        return place;
    }

    private static bool IsFolded(string value)
    {
        var unfolded = value.Replace("\r\n ", " ", StringComparison.Ordinal).Replace("\r\n\t", "\t", StringComparison.Ordinal);
        return unfolded.AsSpan().IndexOfAny('\r', '\n', '\0') < 0;
    }

    private static Field Make(string name, string value, bool usesBareLf) =>
        ToField(name, HeaderEncoder.Unstructured(name, value), usesBareLf);

    private static Field ToField(string name, string text, bool usesBareLf) =>
        new(name, Encoding.UTF8.GetBytes(usesBareLf ? text.Replace("\r\n", "\n", StringComparison.Ordinal) : text));

    private sealed record Field(string Name, byte[] Bytes)
    {
        public bool Is(string name) => Name.Equals(name, StringComparison.OrdinalIgnoreCase);
    }
}
