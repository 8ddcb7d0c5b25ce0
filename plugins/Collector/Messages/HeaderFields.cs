using System.Text;

namespace PluginMail.Collector.Messages;

/// <summary>The fields of a message's header, as far as they matter here.</summary>
internal sealed class HeaderFields
{
    /// <summary>Octets of the header that are looked at.</summary>
    public const int Longest = 256 * 1024;

    private readonly List<(string Name, string Value)> _fields = [];

    private HeaderFields()
    {
    }

    /// <summary>Where the first Return-Path is, its line end included; nowhere where there is none.</summary>
    public Range ReturnPath { get; private set; } = ..0;

    /// <summary>Reads the header of a message that is whole.</summary>
    public static HeaderFields Read(MessageSpool spool)
    {
        byte[] block = new byte[(int)Math.Min(spool.Length, 16 * 1024)];
        int length = spool.Read(0, block);
        while (length == block.Length && length < Longest && length < spool.Length && EndOf(block) < 0)
        {
            Array.Resize(ref block, (int)Math.Min(Math.Min(block.Length * 4L, Longest), spool.Length));
            length = spool.Read(0, block);
        }

        return Parse(block.AsSpan(0, length));
    }

    /// <summary>Reads a header: up to the empty line, or to the end.</summary>
    public static HeaderFields Parse(ReadOnlySpan<byte> octets)
    {
        var header = new HeaderFields();
        int end = EndOf(octets);
        octets = end < 0 ? octets : octets[..end];
        var rest = octets;
        while (!rest.IsEmpty)
        {
            int length = FieldLength(rest);
            var field = rest[..length];
            int colon = field.IndexOf((byte)':');
            if (colon > 0)
            {
                string name = Encoding.Latin1.GetString(field[..colon].TrimEnd(" \t"u8));
                int start = octets.Length - rest.Length;
                header.ReturnPath = Is(name, "Return-Path") && header.ReturnPath.Equals(..0) ? start..(start + length) : header.ReturnPath;
                header._fields.Add((name, Unfold(field[(colon + 1)..])));
            }

            rest = rest[length..];
        }

        return header;
    }

    /// <summary>All values of a field, from the top.</summary>
    public IEnumerable<string> All(string name) => _fields.Where(field => Is(field.Name, name)).Select(field => field.Value);

    /// <summary>The values of a field above the first of another; all where there is none of that.</summary>
    public IEnumerable<string> AllAbove(string other, string name) =>
        _fields.TakeWhile(field => !Is(field.Name, other)).Where(field => Is(field.Name, name)).Select(field => field.Value);

    /// <summary>The first value of a field; null where there is none.</summary>
    public string? First(string name) => All(name).FirstOrDefault();

    private static bool Is(string name, string other) => name.Equals(other, StringComparison.OrdinalIgnoreCase);

    private static string Unfold(ReadOnlySpan<byte> value) =>
        Encoding.UTF8.GetString(value).Replace("\r", "", StringComparison.Ordinal).Replace('\n', ' ').Replace('\t', ' ').Trim();

    // A line and those that continue it.
    private static int FieldLength(ReadOnlySpan<byte> rest)
    {
        for (int at = 0; ;)
        {
            int line = rest[at..].IndexOf((byte)'\n');
            if (line < 0)
            {
                return rest.Length;
            }

            at += line + 1;
            if (at >= rest.Length || rest[at] is not ((byte)' ' or (byte)'\t'))
            {
                return at;
            }
        }
    }

    private static int EndOf(ReadOnlySpan<byte> octets)
    {
        // By IMAP lines end as that server keeps them.
        int end = octets.IndexOf("\n\r\n"u8);
        int bare = octets.IndexOf("\n\n"u8);
        end = bare < 0 || (end >= 0 && end < bare) ? end : bare;
        return octets.StartsWith("\r\n"u8) || octets.StartsWith("\n"u8) ? 0 : end < 0 ? end : end + 1;
    }
}
