using System.Buffers.Text;
using System.Text;

namespace PluginMail.Dlp.Text;

/// <summary>
/// The parts of a message that is attached to another or lies in a file (RFC 5322, RFC 2045, RFC 2046): as little of MIME as it takes to reach
/// the text. Bounded by the entries of the budget and by depth.
/// </summary>
/// <param name="budget">The budget.</param>
/// <param name="leaf">Takes each part: content, file name, media type, charset.</param>
internal sealed class MailFile(TextBudget budget, Action<Stream, string, string, string?> leaf)
{
    private const int MostDepth = 20;
    private const int LongestHeader = 64 * 1024;

    /// <summary>Reads a message.</summary>
    /// <param name="message">Its octets.</param>
    /// <param name="depth">How many it lies in.</param>
    public void Read(ReadOnlyMemory<byte> message, int depth)
    {
        if (depth > MostDepth || !budget.TakeEntry())
        {
            budget.Report("messages within messages");
            return;
        }

        int end = HeaderEnd(message.Span);
        string header = Encoding.UTF8.GetString(message.Span[..Math.Min(end, LongestHeader)]);
        var body = message[end..];
        string type = Field(header, "content-type") is { Length: > 0 } value ? value : "text/plain";
        string mediaType = type.Split(';', 2)[0].Trim().ToLowerInvariant();
        if (mediaType.StartsWith("multipart/", StringComparison.Ordinal) && Parameter(type, "boundary") is { Length: > 0 and <= 200 } boundary)
        {
            ReadParts(body, Encoding.UTF8.GetBytes("--" + boundary), depth);
            return;
        }

        byte[] content = Decode(body.Span, Field(header, "content-transfer-encoding"));
        if (mediaType is "message/rfc822" or "message/global")
        {
            Read(content, depth + 1);
            return;
        }

        using var stream = new MemoryStream(content, writable: false);
        string name = Parameter(Field(header, "content-disposition"), "filename") ?? Parameter(type, "name") ?? "";
        leaf(stream, name, mediaType, Parameter(type, "charset")?.ToLowerInvariant());
    }

    private void ReadParts(ReadOnlyMemory<byte> body, byte[] delimiter, int depth)
    {
        int start = -1;
        for (int at = 0; at < body.Length && budget.IsInTime();)
        {
            int found = body.Span[at..].IndexOf(delimiter);
            int next = found < 0 ? body.Length : at + found;
            bool isLine = found >= 0 && (next == 0 || body.Span[next - 1] == '\n');
            if (found >= 0 && !isLine)
            {
                at = next + delimiter.Length;
                continue;
            }

            if (start >= 0)
            {
                Read(body[start..next], depth + 1);
            }

            int line = found < 0 ? -1 : body.Span[next..].IndexOf((byte)'\n');
            if (line < 0 || body.Span[(next + delimiter.Length)..].StartsWith("--"u8))
            {
                return;
            }

            start = at = next + line + 1;
        }
    }

    private static int HeaderEnd(ReadOnlySpan<byte> message)
    {
        int at = 0;
        while (at < message.Length)
        {
            int line = message[at..].IndexOf((byte)'\n');
            if (line < 0)
            {
                return message.Length;
            }

            at += line + 1;
            if (line == 0 || (line == 1 && message[at - 2] == '\r'))
            {
                return at;
            }
        }

        return at;
    }

    private static string Field(string header, string name)
    {
        string[] lines = header.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            if (lines[i].Length > name.Length && lines[i][name.Length] == ':' && lines[i].StartsWith(name, StringComparison.OrdinalIgnoreCase))
            {
                var value = new StringBuilder(lines[i][(name.Length + 1)..].Trim());
                while (++i < lines.Length && lines[i] is [' ' or '\t', ..])
                {
                    value.Append(' ').Append(lines[i].Trim());
                }

                return value.ToString();
            }
        }

        return "";
    }

    private static string? Parameter(string field, string name)
    {
        foreach (string item in field.Split(';').Skip(1))
        {
            string[] pair = item.Split('=', 2);
            if (pair.Length == 2 && pair[0].Trim().Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return pair[1].Trim().Trim('"');
            }
        }

        return null;
    }

    private static byte[] Decode(ReadOnlySpan<byte> body, string encoding) => encoding.Trim().ToLowerInvariant() switch
    {
        "base64" => DecodeBase64(body),
        "quoted-printable" => DecodeQuoted(body),
        _ => body.ToArray(),
    };

    private static byte[] DecodeBase64(ReadOnlySpan<byte> body)
    {
        byte[] clean = new byte[body.Length + 3];
        int count = 0;
        foreach (byte c in body)
        {
            if (char.IsAsciiLetterOrDigit((char)c) || c is (byte)'+' or (byte)'/')
            {
                clean[count++] = c;
            }
        }

        count -= count % 4 == 1 ? 1 : 0;
        while (count % 4 != 0)
        {
            clean[count++] = (byte)'=';
        }

        byte[] decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(count)];
        Base64.DecodeFromUtf8(clean.AsSpan(0, count), decoded, out _, out int written);
        return decoded[..written];
    }

    private static byte[] DecodeQuoted(ReadOnlySpan<byte> body)
    {
        var octets = new List<byte>(body.Length);
        for (int i = 0; i < body.Length; i++)
        {
            if (body[i] != '=')
            {
                octets.Add(body[i]);
            }
            else if (i + 2 < body.Length && Utf8Parser.TryParse(body.Slice(i + 1, 2), out byte octet, out int used, 'x') && used == 2)
            {
                octets.Add(octet);
                i += 2;
            }
            else
            {
                int line = body[i..].IndexOf((byte)'\n');
                i = line is >= 0 and <= 3 ? i + line : i;
            }
        }

        return [.. octets];
    }
}
