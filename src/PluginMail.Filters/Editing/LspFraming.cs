using System.Buffers.Text;
using System.Text;

namespace PluginMail.Filters.Editing;

/// <summary>
/// The base protocol of LSP 3.17: messages of UTF-8 JSON behind header fields that say how long they are. Own, because the
/// length of a message is bounded before it is read.
/// </summary>
internal sealed class LspFraming(System.IO.Stream input, System.IO.Stream output)
{
    private const int LongestLine = 1024;
    private const int MostFields = 20;
    private const int LongestMessage = 8 * 1024 * 1024;
    private readonly byte[] _buffer = new byte[16 * 1024];
    private int _start;
    private int _end;

    /// <summary>The next message; null at the end of input, or where what comes is no message and nothing after it can be trusted.</summary>
    public async ValueTask<byte[]?> ReadAsync(CancellationToken cancellation)
    {
        var length = -1;
        for (var fields = 0; fields < MostFields; fields++)
        {
            var line = await ReadLineAsync(cancellation);
            if (line is null)
            {
                return null;
            }

            if (line.Length == 0)
            {
                return length is >= 0 and <= LongestMessage ? await ReadBodyAsync(length, cancellation) : null;
            }

            length = LengthIn(line) ?? length;
        }

        return null;
    }

    /// <summary>Writes a message.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation)
    {
        await output.WriteAsync(Encoding.ASCII.GetBytes($"Content-Length: {message.Length}\r\n\r\n"), cancellation);
        await output.WriteAsync(message, cancellation);
        await output.FlushAsync(cancellation);
    }

    private static int? LengthIn(byte[] line)
    {
        ReadOnlySpan<byte> name = "content-length:"u8;
        return line.Length > name.Length && System.Text.Ascii.EqualsIgnoreCase(line.AsSpan(0, name.Length), name)
            && Utf8Parser.TryParse(line.AsSpan(name.Length).Trim((byte)' '), out int length, out _)
            ? length
            : null;
    }

    private async ValueTask<byte[]?> ReadLineAsync(CancellationToken cancellation)
    {
        var line = new List<byte>();
        while (line.Count <= LongestLine)
        {
            if (_start == _end && !await FillAsync(cancellation))
            {
                return null;
            }

            var octet = _buffer[_start++];
            if (octet == '\n')
            {
                return line is [.., (byte)'\r'] ? [.. line[..^1]] : [.. line];
            }

            line.Add(octet);
        }

        return null;
    }

    private async ValueTask<byte[]?> ReadBodyAsync(int length, CancellationToken cancellation)
    {
        var body = new byte[length];
        for (var filled = 0; filled < length;)
        {
            if (_start == _end && !await FillAsync(cancellation))
            {
                return null;
            }

            var count = Math.Min(length - filled, _end - _start);
            _buffer.AsSpan(_start, count).CopyTo(body.AsSpan(filled));
            _start += count;
            filled += count;
        }

        return body;
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancellation)
    {
        _start = 0;
        _end = await input.ReadAsync(_buffer, cancellation);
        return _end > 0;
    }
}
