using System.Text;

namespace PluginMail.Dlp.Text;

/// <summary>
/// The header of a message or of one of its parts (RFC 5322 section 2.2), and its text: the values of all fields, and the lines that are none.
/// </summary>
internal sealed class MailHeader
{
    /// <summary>Octets of the longest header; what one has behind them is text.</summary>
    public const int Longest = 256 * 1024;

    private readonly List<(string Name, string Value)> _fields = [];

    /// <summary>Reads a header.</summary>
    /// <param name="block">Its octets, the empty line behind it or not; no more than <see cref="Longest"/>.</param>
    public MailHeader(ReadOnlySpan<byte> block)
    {
        string name = "";
        StringBuilder? value = null;
        foreach (var range in block.Split((byte)'\n'))
        {
            var line = block[range].TrimEnd((byte)'\r');
            if (value is not null && line is [(byte)' ' or (byte)'\t', ..])
            {
                value.Append(' ').Append(Decode(line).Trim());
                continue;
            }

            Add(name, value);
            int colon = NameLength(line);
            name = Encoding.ASCII.GetString(line[..colon]).TrimEnd();
            value = new StringBuilder(Decode(colon > 0 ? line[(colon + 1)..] : line).Trim());
        }

        Add(name, value);
    }

    /// <summary>The first field of a name, unfolded, not decoded; empty where there is none.</summary>
    public string this[string name] => _fields.Find(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value ?? "";

    /// <summary>Where the header of a message ends: behind the first empty line, or at the message's end.</summary>
    public static int EndOf(ReadOnlySpan<byte> message)
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

    /// <summary>Writes what a header says. Names of fields and the boundaries of parts are left out: programs choose them.</summary>
    public void WriteText(ITextSink sink)
    {
        foreach (var (name, value) in _fields)
        {
            if (name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase))
            {
                foreach (var (parameter, text) in MailParameters.Of(value))
                {
                    sink.Write(parameter == "boundary" ? "" : EncodedWords.Decode(text));
                    sink.Write("\n");
                }
            }
            else
            {
                sink.Write(EncodedWords.Decode(value));
                sink.Write("\n");
            }
        }
    }

    private void Add(string name, StringBuilder? value)
    {
        if (value is not null && (name.Length > 0 || value.Length > 0))
        {
            _fields.Add((name, value.ToString()));
        }
    }

    private static string Decode(ReadOnlySpan<byte> octets) => Charsets.Of(null, octets).GetString(octets);

    // 0 where the line is no field.
    private static int NameLength(ReadOnlySpan<byte> line)
    {
        int colon = line.IndexOf((byte)':');
        var name = colon < 0 ? default : line[..colon].TrimEnd(" \t"u8);
        return name.IsEmpty || name.ContainsAnyExceptInRange((byte)33, (byte)126) ? 0 : colon;
    }
}
