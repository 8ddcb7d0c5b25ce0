using System.Text;
using PluginMail.Abstractions;

namespace PluginMail.Rspamd;

/// <summary>
/// Header fields as Rspamd gives them: text, or text that it has put into encoded words (RFC 2047) itself, which the server would take for text and
/// encode again. The latter stand as they are.
/// </summary>
internal static class HeaderFields
{
    private const string Subject = "Subject";
    private const int LongestWord = 900; // of a line's 998 (RFC 5322 section 2.1.1)
    private const int LongestLine = 76;

    /// <summary>Adds a field.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">Its value: one line.</param>
    /// <param name="atTop">Above all others, else below the last.</param>
    public static HeaderEdit Add(string name, string value, bool atTop) =>
        IsEncoded(value) ? new HeaderEdit.Insert(name, Folded(name, value), atTop ? 0 : int.MaxValue) : new HeaderEdit.Add(name, value, atTop);

    /// <summary>Gives a message another subject, in the place of its first; below all fields where it has none.</summary>
    /// <param name="message">The message.</param>
    /// <param name="value">The subject: one line.</param>
    public static IEnumerable<HeaderEdit> ReplaceSubject(IMessageView message, string value)
    {
        if (!IsEncoded(value))
        {
            return [new HeaderEdit.Replace(Subject, value)];
        }

        int place = 0;
        while (place < message.Headers.Length && !message.Headers[place].Name.Equals(Subject, StringComparison.OrdinalIgnoreCase))
        {
            place++;
        }

        return [new HeaderEdit.Remove(Subject, index: 1), new HeaderEdit.Insert(Subject, Folded(Subject, value), place)];
    }

    /// <summary>Whether there are encoded words, nothing that had to be in one, and no word that is too long for a line.</summary>
    private static bool IsEncoded(string value)
    {
        int word = value.IndexOf("=?", StringComparison.Ordinal);
        return word >= 0 && value.AsSpan(word + 2).Contains("?=", StringComparison.Ordinal) && !value.AsSpan().ContainsAnyExceptInRange(' ', '~')
            && !Array.Exists(value.Split(' '), static part => part.Length > LongestWord);
    }

    /// <summary>What stands behind the colon: lines as long as they should be (RFC 2047 section 2), folded at blanks.</summary>
    private static byte[] Folded(string name, string value)
    {
        var text = new StringBuilder(value.Length + 16);
        int length = name.Length + 1;
        foreach (string word in value.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            bool isFolded = text.Length > 0 && length + 1 + word.Length > LongestLine;
            text.Append(isFolded ? "\r\n " : " ").Append(word);
            length = (isFolded ? 0 : length) + 1 + word.Length;
        }

        return Encoding.ASCII.GetBytes(text.ToString());
    }
}
