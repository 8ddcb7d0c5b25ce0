using System.Text;

namespace PluginMail.Mime;

/// <summary>What a part's header says about its content, and a message's envelope fields.</summary>
internal sealed class ContentFields
{
    /// <summary>The fields of a part whose header has not been read.</summary>
    public static ContentFields None { get; } = new(ContentType.Default);

    private ContentFields(ContentType defaultType) => ContentType = defaultType;

    public ContentType ContentType { get; private set; }

    public string? TransferEncoding { get; private set; }

    public string? Id { get; private set; }

    public string? Description { get; private set; }

    public ContentDisposition? Disposition { get; private set; }

    public string? Md5 { get; private set; }

    public IReadOnlyList<string> Language { get; private set; } = [];

    public string? Location { get; private set; }

    public List<EnvelopeField> Envelope { get; } = [];

    /// <summary>"--" and the boundary parameter of a multipart, as bytes; null when there is no usable one.</summary>
    public byte[]? Delimiter { get; private set; }

    public MimeDefects Defects { get; private set; }

    /// <summary>Reads a header block. <paramref name="budget"/> bounds what all parts of a message may keep.</summary>
    public static ContentFields Read(ReadOnlySpan<byte> header, PartBuilder part, MimeLimits limits, ref RetentionBudget budget)
    {
        var fields = new ContentFields(part.DefaultType);
        var hasType = false;
        var count = 0;
        var isFirst = true;
        foreach (var field in new HeaderBlock(header))
        {
            if (field.End == header.Length && part.Defects.HasFlag(MimeDefects.HeaderTooLong))
            {
                break;
            }
            if (++count > limits.MaxHeaderFields)
            {
                fields.Defects |= MimeDefects.TooManyHeaderFields;
                break;
            }
            if (field.IsGarbage)
            {
                fields.Defects |= isFirst && HeaderBlock.IsMboxLine(field.Raw) ? MimeDefects.None : MimeDefects.MalformedHeader;
            }
            else if (field.Is("Content-Type"u8))
            {
                hasType = hasType || fields.TryReadType(field.RawValue, ref budget);
            }
            else if (field.Name.Length > 8 && Ascii.EqualsIgnoreCase(field.Name[..8], "Content-"u8))
            {
                fields.ReadContentField(field, ref budget);
            }
            else if (part.IsMessage && MimeEnvelope.TryIdentify(field, out var name))
            {
                fields.KeepEnvelope(name, field, part.HeaderStart, ref budget);
            }
            isFirst = false;
        }
        fields.FindDelimiter(limits);
        return fields;
    }

    private bool TryReadType(ReadOnlySpan<byte> value, ref RetentionBudget budget)
    {
        if (!KeepContent(value, ref budget))
        {
            return false;
        }
        if (!ContentType.TryParse(value, out var type))
        {
            Defects |= MimeDefects.MalformedContentType;
        }
        ContentType = type;
        return true;
    }

    private void ReadContentField(HeaderField field, ref RetentionBudget budget)
    {
        if (field.Is("Content-Transfer-Encoding"u8))
        {
            var reader = new ParameterReader(field.RawValue);
            var mechanism = reader.ReadToken();
            TransferEncoding ??= mechanism.Length > 0 ? mechanism : null;
        }
        else if (field.Is("Content-Disposition"u8) && Disposition is null && KeepContent(field.RawValue, ref budget))
        {
            Disposition = ContentDisposition.TryParse(field.RawValue, out var disposition) ? disposition : null;
        }
        else if (field.Is("Content-ID"u8))
        {
            Id ??= Text(field, ref budget);
        }
        else if (field.Is("Content-Description"u8))
        {
            Description ??= Text(field, ref budget);
        }
        else if (field.Is("Content-MD5"u8))
        {
            Md5 ??= Text(field, ref budget);
        }
        else if (field.Is("Content-Location"u8))
        {
            Location ??= Text(field, ref budget)?.Replace(" ", "", StringComparison.Ordinal);
        }
        else if (field.Is("Content-Language"u8) && Language.Count == 0)
        {
            Language = Text(field, ref budget)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
        }
    }

    private string? Text(HeaderField field, ref RetentionBudget budget)
    {
        var text = KeepContent(field.RawValue, ref budget) ? HeaderText.Unfold(field.RawValue) : "";
        return text.Length > 0 ? text : null;
    }

    private bool KeepContent(ReadOnlySpan<byte> value, ref RetentionBudget budget)
    {
        var fits = budget.TryTakeContent(value.Length);
        Defects |= fits ? MimeDefects.None : MimeDefects.ContentFieldsTooLarge;
        return fits;
    }

    private void KeepEnvelope(EnvelopeHeader name, HeaderField field, long origin, ref RetentionBudget budget)
    {
        var value = field.RawValue.Trim(" \t\r\n"u8);
        if (budget.TryTakeEnvelope(value.Length))
        {
            Envelope.Add(new EnvelopeField(name, origin + field.Start, value.ToArray()));
        }
        else
        {
            Defects |= MimeDefects.EnvelopeTooLarge;
        }
    }

    /// <summary>White space at the end of a boundary cannot be told from padding (RFC 2046 section 5.1.1), so it does not count.</summary>
    private void FindDelimiter(MimeLimits limits)
    {
        if (ContentType.Type != "multipart")
        {
            return;
        }
        var boundary = ContentType["boundary"]?.TrimEnd();
        if (string.IsNullOrEmpty(boundary) || Encoding.UTF8.GetByteCount(boundary) > limits.MaxBoundaryLength)
        {
            Defects |= MimeDefects.MissingBoundary;
            return;
        }
        Delimiter = Encoding.UTF8.GetBytes("--" + boundary);
    }
}
