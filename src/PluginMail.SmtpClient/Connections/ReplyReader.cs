using System.Text;
using PluginMail.Abstractions;

namespace PluginMail.SmtpClient;

/// <summary>What became of octets that were given to a <see cref="ReplyReader"/>.</summary>
internal enum ReplyStatus
{
    /// <summary>The reply goes on.</summary>
    Incomplete,

    /// <summary>The reply is whole: take it.</summary>
    Complete,

    /// <summary>That is no SMTP reply, or one beyond all bounds.</summary>
    Malformed,
}

/// <summary>Reads replies (RFC 5321 section 4.2) from octets that come in any pieces. Bounded whatever comes.</summary>
/// <remarks>Lenient where peers are: a bare LF ends a line, a line of three digits is a reply, the last line's code counts.</remarks>
internal sealed class ReplyReader
{
    /// <summary>Octets of the longest line; RFC 5321 section 4.5.3.1.5 allows 512.</summary>
    public const int MaximumLine = 4000;

    private const int MaximumLines = 200;
    private const int MaximumText = 16 * 1024;

    private readonly StringBuilder _text = new();
    private int _lines;
    private SmtpReply? _reply;
    private EnhancedStatusCode? _status;

    /// <summary>Reads on, as far as the reply goes.</summary>
    /// <param name="octets">What came and was not used.</param>
    /// <param name="used">How much of it was used.</param>
    public ReplyStatus Read(ReadOnlySpan<byte> octets, out int used)
    {
        used = 0;
        while (true)
        {
            ReadOnlySpan<byte> rest = octets[used..];
            int end = rest.IndexOf((byte)'\n');
            if (end < 0)
            {
                return rest.Length > MaximumLine ? ReplyStatus.Malformed : ReplyStatus.Incomplete;
            }

            used += end + 1;
            ReadOnlySpan<byte> line = end > 0 && rest[end - 1] == '\r' ? rest[..(end - 1)] : rest[..end];
            ReplyStatus status = line.Length > MaximumLine ? ReplyStatus.Malformed : ReadLine(line);
            if (status != ReplyStatus.Incomplete)
            {
                return status;
            }
        }
    }

    /// <summary>The reply that is whole; the reader is ready for the next.</summary>
    public SmtpReply Take()
    {
        SmtpReply reply = _reply ?? throw new InvalidOperationException("no reply is whole");
        _reply = null;
        _lines = 0;
        _status = null;
        _text.Clear();
        return reply;
    }

    private ReplyStatus ReadLine(ReadOnlySpan<byte> line)
    {
        if (line.Length < 3 || line[0] is < (byte)'2' or > (byte)'5' || !char.IsAsciiDigit((char)line[1]) || !char.IsAsciiDigit((char)line[2])
            || (line.Length > 3 && line[3] is not ((byte)' ' or (byte)'-')))
        {
            return ReplyStatus.Malformed;
        }

        int code = ((line[0] - '0') * 100) + ((line[1] - '0') * 10) + (line[2] - '0');
        ReadOnlySpan<byte> text = line.Length > 4 ? line[4..] : default;
        if (TryStatus(text, line[0], out EnhancedStatusCode status, out int length))
        {
            _status ??= status;
            text = text[length..];
        }

        if (++_lines > MaximumLines || _text.Length + text.Length > MaximumText)
        {
            return ReplyStatus.Malformed;
        }

        Append(text);
        if (line.Length > 3 && line[3] == '-')
        {
            return ReplyStatus.Incomplete;
        }

        _reply = new SmtpReply(code, _status?.Class == code / 100 ? _status : null, _text.ToString());
        return ReplyStatus.Complete;
    }

    private void Append(ReadOnlySpan<byte> text)
    {
        if (_lines > 1)
        {
            _text.Append('\n');
        }

        int start = _text.Length;
        _text.Append(Encoding.UTF8.GetString(text));
        for (int i = start; i < _text.Length; i++)
        {
            if (char.IsControl(_text[i]))
            {
                _text[i] = '?';
            }
        }
    }

    // RFC 2034 section 3: class "." subject "." detail, then a space or the end; the class is the code's first digit.
    private static bool TryStatus(ReadOnlySpan<byte> text, byte first, out EnhancedStatusCode status, out int length)
    {
        status = default;
        length = 0;
        if (text.Length < 5 || text[0] != first || text[1] != '.' || first is not ((byte)'2' or (byte)'4' or (byte)'5'))
        {
            return false;
        }

        int at = 2;
        if (!TryNumber(text, ref at, out ushort subject) || at == text.Length || text[at++] != '.' || !TryNumber(text, ref at, out ushort detail)
            || (at < text.Length && text[at] != ' '))
        {
            return false;
        }

        status = new EnhancedStatusCode((byte)(first - '0'), subject, detail);
        length = Math.Min(at + 1, text.Length);
        return true;
    }

    private static bool TryNumber(ReadOnlySpan<byte> text, ref int at, out ushort number)
    {
        int start = at;
        number = 0;
        while (at < text.Length && at - start < 3 && char.IsAsciiDigit((char)text[at]))
        {
            number = (ushort)((number * 10) + (text[at++] - '0'));
        }

        return at > start;
    }
}
