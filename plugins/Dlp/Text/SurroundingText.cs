namespace PluginMail.Dlp.Text;

/// <summary>
/// The text of a message that lies in no part of it: the headers of the message and of its parts, lines among them that are no field, and what
/// stands before the first part and behind the last one (RFC 2046 section 5.1.1).
/// </summary>
internal sealed class SurroundingText(ITextSink sink)
{
    private const int MostBoundaries = 1000;
    private readonly HashSet<string> _boundaries = new(StringComparer.Ordinal);
    private bool _isInHeader = true;

    /// <summary>Takes the octets between two parts, before the first or behind the last one; in their order.</summary>
    public void Take(ReadOnlySpan<byte> octets)
    {
        int start = 0;
        for (int at = 0; at < octets.Length && !sink.IsFull;)
        {
            int line = octets[at..].IndexOf((byte)'\n');
            int end = line < 0 ? octets.Length : at + line + 1;
            var content = octets[at..end].TrimEnd(" \t\r\n"u8);
            if (content.StartsWith("--"u8) && IsBoundary(content[2..], out bool isLast))
            {
                TakeRegion(octets[start..at]);
                (_isInHeader, start) = (!isLast, end);
            }
            else if (_isInHeader && content.IsEmpty)
            {
                bool isMessage = TakeRegion(octets[start..end]);
                (_isInHeader, start) = (isMessage, end);
            }

            at = end;
        }

        TakeRegion(octets[start..]);
    }

    // Returns whether a header said that what follows is a message again.
    private bool TakeRegion(ReadOnlySpan<byte> octets)
    {
        if (octets.TrimEnd(" \t\r\n"u8).IsEmpty)
        {
            return false;
        }

        if (!_isInHeader)
        {
            PlainText.Write(octets, sink);
            return false;
        }

        int parsed = Math.Min(octets.Length, MailHeader.Longest);
        var header = new MailHeader(octets[..parsed]);
        header.WriteText(sink);
        PlainText.Write(octets[parsed..], sink);
        string type = header["content-type"];
        if (_boundaries.Count < MostBoundaries && MailParameters.Find(type, "boundary") is { Length: > 0 } boundary)
        {
            _boundaries.Add(boundary.TrimEnd());
        }

        return type.StartsWith("message/", StringComparison.OrdinalIgnoreCase);
    }

    private bool IsBoundary(ReadOnlySpan<byte> line, out bool isLast)
    {
        string text = System.Text.Encoding.UTF8.GetString(line[..Math.Min(line.Length, 200)]);
        isLast = !_boundaries.Contains(text) && text.EndsWith("--", StringComparison.Ordinal) && _boundaries.Contains(text[..^2]);
        return isLast || _boundaries.Contains(text);
    }
}
