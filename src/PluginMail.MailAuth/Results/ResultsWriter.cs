using System.Buffers;
using System.Text;

namespace PluginMail.MailAuth;

/// <summary>Writes the value of an Authentication-Results field (RFC 8601 section 2.2), one result a line.</summary>
internal static class ResultsWriter
{
    private const int LongestValue = 320;

    private static readonly SearchValues<char> PlainCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-.^_`{|}~@");

    /// <summary>The value with its folds: what stands after the colon.</summary>
    public static string Write(AuthenticationResults results)
    {
        var text = new StringBuilder(" ").Append(Value(results.AuthservId));
        foreach (MethodResult result in results.Results)
        {
            text.Append(";\r\n\t").Append(result.Method).Append('=').Append(result.Result);
            if (result.Comment is { } comment)
            {
                text.Append(" (").Append(Comment(comment)).Append(')');
            }

            if (result.Reason is { } reason)
            {
                text.Append(" reason=\"").Append(Quoted(reason)).Append('"');
            }

            foreach ((string name, string value) in result.Properties)
            {
                text.Append(Column(text) + name.Length + value.Length > 76 ? "\r\n\t\t" : " ").Append(name).Append('=').Append(Value(value));
            }
        }

        return results.Results.IsEmpty ? text.Append("; none").ToString() : text.ToString();
    }

    private static int Column(StringBuilder text)
    {
        int column = 0;
        for (int i = text.Length - 1; i >= 0 && text[i] != '\n'; i--)
        {
            column++;
        }

        return column;
    }

    private static string Value(string text)
    {
        text = text[..Math.Min(text.Length, LongestValue)];
        return text.Length > 0 && !text.AsSpan().ContainsAnyExcept(PlainCharacters) ? text : $"\"{Quoted(text)}\"";
    }

    private static string Quoted(string text) =>
        Printable(text).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);

    private static string Comment(string text) => Printable(text).Replace('\\', '/').Replace('(', '[').Replace(')', ']');

    private static string Printable(string text) =>
        string.Concat(text[..Math.Min(text.Length, LongestValue)].Select(c => c is < ' ' or > '~' ? '?' : c));
}
