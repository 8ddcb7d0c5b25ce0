using System.Buffers;
using PluginMail.Abstractions;

namespace PluginMail.Pop3.Maildrops;

/// <summary>Finds where TOP ends (RFC 1939 section 7): behind the header, the empty line, and so many lines of the body.</summary>
internal static class MessageTop
{
    private const int ChunkLength = 16 * 1024;

    /// <summary>Where TOP ends.</summary>
    /// <param name="content">The message.</param>
    /// <param name="bodyLines">Lines of the body.</param>
    /// <returns>Octets from the start, at most the content's length.</returns>
    /// <exception cref="IOException">The content cannot be read.</exception>
    public static long EndOf(MessageContent content, int bodyLines)
    {
        byte[] chunk = ArrayPool<byte>.Shared.Rent(ChunkLength);
        try
        {
            var scan = new Scan(bodyLines);
            long offset = 0;
            for (int read; (read = content.Read(offset, chunk)) > 0; offset += read)
            {
                int end = scan.Find(chunk.AsSpan(0, read));
                if (end >= 0)
                {
                    return offset + end;
                }
            }

            return offset;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    private struct Scan(int bodyLines)
    {
        private bool _inBody;
        private bool _lineIsEmpty = true;
        private int _left = bodyLines;

        /// <summary>The position behind the last line wanted; -1 where it lies beyond these octets.</summary>
        public int Find(ReadOnlySpan<byte> octets)
        {
            int at = 0;
            while (at < octets.Length)
            {
                int lf = octets[at..].IndexOf((byte)'\n');
                ReadOnlySpan<byte> line = lf < 0 ? octets[at..] : octets.Slice(at, lf);
                _lineIsEmpty &= line.IndexOfAnyExcept((byte)'\r') < 0;
                if (lf < 0)
                {
                    break;
                }

                at += lf + 1;
                if (IsLastLine())
                {
                    return at;
                }
            }

            return -1;
        }

        private bool IsLastLine()
        {
            if (_inBody)
            {
                return --_left == 0;
            }

            _inBody = _lineIsEmpty;
            _lineIsEmpty = true;
            return _inBody && _left == 0;
        }
    }
}
