using System.Globalization;

namespace PluginMail.Plugins.Scripts;

/// <summary>Where in a script an exception was thrown, as its stack trace tells it.</summary>
internal static class ScriptFrame
{
    private const string Mark = ".csx:line ";
    private const string Before = " in ";

    /// <summary>The innermost place in a script.</summary>
    /// <returns>As <c>/etc/mail/tag.csx(3): </c>; empty where no script was under way.</returns>
    public static string PlaceOf(Exception exception)
    {
        string trace = exception.StackTrace ?? "";
        int mark = trace.IndexOf(Mark, StringComparison.OrdinalIgnoreCase);
        if (mark < 0)
        {
            return "";
        }

        int line = trace.LastIndexOf('\n', mark) + 1;
        int file = trace.IndexOf(Before, line, StringComparison.Ordinal);
        int end = mark + Mark.Length;
        while (end < trace.Length && char.IsAsciiDigit(trace[end]))
        {
            end++;
        }

        return file < 0 || file > mark ? "" : string.Create(
            CultureInfo.InvariantCulture,
            $"{trace.AsSpan((file + Before.Length)..(mark + 4))}({trace.AsSpan((mark + Mark.Length)..end)}): ");
    }
}
