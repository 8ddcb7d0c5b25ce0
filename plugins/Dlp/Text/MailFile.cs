using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text;

namespace PluginMail.Dlp.Text;

/// <summary>
/// The parts of a message that is attached to another or lies in a file (RFC 5322, RFC 2045, RFC 2046): as little of MIME as it takes to reach
/// the text. Bounded by the entries, the octets and the depth of the budget; what is not encoded is not copied.
/// </summary>
/// <param name="budget">The budget.</param>
/// <param name="leaf">Takes each part: content, file name, media type, charset, and how many archives and messages it lies in.</param>
internal sealed class MailFile(TextBudget budget, Action<Stream, string, string, string?, int> leaf)
{
    private const int MostParts = 20;
    private const int LongestHeader = 64 * 1024;

    /// <summary>Reads a message.</summary>
    /// <param name="message">Its octets.</param>
    /// <param name="depth">How many archives and messages it lies in.</param>
    public void Read(ReadOnlyMemory<byte> message, int depth) => Read(message, depth, 0);

    private void Read(ReadOnlyMemory<byte> message, int depth, int parts)
    {
        if (depth >= budget.Limits.MaximumDepth || parts > MostParts || !budget.TakeEntry())
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
            ReadParts(body, Encoding.UTF8.GetBytes("--" + boundary), depth, parts);
            return;
        }

        if (Decode(body, Field(header, "content-transfer-encoding")) is not { } content)
        {
            return;
        }

        if (mediaType is "message/rfc822" or "message/global")
        {
            Read(content, depth + 1, 0);
            return;
        }

        using var stream = Open(content);
        string name = Parameter(Field(header, "content-disposition"), "filename") ?? Parameter(type, "name") ?? "";
        leaf(stream, name, mediaType, Parameter(type, "charset")?.ToLowerInvariant(), depth + 1);
    }

    private void ReadParts(ReadOnlyMemory<byte> body, byte[] delimiter, int depth, int parts)
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
                Read(body[start..next], depth, parts + 1);
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

    private static MemoryStream Open(ReadOnlyMemory<byte> content) => MemoryMarshal.TryGetArray(content, out var octets)
        ? new MemoryStream(octets.Array!, octets.Offset, octets.Count, writable: false)
        : new MemoryStream(content.ToArray(), writable: false);

    // Null where the budget has not so many octets left.
    private ReadOnlyMemory<byte>? Decode(ReadOnlyMemory<byte> body, string encoding)
    {
        ReadOnlyMemory<byte> content;
        switch (encoding.Trim().ToLowerInvariant())
        {
            case "base64":
                content = DecodeBase64(body.Span);
                break;
            case "quoted-printable":
                content = DecodeQuoted(body.Span);
                break;
            default:
                return body;
        }

        return budget.TakeInflated(content.Length) ? content : null;
    }

    private static ReadOnlyMemory<byte> DecodeBase64(ReadOnlySpan<byte> body)
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

        Base64.DecodeFromUtf8InPlace(clean.AsSpan(0, count), out int written);
        return clean.AsMemory(0, written);
    }

    private static ReadOnlyMemory<byte> DecodeQuoted(ReadOnlySpan<byte> body)
    {
        byte[] octets = new byte[body.Length];
        int count = 0;
        for (int i = 0; i < body.Length; i++)
        {
            if (body[i] != '=')
            {
                octets[count++] = body[i];
            }
            else if (i + 2 < body.Length && Utf8Parser.TryParse(body.Slice(i + 1, 2), out byte octet, out int used, 'x') && used == 2)
            {
                octets[count++] = octet;
                i += 2;
            }
            else
            {
                int line = body[i..].IndexOf((byte)'\n');
                i = line is >= 0 and <= 3 ? i + line : i;
            }
        }

        return octets.AsMemory(0, count);
    }
}
