namespace PluginMail.Dlp.Text;

/// <summary>Tells whether a PDF file is encrypted (ISO 32000-1 section 7.6): a trailer, or the dictionary of a cross reference stream, says so; not a text.</summary>
internal static class PdfEncryption
{
    private const int LongestTrailer = 64 * 1024;

    /// <summary>Whether any place of a file says so as it stands, or a trailer in other words.</summary>
    public static bool IsSaid(ReadOnlyMemory<byte> file)
    {
        for (var rest = file; rest.Span.IndexOf("/Encrypt"u8) is >= 0 and var next; rest = rest[(next + 1)..])
        {
            if (IsSaidIn(rest[next..Math.Min(rest.Length, next + 64)]))
            {
                return true;
            }
        }

        for (var rest = file; rest.Span.IndexOf("trailer"u8) is >= 0 and var next;)
        {
            rest = rest[(next + 7)..];
            int end = rest.Span.IndexOf("trailer"u8);
            if (IsSaidIn(PdfNames.Plain(rest[..Math.Min(end < 0 ? rest.Length : end, LongestTrailer)])))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a cross reference stream says so.</summary>
    public static bool IsSaid(PdfObjects objects) => objects.All.Any(item => item.Names("/Type"u8, "/XRef"u8) && IsSaidIn(item.Body));

    // A reference, or a dictionary.
    private static bool IsSaidIn(ReadOnlyMemory<byte> octets)
    {
        var dictionary = new PdfObject(0, octets, default);
        int at = dictionary.Find("/Encrypt"u8);
        return at >= 0 && PdfNames.TrimBlanks(octets.Span[at..]) is [>= (byte)'0' and <= (byte)'9', ..] or [(byte)'<', (byte)'<', ..];
    }
}
