using System.Buffers;
using System.Text;
using PluginMail.Mime;

namespace PluginMail.Filters.Evaluation;

/// <summary>The parts of a message as tests see them: each decoded once, when first asked for, bounded in octets altogether.</summary>
internal sealed class MessageParts(IFilterMessage message)
{
    private const int MostOctets = 8 * 1024 * 1024;
    private const int MostHeaderOctets = 256 * 1024;
    private const int PieceOctets = 64 * 1024;
    private readonly Dictionary<MimePart, byte[]> _decoded = [];
    private readonly Dictionary<MimePart, MimeFilterMessage> _headers = [];
    private long _left = MostOctets;

    /// <summary>The message's own part; null where only the header is at hand.</summary>
    public MimePart? Root => message.Content is null ? null : message.Structure?.Root;

    /// <summary>Octets of the message as received, as far as the bound goes.</summary>
    public byte[] Octets(long start, long end)
    {
        var octets = new byte[Math.Clamp(end - start, 0, _left)];
        var length = message.Content!.Read(start, octets);
        _left -= length;
        return length == octets.Length ? octets : octets[..length];
    }

    /// <summary>The content of a part without its transfer encoding; text as UTF-8.</summary>
    public byte[] Decoded(MimePart part)
    {
        if (!_decoded.TryGetValue(part, out var octets))
        {
            octets = part.ContentType.Type == "text" ? Text(part) : TransferDecoder.Decode(part.TransferEncoding, Octets(part.BodyStart, part.BodyEnd));
            _decoded.Add(part, octets);
        }

        return octets;
    }

    /// <summary>The header of a part.</summary>
    public IFilterMessage HeaderOf(MimePart part)
    {
        if (ReferenceEquals(part, Root))
        {
            return message;
        }

        if (!_headers.TryGetValue(part, out var header))
        {
            var octets = Octets(part.HeaderStart, Math.Min(part.HeaderEnd, part.HeaderStart + MostHeaderOctets));
            header = new(octets, part.BodyEnd - part.HeaderStart);
            _headers.Add(part, header);
        }

        return header;
    }

    /// <summary>The text before the first part of a multipart and after the last one.</summary>
    public IEnumerable<byte[]> Surroundings(MimePart multipart)
    {
        if (multipart.Children is not [var first, ..])
        {
            yield return Octets(multipart.BodyStart, multipart.BodyEnd);
            yield break;
        }

        var before = Octets(multipart.BodyStart, first.HeaderStart);
        yield return before[..Math.Max(0, before.AsSpan().LastIndexOf("--"u8) is var line && before.AsSpan(0, Math.Max(0, line)).LastIndexOf((byte)'\n') is var end ? end + 1 : 0)];
        var after = Octets(multipart.Children[^1].BodyEnd, multipart.BodyEnd);
        var boundary = after.AsSpan().IndexOf("--"u8);
        var rest = boundary < 0 ? -1 : after.AsSpan(boundary).IndexOf((byte)'\n');
        yield return rest < 0 ? [] : after[(boundary + rest + 1)..];
    }

    private byte[] Text(MimePart part)
    {
        var decoder = new BodyTextDecoder(part);
        var characters = new ArrayBufferWriter<char>((int)Math.Min(part.BodyLength, PieceOctets) + 16);
        for (var at = part.BodyStart; at < part.BodyEnd && _left > 0; at += PieceOctets)
        {
            decoder.Append(Octets(at, Math.Min(part.BodyEnd, at + PieceOctets)), characters);
        }

        decoder.Finish(characters);
        return Encoding.UTF8.GetBytes(characters.WrittenSpan.ToArray());
    }
}
