using System.Buffers.Text;
using System.Text;

namespace PluginMail.Dlp.Text;

/// <summary>
/// The parts of a message that is attached to another or lies in a file (RFC 5322, RFC 2045, RFC 2046): as little of MIME as it takes to reach
/// the text. Bounded by the entries, the octets and the depth of the budget; what is not encoded is not copied.
/// </summary>
/// <param name="budget">The budget.</param>
/// <param name="sink">Takes the text of headers, and what stands before and behind the parts of a multipart.</param>
/// <param name="leaf">Takes each part: content, file name, media type, charset, and how many archives and messages it lies in.</param>
internal sealed class MailFile(TextBudget budget, ITextSink sink, Action<Stream, string, string, string?, int> leaf)
{
    private const int MostParts = 20;

    /// <summary>Reads a message.</summary>
    /// <param name="message">Its octets.</param>
    /// <param name="depth">How many archives and messages it lies in.</param>
    public void Read(ReadOnlyMemory<byte> message, int depth) => Read(message, depth, 0, "text/plain");

    private void Read(ReadOnlyMemory<byte> message, int depth, int parts, string standard)
    {
        if (depth >= budget.Limits.MaximumDepth || parts > MostParts || !budget.TakeEntry())
        {
            budget.Report("messages within messages");
            return;
        }

        int end = MailHeader.EndOf(message.Span);
        int parsed = Math.Min(end, MailHeader.Longest);
        var header = new MailHeader(message.Span[..parsed]);
        header.WriteText(sink);
        WriteText(message.Span[parsed..end]);
        var body = message[end..];
        string type = header["content-type"] is { Length: > 0 } value ? value : standard;
        string mediaType = type.Split(';', 2)[0].Trim().ToLowerInvariant();
        if (mediaType.StartsWith("multipart/", StringComparison.Ordinal) && MailParameters.Find(type, "boundary") is { Length: > 0 and <= 200 } boundary)
        {
            // RFC 2046 section 5.1.5
            ReadParts(body, Encoding.UTF8.GetBytes("--" + boundary), depth, parts, mediaType == "multipart/digest" ? "message/rfc822" : "text/plain");
            return;
        }

        if (Decode(body, header["content-transfer-encoding"]) is not { } content)
        {
            return;
        }

        if (mediaType is "message/rfc822" or "message/global")
        {
            Read(content, depth + 1, 0, "text/plain");
            return;
        }

        using var stream = content.AsReadOnlyStream();
        string name = MailParameters.Find(header["content-disposition"], "filename") ?? MailParameters.Find(type, "name") ?? "";
        leaf(stream, name, mediaType, MailParameters.Find(type, "charset")?.ToLowerInvariant(), depth + 1);
    }

    private void ReadParts(ReadOnlyMemory<byte> body, byte[] delimiter, int depth, int parts, string standard)
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
                Read(body[start..next], depth, parts + 1, standard);
            }
            else
            {
                WriteText(body.Span[..next]);
            }

            int line = found < 0 ? -1 : body.Span[next..].IndexOf((byte)'\n');
            if (line < 0 || body.Span[(next + delimiter.Length)..].StartsWith("--"u8))
            {
                WriteText(line < 0 ? default : body.Span[(next + line + 1)..]);
                return;
            }

            start = at = next + line + 1;
        }
    }

    private void WriteText(ReadOnlySpan<byte> text)
    {
        PlainText.Write(text, sink);
        sink.Break();
    }

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
            case "x-uuencode" or "uuencode" or "x-uue":
                content = UUText.Decode(body.Span);
                break;
            case "" or "7bit" or "7-bit" or "8bit" or "8-bit" or "binary":
                return body;
            default:
                budget.Report("a part in an encoding that is not known");
                return body;
        }

        return budget.TakeInflated(content.Length) ? content : null;
    }

    /// <summary>Decodes base64 (RFC 2045 section 6.8); what is no letter of it is passed over.</summary>
    public static ReadOnlyMemory<byte> DecodeBase64(ReadOnlySpan<byte> body)
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

    /// <summary>Decodes quoted-printable (RFC 2045 section 6.7); what is none stays.</summary>
    public static ReadOnlyMemory<byte> DecodeQuoted(ReadOnlySpan<byte> body)
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
                int line = body.Slice(i, Math.Min(4, body.Length - i)).IndexOf((byte)'\n');
                i = line >= 0 ? i + line : i;
            }
        }

        return octets.AsMemory(0, count);
    }
}
