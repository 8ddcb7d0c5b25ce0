namespace PluginMail.Mime;

/// <summary>A part that is still being scanned.</summary>
internal sealed class PartBuilder(PartBuilder? parent, bool isMessage, long headerStart, long linesBefore)
{
    private readonly List<MimePart> _children = [];
    private bool _hasBody;
    private long _childrenEnd;
    private long _linesBeforeChildrenEnd;
    private long _headerEnd;
    private long _bodyStart;
    private long _linesBeforeBody;
    private MimePart? _embedded;

    /// <summary>True for the message itself and for embedded messages: only they have an envelope.</summary>
    public bool IsMessage => isMessage;

    /// <summary>Delimits this multipart's parts: "--" and the boundary parameter; null for other parts and once closed.</summary>
    public byte[]? Delimiter { get; private set; }

    public ContentFields Fields { get; private set; } = ContentFields.None;

    public MimeDefects Defects { get; set; }

    public long HeaderStart => headerStart;

    public long LinesBefore => linesBefore;

    /// <summary>What a part here is when it has no Content-Type.</summary>
    public ContentType DefaultType => parent is not null && !isMessage && parent.Fields.ContentType.Is("multipart", "digest")
        ? ContentType.DigestDefault
        : ContentType.Default;

    public void EndHeader(ContentFields fields, long headerEnd, long bodyStart, long lines)
    {
        Fields = fields;
        Defects |= fields.Defects;
        _hasBody = true;
        _headerEnd = headerEnd;
        _bodyStart = bodyStart;
        _linesBeforeBody = lines;
    }

    public void Open(byte[] delimiter) => Delimiter = delimiter;

    public void Close() => Delimiter = null;

    /// <summary>Ends the part; <paramref name="end"/> may lie before the body when the line end before it belongs to a boundary line.</summary>
    public MimePart Finish(long end, long lines)
    {
        if (!_hasBody)
        {
            EndHeader(ContentFields.None, headerStart, headerStart, linesBefore);
        }
        if (end < Math.Max(_bodyStart, _childrenEnd))
        {
            (end, lines) = _childrenEnd > _bodyStart ? (_childrenEnd, _linesBeforeChildrenEnd) : (_bodyStart, _linesBeforeBody);
        }
        if (Delimiter is not null)
        {
            Defects |= MimeDefects.MissingEndBoundary;
        }
        if (Fields.Delimiter is not null && _children.Count == 0 && !Defects.HasFlag(MimeDefects.TooDeep))
        {
            Defects |= MimeDefects.NoParts;
        }
        var part = new MimePart
        {
            HeaderStart = headerStart,
            HeaderEnd = _headerEnd,
            BodyStart = _bodyStart,
            BodyEnd = end,
            HeaderLines = _linesBeforeBody - linesBefore,
            BodyLines = lines - _linesBeforeBody,
            ContentType = Fields.ContentType,
            TransferEncodingName = Fields.TransferEncoding,
            ContentId = Fields.Id,
            ContentDescription = Fields.Description,
            ContentDisposition = Fields.Disposition,
            ContentMd5 = Fields.Md5,
            ContentLanguage = Fields.Language,
            ContentLocation = Fields.Location,
            Envelope = isMessage ? new MimeEnvelope(Fields.Envelope, !Defects.HasFlag(MimeDefects.EnvelopeTooLarge)) : null,
            Children = _children,
            EmbeddedMessage = _embedded,
            Defects = Defects,
        };
        parent?.Add(part, lines);
        return part;
    }

    private void Add(MimePart child, long lines)
    {
        _childrenEnd = child.BodyEnd;
        _linesBeforeChildrenEnd = lines;
        if (child.Envelope is not null)
        {
            _embedded = child;
        }
        else
        {
            _children.Add(child);
        }
    }
}
