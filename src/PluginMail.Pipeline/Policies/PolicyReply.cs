using System.Globalization;
using PluginMail.Abstractions;

namespace PluginMail.Pipeline;

/// <summary>Replies in an administrator's words: <c>no exe files</c>, <c>5.7.1 no exe files</c> or <c>554 5.7.1 no exe files</c>.</summary>
public static class PolicyReply
{
    private const int LongestText = 400;

    /// <summary>A refusal: 550 5.7.1 where the text has no codes of its own.</summary>
    /// <param name="text">The text; codes of another class are taken for words.</param>
    /// <param name="otherwise">What is said where the text is empty.</param>
    /// <returns>The reply.</returns>
    public static SmtpReply Refusal(string text, string otherwise) => Read(text, otherwise, new SmtpReply(550, new EnhancedStatusCode(5, 7, 1), ""));

    /// <summary>A deferral: 450 4.7.1 where the text has no codes of its own.</summary>
    /// <param name="text">The text; codes of another class are taken for words.</param>
    /// <param name="otherwise">What is said where the text is empty.</param>
    /// <returns>The reply.</returns>
    public static SmtpReply Deferral(string text, string otherwise) => Read(text, otherwise, new SmtpReply(450, new EnhancedStatusCode(4, 7, 1), ""));

    private static SmtpReply Read(string text, string otherwise, SmtpReply reply)
    {
        string rest = text.Trim();
        int digit = reply.Code / 100;
        if (rest.Length >= 3 && rest[0] == '0' + digit && rest.AsSpan(0, 3).IndexOfAnyExceptInRange('0', '9') < 0 && (rest.Length == 3 || rest[3] == ' '))
        {
            reply = reply with { Code = int.Parse(rest.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture) };
            rest = rest[3..].TrimStart();
        }

        int end = rest.IndexOf(' ', StringComparison.Ordinal);
        if (TryStatus(end < 0 ? rest : rest[..end], digit) is { } status)
        {
            reply = reply with { Status = status };
            rest = end < 0 ? "" : rest[end..].TrimStart();
        }

        return reply with { Text = Clean(rest.Length == 0 ? otherwise : rest) };
    }

    // RFC 3463 section 2.
    private static EnhancedStatusCode? TryStatus(string text, int digit)
    {
        string[] parts = text.Split('.');
        return parts.Length == 3 && parts[0] == digit.ToString(CultureInfo.InvariantCulture) && TryNumber(parts[1], out ushort subject)
            && TryNumber(parts[2], out ushort detail)
            ? new EnhancedStatusCode((byte)digit, subject, detail)
            : null;
    }

    private static bool TryNumber(string text, out ushort number)
    {
        number = 0;
        return text.Length is > 0 and <= 3 && ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    private static string Clean(string text)
    {
        string clean = string.Concat(text.Select(static c => char.IsControl(c) ? ' ' : c));
        return clean.Length > LongestText ? clean[..LongestText] : clean;
    }
}
