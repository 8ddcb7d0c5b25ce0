using System.Buffers;
using System.Text;
using PluginMail.Abstractions;

namespace PluginMail.Smtp;

/// <summary>Writes replies as lines (RFC 5321 section 4.2.1): the enhanced status code on each (RFC 2034), no line over 512 octets, no control characters.</summary>
internal static class ReplyWriter
{
    /// <summary>Octets of the longest reply line with its end (RFC 5321 section 4.5.3.1.5).</summary>
    public const int MaximumLineLength = 512;

    private const int MaximumPrefixLength = 4 + 14; // "250-" and "5.65535.65535 "

    /// <summary>Writes a reply.</summary>
    /// <param name="output">Gets the octets.</param>
    /// <param name="reply">What to say; its text may have several lines.</param>
    /// <param name="allowsUtf8">Whether the client asked for SMTPUTF8 (RFC 6531 section 3.7.4.1); else what is not ASCII is replaced.</param>
    public static void Write(IBufferWriter<byte> output, SmtpReply reply, bool allowsUtf8)
    {
        ReadOnlySpan<char> rest = reply.Text.AsSpan().TrimEnd('\n');
        bool hasMore;
        do
        {
            ReadOnlySpan<char> line = TakeLine(ref rest, allowsUtf8, out hasMore);
            WriteLine(output, reply, line, hasMore, allowsUtf8);
        }
        while (hasMore);
    }

    /// <summary>Writes a challenge of AUTH (RFC 4954 section 4): 334 and base64.</summary>
    /// <param name="output">Gets the octets.</param>
    /// <param name="challenge">May be empty.</param>
    public static void WriteChallenge(IBufferWriter<byte> output, ReadOnlySpan<byte> challenge)
    {
        output.Write("334 "u8);
        Span<byte> target = output.GetSpan(System.Buffers.Text.Base64.GetMaxEncodedToUtf8Length(challenge.Length) + 2);
        System.Buffers.Text.Base64.EncodeToUtf8(challenge, target, out _, out int written);
        "\r\n"u8.CopyTo(target[written..]);
        output.Advance(written + 2);
    }

    private static ReadOnlySpan<char> TakeLine(ref ReadOnlySpan<char> rest, bool allowsUtf8, out bool hasMore)
    {
        int end = rest.IndexOf('\n');
        ReadOnlySpan<char> line = end < 0 ? rest : rest[..end];
        int room = MaximumLineLength - 2 - MaximumPrefixLength;
        if (allowsUtf8 && !Ascii.IsValid(line))
        {
            room /= 3; // no UTF-16 unit takes more octets in UTF-8
        }

        if (line.Length <= room)
        {
            rest = end < 0 ? default : rest[(end + 1)..];
            hasMore = end >= 0;
            return line;
        }

        int cut = line[..room].LastIndexOf(' ') + 1;
        cut = cut > room / 2 ? cut : room;
        if (char.IsHighSurrogate(line[cut - 1]))
        {
            cut--;
        }

        rest = rest[cut..];
        hasMore = true;
        return line[..cut].TrimEnd(' ');
    }

    private static void WriteLine(IBufferWriter<byte> output, SmtpReply reply, ReadOnlySpan<char> text, bool hasMore, bool allowsUtf8)
    {
        Span<byte> line = output.GetSpan(MaximumLineLength);
        reply.Code.TryFormat(line, out int length);
        line[length++] = (byte)(hasMore ? '-' : ' ');
        if (reply.Status is { } status)
        {
            length += WriteNumber(line[length..], status.Class, '.');
            length += WriteNumber(line[length..], status.Subject, '.');
            length += WriteNumber(line[length..], status.Detail, ' ');
        }

        length += WriteText(line[length..], text, allowsUtf8);
        line[length++] = (byte)'\r';
        line[length++] = (byte)'\n';
        output.Advance(length);
    }

    private static int WriteNumber(Span<byte> target, int number, char follower)
    {
        number.TryFormat(target, out int length);
        target[length] = (byte)follower;
        return length + 1;
    }

    private static int WriteText(Span<byte> target, ReadOnlySpan<char> text, bool allowsUtf8)
    {
        if (!text.ContainsAnyExceptInRange(' ', '~'))
        {
            return Encoding.ASCII.GetBytes(text, target);
        }

        int length = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (rune.Value is >= ' ' and <= '~' || (allowsUtf8 && !rune.IsAscii && !Rune.IsControl(rune)))
            {
                length += rune.EncodeToUtf8(target[length..]);
            }
            else
            {
                target[length++] = (byte)(rune.IsAscii ? ' ' : '?');
            }
        }

        return length;
    }
}
