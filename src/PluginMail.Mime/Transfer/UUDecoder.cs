using System.Buffers;

namespace PluginMail.Mime;

/// <summary>uuencode: what stands between the "begin" and "end" lines; lines that are no data are skipped.</summary>
internal sealed class UUDecoder : TransferDecoder
{
    private const int MaxLine = 256;

    private readonly byte[] _line = new byte[MaxLine];
    private int _length;
    private bool _inside;

    public override void Append(ReadOnlySpan<byte> piece, IBufferWriter<byte> output)
    {
        while (!piece.IsEmpty)
        {
            var end = piece.IndexOf((byte)'\n');
            var run = end < 0 ? piece : piece[..end];
            var kept = run[..Math.Min(run.Length, MaxLine - _length)];
            kept.CopyTo(_line.AsSpan(_length));
            _length += kept.Length;
            SawGarbage |= kept.Length < run.Length;
            if (end < 0)
            {
                return;
            }
            EndLine(output);
            piece = piece[(end + 1)..];
        }
    }

    public override void Finish(IBufferWriter<byte> output) => EndLine(output);

    private void EndLine(IBufferWriter<byte> output)
    {
        var line = _line.AsSpan(0, _length).TrimEnd((byte)'\r');
        _length = 0;
        if (!_inside)
        {
            _inside = line.StartsWith("begin "u8);
            return;
        }
        if (line.SequenceEqual("end"u8))
        {
            _inside = false;
            return;
        }
        if (!line.IsEmpty)
        {
            DecodeLine(line, output);
        }
    }

    private void DecodeLine(ReadOnlySpan<byte> line, IBufferWriter<byte> output)
    {
        var count = (line[0] - ' ') & 0x3F;
        var data = line[1..];
        SawGarbage |= data.Length < ((count * 4) + 2) / 3;
        var destination = output.GetSpan(66);
        var written = 0;
        for (var i = 0; written < count; i += 4)
        {
            var bits = (Six(data, i) << 18) | (Six(data, i + 1) << 12) | (Six(data, i + 2) << 6) | Six(data, i + 3);
            destination[written++] = (byte)(bits >> 16);
            destination[written++] = (byte)(bits >> 8);
            destination[written++] = (byte)bits;
        }
        output.Advance(count);
    }

    private static int Six(ReadOnlySpan<byte> data, int index) => index < data.Length ? (data[index] - ' ') & 0x3F : 0;
}
