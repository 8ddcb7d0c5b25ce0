using System.Globalization;
using PluginMail.Abstractions;

namespace PluginMail.Queue;

/// <summary>Replies as they are kept in the queue's rows: <c>450 4.2.1 text</c> on one line.</summary>
internal static class ReplyText
{
    private const int MaximumLength = 1000;

    public static string Write(SmtpReply reply)
    {
        string text = reply.ToString().Replace('\r', ' ');
        return text.Length > MaximumLength ? text[..MaximumLength] : text;
    }

    /// <summary>Reads a reply; what is none becomes the text of a 451.</summary>
    public static SmtpReply Read(string text)
    {
        string[] words = text.Split(' ', 3);
        if (words[0].Length != 3 || !int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out int code))
        {
            return SmtpReply.LocalError(text);
        }

        return words.Length > 1 && ReadStatus(words[1]) is { } status
            ? new SmtpReply(code, status, words.Length > 2 ? words[2] : "")
            : new SmtpReply(code, null, text.Length > 4 ? text[4..] : "");
    }

    private static EnhancedStatusCode? ReadStatus(string word)
    {
        string[] numbers = word.Split('.');
        return numbers.Length == 3
            && byte.TryParse(numbers[0], NumberStyles.None, CultureInfo.InvariantCulture, out byte statusClass)
            && ushort.TryParse(numbers[1], NumberStyles.None, CultureInfo.InvariantCulture, out ushort subject)
            && ushort.TryParse(numbers[2], NumberStyles.None, CultureInfo.InvariantCulture, out ushort detail)
            ? new EnhancedStatusCode(statusClass, subject, detail)
            : null;
    }
}
