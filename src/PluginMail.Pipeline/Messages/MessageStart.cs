namespace PluginMail.Pipeline;

/// <summary>Says of a message's first octets whether they begin a header (RFC 5322 section 2.1).</summary>
internal static class MessageStart
{
    private const int LongestName = 998; // RFC 5322 section 2.1.1

    /// <summary>Looks at the first octets.</summary>
    /// <param name="octets">Those that have come so far.</param>
    /// <param name="isWhole">Whether no more will come.</param>
    /// <returns>Null where it takes more of them to say.</returns>
    public static bool? BeginsHeader(ReadOnlySpan<byte> octets, bool isWhole)
    {
        if (octets.IsEmpty || octets[0] == (byte)'\n')
        {
            return octets.IsEmpty && !isWhole ? null : true; // an empty message, or an empty header
        }

        if (octets[0] == (byte)'\r')
        {
            return octets.Length > 1 ? octets[1] == (byte)'\n' : isWhole ? false : null;
        }

        int name = octets.IndexOfAnyExceptInRange((byte)'!', (byte)'~');
        int colon = octets.IndexOf((byte)':');
        if (colon > 0 && (name < 0 || colon < name))
        {
            return true;
        }

        return name < 0
            ? isWhole || octets.Length > LongestName ? false : null
            : AfterName(octets, name, isWhole);
    }

    // White space before the colon is obsolete but a field (RFC 5322 section 4.5); so is the separator line of an mbox file to most.
    private static bool? AfterName(ReadOnlySpan<byte> octets, int name, bool isWhole)
    {
        if (name == 0)
        {
            return false;
        }

        if (octets.StartsWith("From "u8) || octets.StartsWith(">From "u8))
        {
            return true;
        }

        int next = octets[name..].IndexOfAnyExcept((byte)' ', (byte)'\t');
        return next >= 0 ? octets[name + next] == (byte)':' : isWhole || octets.Length > LongestName ? false : null;
    }
}
