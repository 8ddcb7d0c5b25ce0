using System.Text;
using PluginMail.Abstractions;

namespace PluginMail.Collector.Recipients;

/// <summary>Finds the addresses in a field (RFC 5322 section 3.4): names, comments, groups and quotes are passed over.</summary>
internal static class AddressList
{
    private const int Most = 500;
    private const int LongestAddress = 1000;
    private const int LongestValue = 64 * 1024;

    /// <summary>Reads a field's value.</summary>
    /// <returns>The addresses, in their order; what is none is left out.</returns>
    public static List<EmailAddress> Parse(string value)
    {
        List<EmailAddress> found = [];
        var text = new StringBuilder();
        string? angled = null;
        bool hasAt = false;
        value = value.Length > LongestValue ? value[..LongestValue] : value;
        for (int i = 0; i < value.Length && found.Count < Most; i++)
        {
            switch (value[i])
            {
                case '(':
                    i = SkipComment(value, i);
                    break;
                case '"':
                    int close = EndOfQuoted(value, i);
                    text.Append(value, i, close - i);
                    i = close - 1;
                    break;
                case '<':
                    Clear(text, ref hasAt);
                    break;
                case '>':
                    angled = Address(text);
                    Clear(text, ref hasAt);
                    break;
                case ':' when angled is null && !hasAt:
                    Clear(text, ref hasAt); // a group's name
                    break;
                case ',' or ';':
                    Add(found, angled ?? Address(text));
                    angled = null;
                    Clear(text, ref hasAt);
                    break;
                default:
                    text.Append(value[i]);
                    hasAt |= value[i] == '@';
                    break;
            }
        }

        Add(found, angled ?? Address(text));
        return found;
    }

    private static string Address(StringBuilder text) => text.Length > LongestAddress ? "" : text.ToString();

    private static void Clear(StringBuilder text, ref bool hasAt)
    {
        text.Clear();
        hasAt = false;
    }

    private static void Add(List<EmailAddress> found, string text)
    {
        // <@route:a@example.org>
        string address = text.Trim();
        int route = address.StartsWith('@') ? address.IndexOf(':', StringComparison.Ordinal) : -1;
        if (EmailAddress.TryParse(address[(route + 1)..], out var parsed))
        {
            found.Add(parsed);
        }
    }

    private static int SkipComment(string value, int start)
    {
        int depth = 0;
        for (int i = start; i < value.Length; i++)
        {
            depth += value[i] switch { '(' => 1, ')' => -1, _ => 0 };
            i += value[i] == '\\' ? 1 : 0;
            if (depth == 0)
            {
                return i;
            }
        }

        return value.Length;
    }

    private static int EndOfQuoted(string value, int start)
    {
        for (int i = start + 1; i < value.Length; i++)
        {
            if (value[i] == '"')
            {
                return i + 1;
            }

            i += value[i] == '\\' ? 1 : 0;
        }

        return value.Length;
    }
}
