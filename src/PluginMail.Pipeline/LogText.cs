using System.Buffers;

namespace PluginMail.Pipeline;

/// <summary>What clients say, made fit for one line of a log.</summary>
internal static class LogText
{
    private static readonly SearchValues<char> Brackets = SearchValues.Create("<>\u2028\u2029\u0085\u007f");
    private static readonly SearchValues<char> Unsafe = SearchValues.Create("<>\"\\\u2028\u2029\u0085\u007f");

    /// <summary>Text that stands in angle brackets: none of its own, and no control character. Filters of fail2ban rely on it.</summary>
    public static string Bracketed(string text) => Clean(text, Brackets);

    /// <summary>A login name as somebody gave it: no quotation mark and no half of a surrogate pair either, and no longer than a line bears.</summary>
    public static string Login(string text, int most) => Clean(text.Length > most ? text[..most] : text, Unsafe, surrogates: true);

    private static string Clean(string text, SearchValues<char> unsafeCharacters, bool surrogates = false) =>
        IsClean(text, unsafeCharacters, surrogates) ? text : string.Create(text.Length, (text, unsafeCharacters, surrogates), static (target, from) =>
        {
            for (int i = 0; i < target.Length; i++)
            {
                target[i] = IsBad(from.text[i], from.unsafeCharacters, from.surrogates) ? '?' : from.text[i];
            }
        });

    private static bool IsClean(string text, SearchValues<char> unsafeCharacters, bool surrogates)
    {
        foreach (char c in text)
        {
            if (IsBad(c, unsafeCharacters, surrogates))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsBad(char c, SearchValues<char> unsafeCharacters, bool surrogates) =>
        char.IsControl(c) || unsafeCharacters.Contains(c) || (surrogates && char.IsSurrogate(c));
}
