using System.Buffers;
using System.Text;

namespace PluginMail.Mime;

/// <summary>
/// Turns the body of a text part into characters piece by piece: transfer encoding, then charset; pieces may be cut anywhere. An unknown or
/// absent charset is read as <see cref="CharsetDecoder.Unlabelled"/>. A decoder serves one body and is not thread-safe.
/// </summary>
public sealed class BodyTextDecoder
{
    private readonly TransferDecoder _transfer;
    private readonly ArrayBufferWriter<byte> _octets = new(4096);
    private readonly Decoder _decoder;

    /// <summary>Starts with what the part's content fields say.</summary>
    /// <param name="encoding">The transfer encoding.</param>
    /// <param name="charset">Name of the charset, or null.</param>
    public BodyTextDecoder(TransferEncoding encoding, string? charset)
    {
        _transfer = TransferDecoder.Create(encoding);
        var known = charset is not null && CharsetDecoder.TryGet(charset, out var found) ? found.Encoding : null;
        _decoder = (known ?? CharsetDecoder.Unlabelled.Encoding!).GetDecoder();
    }

    /// <summary>Starts with what the part's content fields say.</summary>
    public BodyTextDecoder(MimePart part)
        : this(part.TransferEncoding, part.ContentType.Charset)
    {
    }

    /// <summary>Decodes the next piece.</summary>
    public void Append(ReadOnlySpan<byte> piece, IBufferWriter<char> output)
    {
        _transfer.Append(piece, _octets);
        Flush(output, isLast: false);
    }

    /// <summary>Writes what was held back at the end of the body.</summary>
    public void Finish(IBufferWriter<char> output)
    {
        _transfer.Finish(_octets);
        Flush(output, isLast: true);
    }

    private void Flush(IBufferWriter<char> output, bool isLast)
    {
        _decoder.Convert(_octets.WrittenSpan, output, isLast, out _, out _);
        _octets.ResetWrittenCount();
    }
}
