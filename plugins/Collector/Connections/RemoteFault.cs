using System.Globalization;
using System.Text;

namespace PluginMail.Collector.Connections;

/// <summary>The other server, or the way to it, does not do what is needed: this session is over. Its text may be logged and shown.</summary>
internal sealed class RemoteFault : IOException
{
    private const int Longest = 200;

    /// <summary>Says what went wrong.</summary>
    /// <param name="message">In our own words, without secrets; what the other server said goes through <see cref="Quote"/>.</param>
    /// <param name="cause">What lies below; null where nothing does.</param>
    public RemoteFault(string message, Exception? cause = null)
        : base(message, cause)
    {
    }

    /// <summary>Whether the other server does not take the login, so that trying again soon is useless and may lock the account.</summary>
    public bool IsSignIn { get; init; }

    /// <summary>The other server does not take the login.</summary>
    /// <param name="error">What it said, made harmless.</param>
    /// <param name="transientCodes">Response codes by which it says that the login itself is not at fault.</param>
    public static RemoteFault OfSignIn(string error, params ReadOnlySpan<string> transientCodes)
    {
        bool isTransient = false;
        foreach (string code in transientCodes)
        {
            isTransient |= error.Contains(code, StringComparison.OrdinalIgnoreCase);
        }

        return new RemoteFault($"the login was refused: {error}") { IsSignIn = !isTransient };
    }

    /// <summary>
    /// A name or text of others as logs show it: what controls, formats or ends lines is replaced by <c>?</c>, and at most 200 characters, in quotes.
    /// </summary>
    public static string Printable(string text)
    {
        var clean = new StringBuilder("\"", Math.Min(text.Length, Longest) + 5);
        foreach (var rune in text.EnumerateRunes())
        {
            if (clean.Length > Longest)
            {
                clean.Append("...");
                break;
            }

            bool isHarmless = Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
            clean.Append(isHarmless ? rune.ToString() : "?");
        }

        return clean.Append('"').ToString();
    }

    /// <summary>What the other server said, made harmless: printable ASCII, at most 200 characters.</summary>
    public static string Quote(ReadOnlySpan<char> text)
    {
        Span<char> clean = stackalloc char[Math.Min(text.Length, Longest)];
        for (int i = 0; i < clean.Length; i++)
        {
            clean[i] = text[i] is >= ' ' and <= '~' ? text[i] : '?';
        }

        return $"\"{clean}{(text.Length > Longest ? "..." : "")}\"";
    }
}
