using System.Buffers;
using System.Text;
using System.Text.Unicode;
using PluginMail.Abstractions;
using PluginMail.Mime;

namespace PluginMail.SmtpClient;

/// <summary>What must be known of a message before it is sent.</summary>
/// <param name="Length">Octets as they go out: every line ended by CR LF, dots not doubled (RFC 1870 section 3).</param>
/// <param name="IsCanonical">Whether every line ends with CR LF already and no other CR or LF stands in it.</param>
/// <param name="HasEightBit">Whether an octet above 127 stands in it, in header or body (RFC 6152).</param>
/// <param name="HasUtf8Header">Whether the header holds UTF-8 (RFC 6532). Other octets above 127 there are a legacy charset, which nothing announces.</param>
internal readonly record struct ContentSurvey(long Length, bool IsCanonical, bool HasEightBit, bool HasUtf8Header)
{
    /// <summary>Octets that are read at once.</summary>
    public const int PieceSize = 16 * 1024;

    private const int MaximumHeader = 256 * 1024;

    /// <summary>Looks at a message.</summary>
    /// <param name="content">The message.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static ContentSurvey Of(MessageContent content)
    {
        if (content.TryGetMemory(out ReadOnlyMemory<byte> memory))
        {
            var whole = new Counts();
            whole.Add(memory.Span);
            return whole.End(content.Length, IsHeaderUtf8(memory.Span, whole.HasEightBit));
        }

        return Read(content);
    }

    private static ContentSurvey Read(MessageContent content)
    {
        var counts = new Counts();
        byte[] piece = ArrayPool<byte>.Shared.Rent((int)Math.Min(content.Length, MaximumHeader) + 1);
        try
        {
            int head = content.Read(0, piece);
            counts.Add(piece.AsSpan(0, head));
            bool isHeaderUtf8 = IsHeaderUtf8(piece.AsSpan(0, head), counts.HasEightBit);
            long offset = head;
            for (int read; (read = content.Read(offset, piece)) > 0; offset += read)
            {
                counts.Add(piece.AsSpan(0, read));
            }

            return counts.End(offset, isHeaderUtf8);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }

    private static bool IsHeaderUtf8(ReadOnlySpan<byte> start, bool hasEightBit)
    {
        if (!hasEightBit)
        {
            return false;
        }

        HeaderBlock.FindBody(start[..Math.Min(start.Length, MaximumHeader)], out int end);
        ReadOnlySpan<byte> header = start[..end];
        return !Ascii.IsValid(header) && Utf8.IsValid(header);
    }

    private struct Counts
    {
        private long _returns;
        private long _feeds;
        private long _pairs;
        private byte _last;
        private bool _isEmpty;

        public Counts() => _isEmpty = true;

        public bool HasEightBit { get; private set; }

        public void Add(ReadOnlySpan<byte> piece)
        {
            if (piece.IsEmpty)
            {
                return;
            }

            HasEightBit |= !Ascii.IsValid(piece);
            _returns += piece.Count((byte)'\r');
            _feeds += piece.Count((byte)'\n');
            _pairs += piece.Count("\r\n"u8) + (!_isEmpty && _last == '\r' && piece[0] == '\n' ? 1 : 0);
            (_last, _isEmpty) = (piece[^1], false);
        }

        public readonly ContentSurvey End(long length, bool hasUtf8Header)
        {
            bool endsLine = _isEmpty || _last is (byte)'\n' or (byte)'\r';
            long added = (_feeds - _pairs) + (_returns - _pairs) + (endsLine ? 0 : 2);
            return new ContentSurvey(length + added, added == 0, HasEightBit, hasUtf8Header);
        }
    }
}
