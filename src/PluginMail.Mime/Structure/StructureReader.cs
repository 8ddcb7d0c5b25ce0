using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace PluginMail.Mime;

/// <summary>Reads the stored form of a structure. Every number is checked against the bytes that are left, so corrupt input ends early.</summary>
internal ref struct StructureReader
{
    private const int MaxDepth = 128;

    private readonly ReadOnlySpan<byte> _bytes;
    private int _position;
    private bool _failed;

    private StructureReader(ReadOnlySpan<byte> bytes)
    {
        _bytes = bytes;
        _position = 1;
    }

    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out MimeStructure? structure)
    {
        structure = null;
        if (bytes.IsEmpty || bytes[0] != StructureWriter.Version)
        {
            return false;
        }
        var reader = new StructureReader(bytes);
        var length = reader.Number();
        var defects = (MimeDefects)reader.Number(int.MaxValue);
        var root = reader.Part(0, length, 0);
        if (reader._failed || root is null || reader._position != bytes.Length)
        {
            return false;
        }
        structure = new MimeStructure(root, length, defects);
        return true;
    }

    private MimePart? Part(long origin, long limit, int depth)
    {
        if (depth > MaxDepth)
        {
            _failed = true;
        }
        var fields = (PartFields)Number(0x1FFF);
        var headerStart = origin + Number(limit - origin);
        var headerEnd = headerStart + Number(limit - headerStart);
        var bodyStart = headerEnd + Number(limit - headerEnd);
        var bodyEnd = bodyStart + Number(limit - bodyStart);
        var headerLines = Number(bodyStart - headerStart);
        var bodyLines = Number(bodyEnd - bodyStart);
        if (_failed)
        {
            return null;
        }
        var defects = fields.HasFlag(PartFields.Defects) ? (MimeDefects)Number(int.MaxValue) : MimeDefects.None;
        var contentType = fields.HasFlag(PartFields.ContentType) ? new ContentType(Text(), Text(), Parameters()) : ContentType.Default;
        var disposition = fields.HasFlag(PartFields.Disposition) ? new ContentDisposition(Text(), Parameters()) : null;
        return new MimePart
        {
            HeaderStart = headerStart,
            HeaderEnd = headerEnd,
            BodyStart = bodyStart,
            BodyEnd = bodyEnd,
            HeaderLines = headerLines,
            BodyLines = bodyLines,
            Defects = defects,
            ContentType = contentType,
            ContentDisposition = disposition,
            TransferEncodingName = Optional(fields, PartFields.TransferEncoding),
            ContentId = Optional(fields, PartFields.ContentId),
            ContentDescription = Optional(fields, PartFields.Description),
            ContentMd5 = Optional(fields, PartFields.Md5),
            ContentLocation = Optional(fields, PartFields.Location),
            ContentLanguage = fields.HasFlag(PartFields.Language) ? Texts() : [],
            Envelope = fields.HasFlag(PartFields.Envelope) ? Envelope(fields, headerStart, limit) : null,
            Children = fields.HasFlag(PartFields.Children) ? Children(bodyStart, bodyEnd, depth) : [],
            EmbeddedMessage = fields.HasFlag(PartFields.EmbeddedMessage) ? Part(bodyStart, bodyEnd, depth + 1) : null,
        };
    }

    private List<MimePart> Children(long origin, long limit, int depth)
    {
        var count = Count();
        var children = new List<MimePart>(Math.Min(count, 64));
        for (var i = 0; i < count && !_failed; i++)
        {
            if (Part(origin, limit, depth + 1) is { } child)
            {
                children.Add(child);
            }
        }
        return children;
    }

    private MimeEnvelope Envelope(PartFields fields, long origin, long limit)
    {
        var count = Count();
        var list = new List<EnvelopeField>(Math.Min(count, 16));
        for (var i = 0; i < count && !_failed; i++)
        {
            var header = (EnvelopeHeader)Number(MimeEnvelope.HeaderCount - 1);
            var offset = origin + Number(limit - origin);
            list.Add(new EnvelopeField(header, offset, Take(Count()).ToArray()));
        }
        return new MimeEnvelope(list, !fields.HasFlag(PartFields.IncompleteEnvelope));
    }

    private List<MimeParameter> Parameters()
    {
        var count = Count();
        var list = new List<MimeParameter>(Math.Min(count, 16));
        for (var i = 0; i < count && !_failed; i++)
        {
            list.Add(new MimeParameter(Text(), Text()));
        }
        return list;
    }

    private List<string> Texts()
    {
        var count = Count();
        var list = new List<string>(Math.Min(count, 16));
        for (var i = 0; i < count && !_failed; i++)
        {
            list.Add(Text());
        }
        return list;
    }

    private string? Optional(PartFields fields, PartFields field) => fields.HasFlag(field) ? Text() : null;

    private string Text()
    {
        var number = (int)Number(WellKnownText.Count);
        return number > 0 ? WellKnownText.TextOf(number) : Encoding.UTF8.GetString(Take(Count()));
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        var taken = _bytes.Slice(_position, count);
        _position += count;
        return taken;
    }

    /// <summary>A count or length: each counted thing takes at least one byte of what is left.</summary>
    private int Count()
    {
        var count = Number(int.MaxValue);
        if (count > _bytes.Length - _position)
        {
            _failed = true;
            return 0;
        }
        return (int)count;
    }

    private long Number(long max = long.MaxValue)
    {
        var value = 0UL;
        for (var shift = 0; shift < 63 && _position < _bytes.Length; shift += 7)
        {
            var octet = _bytes[_position++];
            value |= (ulong)(octet & 0x7F) << shift;
            if (octet < 0x80)
            {
                if (value <= (ulong)Math.Max(max, 0) && max >= 0 && !_failed)
                {
                    return (long)value;
                }
                break;
            }
        }
        _failed = true;
        return 0;
    }
}
