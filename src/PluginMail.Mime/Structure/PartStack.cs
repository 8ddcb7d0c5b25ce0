namespace PluginMail.Mime;

/// <summary>The open parts of a scan, from the message to the innermost.</summary>
internal sealed class PartStack(MimeLimits limits)
{
    private readonly List<PartBuilder> _open = [];
    private RetentionBudget _budget = new(limits);
    private MimeDefects _defects;
    private int _count;
    private int _delimiters;
    private bool _isOpaque;
    private MimePart? _root;

    /// <summary>The innermost open part.</summary>
    public PartBuilder Current => _open[^1];

    /// <summary>True while boundary lines have a meaning.</summary>
    public bool AnyDelimiter => _delimiters > 0 && !_isOpaque;

    /// <summary>Begins a part inside the innermost one; false beyond the limit, and then no further part begins.</summary>
    public bool Begin(bool isMessage, long headerStart, long lines)
    {
        if (_count >= limits.MaxParts)
        {
            _isOpaque = true;
            Current.Defects |= MimeDefects.TooManyParts;
            return false;
        }
        _count++;
        _open.Add(new PartBuilder(_open.Count == 0 ? null : Current, isMessage, headerStart, lines));
        return true;
    }

    /// <summary>Ends the innermost part's header; true when an embedded message begins where the body starts.</summary>
    public bool EndHeader(ReadOnlySpan<byte> header, long headerEnd, long bodyStart, long lines)
    {
        var part = Current;
        part.EndHeader(ContentFields.Read(header, part, limits, ref _budget), headerEnd, bodyStart, lines);
        var type = part.Fields.ContentType;
        var isMessage = type.Is("message", "rfc822") || type.Is("message", "global");
        if (part.Fields.Delimiter is null && !isMessage)
        {
            return false;
        }
        if (_open.Count >= limits.MaxDepth)
        {
            part.Defects |= MimeDefects.TooDeep;
            return false;
        }
        if (part.Fields.Delimiter is not null)
        {
            part.Open(part.Fields.Delimiter);
            _delimiters++;
            return false;
        }
        if (TransferDecoder.Parse(part.Fields.TransferEncoding) > TransferEncoding.Binary)
        {
            part.Defects |= MimeDefects.EncodedMessage;
            return false;
        }
        return Begin(isMessage: true, bodyStart, lines);
    }

    /// <summary>The innermost open multipart whose boundary line this is, or null.</summary>
    public PartBuilder? Match(ReadOnlySpan<byte> line, out bool closes)
    {
        closes = false;
        if (!AnyDelimiter || !line.StartsWith("--"u8))
        {
            return null;
        }
        line = line.TrimEnd(" \t\r\n"u8);
        for (var i = _open.Count - 1; i >= 0; i--)
        {
            var delimiter = _open[i].Delimiter;
            if (delimiter is null || !line.StartsWith(delimiter))
            {
                continue;
            }
            closes = line.Length == delimiter.Length + 2 && line.EndsWith("--"u8);
            if (closes || line.Length == delimiter.Length)
            {
                return _open[i];
            }
        }
        return null;
    }

    /// <summary>Ends all parts inside the multipart.</summary>
    public void EndAbove(PartBuilder multipart, long end, long lines)
    {
        while (!ReferenceEquals(Current, multipart))
        {
            EndCurrent(end, lines);
        }
    }

    /// <summary>Marks the multipart's last part as seen; what follows is its epilogue.</summary>
    public void Close(PartBuilder multipart)
    {
        multipart.Close();
        _delimiters--;
    }

    /// <summary>Ends all parts at the end of the message.</summary>
    public MimeStructure Finish(ScanPosition position)
    {
        while (_open.Count > 0)
        {
            EndCurrent(position.Offset, position.Lines);
        }
        _defects |= position.SawLongLine ? MimeDefects.LineTooLong : MimeDefects.None;
        return new MimeStructure(_root!, position.Offset, _defects);
    }

    private void EndCurrent(long end, long lines)
    {
        _delimiters -= Current.Delimiter is null ? 0 : 1;
        _root = Current.Finish(end, lines);
        _defects |= _root.Defects;
        _open.RemoveAt(_open.Count - 1);
    }
}
