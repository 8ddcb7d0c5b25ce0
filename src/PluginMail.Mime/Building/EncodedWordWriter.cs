using System.Buffers;
using System.Globalization;
using System.Text;

namespace PluginMail.Mime;

/// <summary>Writes text as encoded words (RFC 2047) in UTF-8, none longer than a line allows and no character split.</summary>
internal static class EncodedWordWriter
{
    /// <summary>Characters of encoded text in one word, so that it fits beside the longest usual field name.</summary>
    private const int MaxEncoded = 44;

    /// <summary>What Q encoding may leave as it is even in a phrase (RFC 2047 section 5 (3)).</summary>
    private static readonly SearchValues<byte> PhraseSafe =
        SearchValues.Create("!*+-/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>The words; to be separated by a space or a fold each.</summary>
    public static List<string> Encode(string text)
    {
        var words = new List<string>();
        var isBase64 = PrefersBase64(text);
        var pending = new List<byte>(64);
        var size = 0;
        Span<byte> octets = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            var length = rune.EncodeToUtf8(octets);
            var cost = isBase64 ? length : QLength(octets[..length]);
            var total = isBase64 ? (pending.Count + length + 2) / 3 * 4 : size + cost;
            if (total > MaxEncoded)
            {
                words.Add(Word(pending, isBase64));
                pending.Clear();
                size = 0;
            }
            pending.AddRange(octets[..length]);
            size += cost;
        }
        words.Add(Word(pending, isBase64));
        return words;
    }

    private static bool PrefersBase64(string text)
    {
        var octets = Encoding.UTF8.GetBytes(text);
        return QLength(octets) > (octets.Length + 2) / 3 * 4;
    }

    private static int QLength(ReadOnlySpan<byte> octets)
    {
        var length = 0;
        foreach (var octet in octets)
        {
            length += octet == (byte)' ' || PhraseSafe.Contains(octet) ? 1 : 3;
        }
        return length;
    }

    private static string Word(List<byte> octets, bool isBase64)
    {
        if (isBase64)
        {
            return $"=?utf-8?B?{Convert.ToBase64String([.. octets])}?=";
        }
        var text = new StringBuilder("=?utf-8?Q?");
        foreach (var octet in octets)
        {
            _ = octet == (byte)' ' ? text.Append('_')
                : PhraseSafe.Contains(octet) ? text.Append((char)octet)
                : text.Append('=').Append(octet.ToString("X2", CultureInfo.InvariantCulture));
        }
        return text.Append("?=").ToString();
    }
}
