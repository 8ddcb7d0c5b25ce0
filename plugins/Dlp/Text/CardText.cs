using System.Text;

namespace PluginMail.Dlp.Text;

/// <summary>
/// The values of calendars and cards (RFC 5545, RFC 6350): folded lines put together (section 3.1), escapes undone (section 3.3.11), and what vCard
/// 2.1 has in quoted-printable. Read beside the text as it stands, which others may take it for.
/// </summary>
/// <param name="budget">The budget; each value that is a file takes an entry.</param>
/// <param name="sink">Takes the values.</param>
/// <param name="leaf">Takes values that are files: in base64.</param>
internal sealed class CardText(TextBudget budget, ITextSink sink, Action<ReadOnlyMemory<byte>> leaf)
{
    private const int LongestParameters = 1000;
    private readonly ArrayWriter _line = new();
    private bool? _isQuoted;

    /// <summary>Whether a text is one.</summary>
    /// <param name="start">Its first octets.</param>
    /// <param name="mediaType">Its media type.</param>
    public static bool Is(ReadOnlySpan<byte> start, string mediaType)
    {
        var text = start.TrimStart("\u00EF\u00BB\u00BF \t\r\n"u8);
        return mediaType is "text/calendar" or "text/vcard" or "text/x-vcard" or "text/directory" or "text/x-vcalendar"
            || (text.Length >= 11 && (Ascii.EqualsIgnoreCase(text[..11], "BEGIN:VCARD"u8) || Ascii.EqualsIgnoreCase(text[..9], "BEGIN:VCA"u8)));
    }

    /// <summary>Reads one.</summary>
    /// <param name="octets">Its octets.</param>
    /// <param name="charset">Its charset; null where none is said.</param>
    public void Read(ReadOnlySpan<byte> octets, string? charset)
    {
        bool isSoft = false;
        foreach (var range in octets.Split((byte)'\n'))
        {
            var line = octets[range].TrimEnd((byte)'\r');
            bool isFolded = line is [(byte)' ' or (byte)'\t', ..];
            if (!isFolded && !isSoft)
            {
                Write(charset);
            }

            if (sink.IsFull || !budget.IsInTime())
            {
                return;
            }

            _line.Append(isFolded && !isSoft ? line[1..] : line);
            isSoft = line is [.., (byte)'='] && IsQuoted();
            if (isSoft)
            {
                _line.Append("\r\n"u8);
            }
        }

        Write(charset);
    }

    private static ReadOnlySpan<byte> Parameters(ReadOnlySpan<byte> line)
    {
        var start = line[..Math.Min(line.Length, LongestParameters)];
        int colon = start.IndexOf((byte)':');
        return colon < 0 ? default : start[..colon];
    }

    private bool IsQuoted() => _isQuoted ??= Says(_line.Octets, "QUOTED-PRINTABLE");

    private static bool Says(ReadOnlySpan<byte> line, string parameter) =>
        Encoding.ASCII.GetString(Parameters(line)).Contains(parameter, StringComparison.OrdinalIgnoreCase);

    private void Write(string? charset)
    {
        var line = _line.Octets;
        int parameters = Parameters(line).Length;
        var value = parameters == 0 ? line : line[(parameters + 1)..];
        if (value.IsEmpty)
        {
            Clear();
            return;
        }

        if (Says(line, "BASE64") || Says(line, "ENCODING=B;") || Parameters(line).EndsWith("ENCODING=b"u8) || Parameters(line).EndsWith("ENCODING=B"u8))
        {
            var file = MailFile.DecodeBase64(value);
            if (budget.TakeEntry() && budget.TakeInflated(file.Length))
            {
                leaf(file);
            }
        }
        else
        {
            bool isQuoted = IsQuoted();
            var text = isQuoted ? MailFile.DecodeQuoted(value).Span : value;
            string shown = Charsets.Of(CharsetOf(line) ?? charset, text[..Math.Min(text.Length, 1024)]).GetString(text);
            sink.Write(isQuoted ? shown : Unescaped(shown));
            sink.Write("\n");
        }

        Clear();
    }

    private void Clear()
    {
        _line.Clear();
        _isQuoted = null;
    }

    private static string? CharsetOf(ReadOnlySpan<byte> line)
    {
        string parameters = Encoding.ASCII.GetString(Parameters(line));
        int at = parameters.IndexOf("CHARSET=", StringComparison.OrdinalIgnoreCase);
        return at < 0 ? null : parameters[(at + 8)..].Split(';')[0].ToLowerInvariant();
    }

    private static string Unescaped(string value)
    {
        if (!value.Contains('\\', StringComparison.Ordinal))
        {
            return value;
        }

        var text = new StringBuilder(value.Length);
        for (int i = 0; i < value.Length; i++)
        {
            bool isEscape = value[i] == '\\' && i + 1 < value.Length;
            i += isEscape ? 1 : 0;
            text.Append(isEscape && value[i] is 'n' or 'N' ? '\n' : value[i]);
        }

        return text.ToString();
    }

    /// <summary>A line while it is put together.</summary>
    private sealed class ArrayWriter
    {
        private byte[] _octets = new byte[256];
        private int _length;

        public ReadOnlySpan<byte> Octets => _octets.AsSpan(0, _length);

        public void Append(ReadOnlySpan<byte> octets)
        {
            if (_length + octets.Length > _octets.Length)
            {
                Array.Resize(ref _octets, Math.Max(_octets.Length * 2, _length + octets.Length));
            }

            octets.CopyTo(_octets.AsSpan(_length));
            _length += octets.Length;
        }

        public void Clear() => _length = 0;
    }
}
