using System.Buffers;

namespace PluginMail.Mime;

/// <summary>
/// Undoes a content transfer encoding piece by piece; pieces may be cut anywhere. Malformed content never fails: what has no meaning is
/// skipped or passed on, and <see cref="SawGarbage"/> says so. A decoder serves one body and is not thread-safe.
/// </summary>
public abstract class TransferDecoder
{
    private protected TransferDecoder()
    {
    }

    /// <summary>True once the content was found to break the encoding's rules.</summary>
    public bool SawGarbage { get; private protected set; }

    /// <summary>The decoder of an encoding; 7bit, 8bit, binary and unknown ones pass the bytes on.</summary>
    public static TransferDecoder Create(TransferEncoding encoding) => encoding switch
    {
        TransferEncoding.Base64 => new Base64Decoder(),
        TransferEncoding.QuotedPrintable => new QuotedPrintableDecoder(),
        TransferEncoding.UUEncode => new UUDecoder(),
        _ => new IdentityDecoder(),
    };

    /// <summary>The mechanism that a Content-Transfer-Encoding value names, without regard to case; an empty name is 7bit.</summary>
    public static TransferEncoding Parse(string? mechanism) => mechanism?.Trim().ToLowerInvariant() switch
    {
        null or "" or "7bit" or "7-bit" => TransferEncoding.SevenBit,
        "8bit" or "8-bit" => TransferEncoding.EightBit,
        "binary" => TransferEncoding.Binary,
        "quoted-printable" => TransferEncoding.QuotedPrintable,
        "base64" => TransferEncoding.Base64,
        "x-uuencode" or "uuencode" or "x-uue" => TransferEncoding.UUEncode,
        _ => TransferEncoding.Unknown,
    };

    /// <summary>Decodes a whole body.</summary>
    public static byte[] Decode(TransferEncoding encoding, ReadOnlySpan<byte> body)
    {
        var output = new ArrayBufferWriter<byte>(Math.Max(body.Length, 1));
        var decoder = Create(encoding);
        decoder.Append(body, output);
        decoder.Finish(output);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Decodes the next piece; writes at most a few bytes more than the piece has.</summary>
    public abstract void Append(ReadOnlySpan<byte> piece, IBufferWriter<byte> output);

    /// <summary>Writes what was held back at the end of the body.</summary>
    public abstract void Finish(IBufferWriter<byte> output);
}
