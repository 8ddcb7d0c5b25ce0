using System.Collections.Immutable;
using System.Text;

namespace PluginMail.Abstractions;

/// <summary>
/// Finds the addresses in a field (RFC 5322 section 3.4): names, comments, groups and quotes are passed over. Of what no RFC allows, too, each
/// address is found that some reader might take for the author's or recipient's: of <c>&lt;a@example.org&gt; &lt;b@example.org&gt;</c> both.
/// </summary>
public static class AddressList
{
    private const int Most = 500;
    private const int LongestAddress = 1000;
    private const int LongestValue = 64 * 1024;

    /// <summary>Reads a field's value.</summary>
    /// <param name="value">The value, folded or not, its encoded words (RFC 2047) as they are: decoded they may hold any sign. Its first 65,536 characters are read.</param>
    /// <returns>The addresses in their order, at most 500; what is none is left out.</returns>
    public static ImmutableArray<EmailAddress> Parse(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var found = ImmutableArray.CreateBuilder<EmailAddress>();
        var text = new StringBuilder();
        bool hasAngled = false;
        bool hasAt = false;
        int end = Math.Min(value.Length, LongestValue);
        for (int i = 0; i < end && found.Count < Most; i++)
        {
            char c = value[i];
            switch (c)
            {
                case '(':
                    i = EndOfComment(value, i, end);
                    break;
                case '"':
                    int close = EndOfQuoted(value, i, end);
                    text.Append(value, i, close - i);
                    i = close - 1;
                    break;
                case '<':
                    Clear(); // a name
                    break;
                case '>':
                    Add();
                    hasAngled = true;
                    break;
                case ':' when !hasAngled && !hasAt:
                    Clear(); // a group's name
                    break;
                case ',' or ';':
                    Add();
                    hasAngled = false;
                    break;
                default:
                    text.Append(char.IsControl(c) ? ' ' : c);
                    hasAt |= c == '@';
                    break;
            }
        }

        Add();
        return found.Count > Most ? [.. found.Take(Most)] : found.ToImmutable();

        void Add()
        {
            if (text.Length <= LongestAddress)
            {
                found.AddRange(ReadAddresses(text.ToString()));
            }

            Clear();
        }

        void Clear()
        {
            text.Clear();
            hasAt = false;
        }
    }

    /// <summary>Reads what stands between two separators: an address, perhaps behind a route (<c>@relay:a@example.org</c>), with white space around its dots and its at sign, or words with addresses among them.</summary>
    private static IEnumerable<EmailAddress> ReadAddresses(string text)
    {
        string address = text.Trim();
        int route = address.StartsWith('@') ? address.IndexOf(':', StringComparison.Ordinal) : -1;
        address = address[(route + 1)..].Trim();
        if (EmailAddress.TryParse(address, out var whole))
        {
            return [whole];
        }

        string[] words = Joined(address).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Select(static word => EmailAddress.TryParse(word, out var parsed) ? parsed : null).OfType<EmailAddress>();
    }

    /// <summary>Without the white space that may stand around dots and at signs (RFC 5322 section 4.4).</summary>
    private static string Joined(string text)
    {
        var joined = new StringBuilder(text.Length);
        foreach (string word in text.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries))
        {
            bool belongs = joined.Length > 0 && (word[0] is '.' or '@' || joined[^1] is '.' or '@');
            joined.Append(belongs || joined.Length == 0 ? "" : " ").Append(word);
        }

        return joined.ToString();
    }

    private static int EndOfComment(string value, int start, int end)
    {
        int depth = 0;
        for (int i = start; i < end; i++)
        {
            depth += value[i] switch { '(' => 1, ')' => -1, _ => 0 };
            i += value[i] == '\\' ? 1 : 0;
            if (depth == 0)
            {
                return i;
            }
        }

        return end;
    }

    private static int EndOfQuoted(string value, int start, int end)
    {
        for (int i = start + 1; i < end; i++)
        {
            if (value[i] == '"')
            {
                return i + 1;
            }

            i += value[i] == '\\' ? 1 : 0;
        }

        return end;
    }
}
