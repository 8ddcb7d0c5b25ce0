using System.Buffers;
using System.Text;

namespace PluginMail.Mime;

/// <summary>One encoded word (RFC 2047 section 2), with the language tag of RFC 2231 section 5 allowed and ignored.</summary>
internal readonly ref struct EncodedWord
{
    private const int MaxCharsetLength = 64;

    private readonly ReadOnlySpan<byte> _charset;
    private readonly ReadOnlySpan<byte> _content;
    private readonly bool _isBase64;

    private EncodedWord(ReadOnlySpan<byte> charset, bool isBase64, ReadOnlySpan<byte> content, int length)
    {
        _charset = charset;
        _isBase64 = isBase64;
        _content = content;
        Length = length;
    }

    /// <summary>Bytes from "=?" to "?=".</summary>
    public int Length { get; }

    /// <summary>Reads a word at the start of <paramref name="text"/>; <paramref name="lastTerminator"/> is where the last "?=" is.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, int lastTerminator, out EncodedWord word)
    {
        word = default;
        var body = text[2..];
        var charsetEnd = body[..Math.Min(body.Length, MaxCharsetLength)].IndexOf((byte)'?');
        if (charsetEnd <= 0 || charsetEnd + 3 > body.Length || body[charsetEnd + 2] != (byte)'?')
        {
            return false;
        }
        var encoding = body[charsetEnd + 1] | 0x20;
        var contentStart = 2 + charsetEnd + 3;
        if (encoding is not ('b' or 'q') || contentStart > lastTerminator)
        {
            return false;
        }
        var contentLength = text[contentStart..].IndexOf("?="u8);
        if (contentLength < 0)
        {
            return false;
        }
        var charset = body[..charsetEnd];
        var language = charset.IndexOf((byte)'*');
        charset = language > 0 ? charset[..language] : charset;
        word = new EncodedWord(charset, encoding == 'b', text.Slice(contentStart, contentLength), contentStart + contentLength + 2);
        return true;
    }

    /// <summary>The charset's decoder, or null when this machine knows none.</summary>
    public CharsetDecoder? FindCharset() =>
        CharsetDecoder.TryGet(Encoding.Latin1.GetString(_charset), out var decoder) ? decoder : null;

    /// <summary>Undoes the B or Q encoding.</summary>
    public void DecodeTo(IBufferWriter<byte> output)
    {
        if (_isBase64)
        {
            var decoder = new Base64Decoder();
            decoder.Append(_content, output);
            decoder.Finish(output);
            return;
        }
        var destination = output.GetSpan(_content.Length + 1);
        var written = 0;
        for (var i = 0; i < _content.Length; i++)
        {
            var octet = _content[i];
            if (octet == (byte)'=' && i + 2 < _content.Length && Hex.TryDecode(_content[i + 1], _content[i + 2], out var decoded))
            {
                octet = decoded;
                i += 2;
            }
            else if (octet == (byte)'_')
            {
                octet = (byte)' ';
            }
            destination[written++] = octet;
        }
        output.Advance(written);
    }
}
