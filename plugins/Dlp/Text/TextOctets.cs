using System.Buffers;
using System.Globalization;
using System.Text;

namespace PluginMail.Dlp.Text;

/// <summary>Tells octets of text from others.</summary>
internal static class TextOctets
{
    // Of random octets one in ten is a control character that texts have no use for; a text has one here and there, by accident.
    private const int TextPerControl = 20;

    // All below the space but tab, line ends, form feed, Ctrl-Z and the escape of ISO 2022.
    private static readonly SearchValues<byte> ControlOctets =
        SearchValues.Create([0, 1, 2, 3, 4, 5, 6, 7, 8, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 28, 29, 30, 31]);

    /// <summary>Whether octets are text of one octet a character, or of UTF-8: they have few control characters.</summary>
    public static bool AreText(ReadOnlySpan<byte> octets) => IsText(Controls(octets), octets.Length);

    /// <summary>Whether so many control characters in so many octets are an accident; one always is.</summary>
    public static bool IsText(long controls, long octets) => (controls - 1) * TextPerControl <= octets;

    /// <summary>Counts the control characters.</summary>
    public static int Controls(ReadOnlySpan<byte> octets)
    {
        int count = 0;
        int next;
        while ((next = octets.IndexOfAny(ControlOctets)) >= 0)
        {
            count++;
            octets = octets[(next + 1)..];
        }

        return count;
    }

    /// <summary>The form of UTF-16 that octets are: as their byte order mark says, or by their looks.</summary>
    /// <returns>Null where they are something else.</returns>
    public static Encoding? Utf16(ReadOnlySpan<byte> octets)
    {
        if (octets is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
        {
            return !AreCharacters(octets[2..], octets[0] == 0xFF ? 0 : 1) ? null : octets[0] == 0xFF ? Encoding.Unicode : Encoding.BigEndianUnicode;
        }

        if (octets.Length < 4 || AreText(octets) || octets.IndexOf((byte)0) < 0)
        {
            return null;
        }

        int low = ShareOfPlane(octets, high: 1) >= ShareOfPlane(octets, high: 0) ? 0 : 1;
        return ShareOfPlane(octets, 1 - low) >= octets.Length / 4 && AreCharacters(octets, low)
            ? low == 0 ? Encoding.Unicode : Encoding.BigEndianUnicode
            : null;
    }

    // Most characters of a text are of one alphabet: they have the same high octet.
    private static int ShareOfPlane(ReadOnlySpan<byte> octets, int high)
    {
        Span<int> counts = stackalloc int[256];
        counts.Clear();
        for (int i = high; i < octets.Length; i += 2)
        {
            counts[octets[i]]++;
        }

        int most = 0;
        foreach (int count in counts)
        {
            most = Math.Max(most, count);
        }

        return most;
    }

    private static bool AreCharacters(ReadOnlySpan<byte> octets, int low)
    {
        int pairs = octets.Length / 2;
        int strange = 0;
        for (int i = 0; i + 1 < octets.Length; i += 2)
        {
            char c = (char)(octets[i + low] | (octets[i + 1 - low] << 8));
            strange += char.GetUnicodeCategory(c) switch
            {
                UnicodeCategory.Control => c is '\t' or '\n' or '\r' or '\f' ? 0 : 1,
                UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse => 1,
                _ => 0,
            };
        }

        return IsText(strange, pairs);
    }
}
