using System.Buffers;
using System.Buffers.Text;

namespace PluginMail.Mime;

/// <summary>Base64 (RFC 2045 section 6.8): characters outside the alphabet are skipped, padding may be missing or come early.</summary>
internal sealed class Base64Decoder : TransferDecoder
{
    private const byte Invalid = 0xFF;

    private static readonly SearchValues<byte> Alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"u8);

    private uint _bits;
    private int _sextets;

    public static uint Sextet(byte octet) => octet switch
    {
        >= (byte)'A' and <= (byte)'Z' => (uint)(octet - 'A'),
        >= (byte)'a' and <= (byte)'z' => (uint)(octet - 'a' + 26),
        >= (byte)'0' and <= (byte)'9' => (uint)(octet - '0' + 52),
        (byte)'+' => 62,
        (byte)'/' => 63,
        _ => Invalid,
    };

    public override void Append(ReadOnlySpan<byte> piece, IBufferWriter<byte> output)
    {
        while (!piece.IsEmpty)
        {
            if (_sextets == 0 && TryDecodeRun(ref piece, output))
            {
                continue;
            }
            AppendOne(piece[0], output);
            piece = piece[1..];
        }
    }

    public override void Finish(IBufferWriter<byte> output)
    {
        SawGarbage |= _sextets != 0;
        FlushPartial(output);
    }

    /// <summary>Decodes the whole quads before the next line end, padding or garbage in one go.</summary>
    private static bool TryDecodeRun(ref ReadOnlySpan<byte> piece, IBufferWriter<byte> output)
    {
        var length = piece.IndexOfAnyExcept(Alphabet);
        length = (length < 0 ? piece.Length : length) & ~3;
        if (length == 0)
        {
            return false;
        }
        var destination = output.GetSpan(Base64.GetMaxDecodedFromUtf8Length(length));
        var status = Base64.DecodeFromUtf8(piece[..length], destination, out var consumed, out var written, isFinalBlock: false);
        if (status != OperationStatus.Done || consumed == 0)
        {
            return false;
        }
        output.Advance(written);
        piece = piece[consumed..];
        return true;
    }

    private void AppendOne(byte octet, IBufferWriter<byte> output)
    {
        var sextet = Sextet(octet);
        if (sextet != Invalid)
        {
            _bits = (_bits << 6) | sextet;
            if (++_sextets == 4)
            {
                var destination = output.GetSpan(3);
                destination[0] = (byte)(_bits >> 16);
                destination[1] = (byte)(_bits >> 8);
                destination[2] = (byte)_bits;
                output.Advance(3);
                _bits = 0;
                _sextets = 0;
            }
            return;
        }
        if (octet == (byte)'=')
        {
            FlushPartial(output);
        }
        else if (octet is not ((byte)'\r' or (byte)'\n' or (byte)' ' or (byte)'\t'))
        {
            SawGarbage = true;
        }
    }

    private void FlushPartial(IBufferWriter<byte> output)
    {
        if (_sextets >= 2)
        {
            var destination = output.GetSpan(2);
            var bits = _bits << (6 * (4 - _sextets));
            destination[0] = (byte)(bits >> 16);
            destination[1] = (byte)(bits >> 8);
            output.Advance(_sextets - 1);
        }
        _bits = 0;
        _sextets = 0;
    }
}
