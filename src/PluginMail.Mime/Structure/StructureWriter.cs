using System.Buffers;
using System.Text;

namespace PluginMail.Mime;

/// <summary>Writes the stored form of a structure; <see cref="StructureReader"/> is its mirror.</summary>
internal readonly ref struct StructureWriter(IBufferWriter<byte> output)
{
    public const byte Version = 1;

    public void Write(MimeStructure structure)
    {
        output.Write([Version]);
        Number(structure.Length);
        Number((long)structure.Defects);
        Part(structure.Root, 0);
    }

    private void Part(MimePart part, long origin)
    {
        var fields = FieldsOf(part);
        Number((long)fields);
        Number(part.HeaderStart - origin);
        Number(part.HeaderEnd - part.HeaderStart);
        Number(part.BodyStart - part.HeaderEnd);
        Number(part.BodyLength);
        Number(part.HeaderLines);
        Number(part.BodyLines);
        Content(part, fields);
        if (fields.HasFlag(PartFields.Envelope))
        {
            Envelope(part.Envelope!, part.HeaderStart);
        }
        if (fields.HasFlag(PartFields.Children))
        {
            Number(part.Children.Count);
            foreach (var child in part.Children)
            {
                Part(child, part.BodyStart);
            }
        }
        if (fields.HasFlag(PartFields.EmbeddedMessage))
        {
            Part(part.EmbeddedMessage!, part.BodyStart);
        }
    }

    private void Content(MimePart part, PartFields fields)
    {
        if (fields.HasFlag(PartFields.Defects))
        {
            Number((long)part.Defects);
        }
        if (fields.HasFlag(PartFields.ContentType))
        {
            Text(part.ContentType.Type);
            Text(part.ContentType.Subtype);
            Parameters(part.ContentType.Parameters);
        }
        if (part.ContentDisposition is { } disposition)
        {
            Text(disposition.Type);
            Parameters(disposition.Parameters);
        }
        Optional(part.TransferEncodingName);
        Optional(part.ContentId);
        Optional(part.ContentDescription);
        Optional(part.ContentMd5);
        Optional(part.ContentLocation);
        if (fields.HasFlag(PartFields.Language))
        {
            Number(part.ContentLanguage.Count);
            foreach (var tag in part.ContentLanguage)
            {
                Text(tag);
            }
        }
    }

    private static PartFields FieldsOf(MimePart part) =>
        (part.ContentType.Is("text", "plain") && part.ContentType.Parameters.Count == 0 ? 0 : PartFields.ContentType)
        | (part.TransferEncodingName is null ? 0 : PartFields.TransferEncoding)
        | (part.Children.Count == 0 ? 0 : PartFields.Children)
        | (part.EmbeddedMessage is null ? 0 : PartFields.EmbeddedMessage)
        | (part.Envelope is null ? 0 : PartFields.Envelope)
        | (part.Envelope is { IsComplete: false } ? PartFields.IncompleteEnvelope : 0)
        | (part.ContentDisposition is null ? 0 : PartFields.Disposition)
        | (part.ContentId is null ? 0 : PartFields.ContentId)
        | (part.ContentDescription is null ? 0 : PartFields.Description)
        | (part.ContentMd5 is null ? 0 : PartFields.Md5)
        | (part.ContentLanguage.Count == 0 ? 0 : PartFields.Language)
        | (part.ContentLocation is null ? 0 : PartFields.Location)
        | (part.Defects == MimeDefects.None ? 0 : PartFields.Defects);

    private void Envelope(MimeEnvelope envelope, long origin)
    {
        Number(envelope.Fields.Count);
        foreach (var field in envelope.Fields)
        {
            Number((long)field.Header);
            Number(field.Offset - origin);
            Number(field.RawValue.Length);
            output.Write(field.RawValue.Span);
        }
    }

    private void Parameters(IReadOnlyList<MimeParameter> parameters)
    {
        Number(parameters.Count);
        foreach (var parameter in parameters)
        {
            Text(parameter.Name);
            Text(parameter.Value);
        }
    }

    private void Optional(string? text)
    {
        if (text is not null)
        {
            Text(text);
        }
    }

    /// <summary>A frequent string is its number; another is 0, its length and its bytes.</summary>
    private void Text(string text)
    {
        var number = WellKnownText.NumberOf(text);
        Number(number);
        if (number == 0)
        {
            Number(Encoding.UTF8.GetByteCount(text));
            Encoding.UTF8.GetBytes(text, output);
        }
    }

    private void Number(long number)
    {
        var value = (ulong)number;
        var span = output.GetSpan(10);
        var length = 0;
        while (value >= 0x80)
        {
            span[length++] = (byte)(value | 0x80);
            value >>= 7;
        }
        span[length++] = (byte)value;
        output.Advance(length);
    }
}
