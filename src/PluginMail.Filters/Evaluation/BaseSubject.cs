namespace PluginMail.Filters.Evaluation;

/// <summary>The subject without what mail programs put before it in replies and forwards.</summary>
internal static class BaseSubject
{
    /// <summary>Drops "Re:", "Fwd:", their counted forms such as "Re[2]:" and those of other languages, as often as they stand there.</summary>
    public static byte[] Of(ReadOnlySpan<byte> subject)
    {
        subject = subject.Trim(" \t"u8);
        while (PrefixLength(subject) is > 0 and var length)
        {
            subject = subject[length..].TrimStart(" \t"u8);
        }

        return subject.ToArray();
    }

    private static int PrefixLength(ReadOnlySpan<byte> subject)
    {
        var colon = subject.IndexOf((byte)':');
        if (colon is < 2 or > 12)
        {
            return 0;
        }

        var word = subject[..colon].TrimEnd((byte)' ');
        if (word.EndsWith("]"u8) && word.IndexOf((byte)'[') is >= 2 and var open)
        {
            word = word[(open + 1)..^1].ContainsAnyExceptInRange((byte)'0', (byte)'9') ? word : word[..open];
        }

        return IsPrefix(word) ? colon + 1 : 0;
    }

    private static bool IsPrefix(ReadOnlySpan<byte> word) =>
        Is(word, "re"u8) || Is(word, "fwd"u8) || Is(word, "fw"u8) // English
        || Is(word, "aw"u8) || Is(word, "wg"u8) || Is(word, "antw"u8) // German, Dutch
        || Is(word, "sv"u8) || Is(word, "vs"u8) || Is(word, "vb"u8) // Nordic languages
        || Is(word, "tr"u8) || Is(word, "rv"u8) || Is(word, "rif"u8) || Is(word, "odp"u8); // French, Spanish, Italian, Polish

    private static bool Is(ReadOnlySpan<byte> word, ReadOnlySpan<byte> prefix) => Syntax.Ascii.EqualsIgnoreCase(word, prefix);
}
