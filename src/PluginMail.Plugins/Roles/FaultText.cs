using PluginMail.Plugins.Scripts;

namespace PluginMail.Plugins.Roles;

/// <summary>Exceptions as text. The exception itself is never kept: its type may be the plugin's and would keep it in memory.</summary>
internal static class FaultText
{
    private const int LongestLine = 500;
    private const int LongestTrace = 8_000;

    /// <summary>Type and message on one line; of a script's exception, behind its file and line.</summary>
    public static string Line(Exception exception) =>
        Contain(exception, e => $"{ScriptFrame.PlaceOf(e)}{e.GetType().Name}: {e.Message.ReplaceLineEndings(" ")}", LongestLine);

    /// <summary>Text of a plugin as it may stand in a line of the log.</summary>
    public static string Shown(string text) =>
        string.Concat(text.Take(80).Select(static c => char.IsControl(c) ? '?' : c));

    /// <summary>With its stack trace, for the log.</summary>
    public static LoggedFault Trace(Exception exception) => new(Contain(exception, e => e.ToString(), LongestTrace));

    /// <summary>A plugin's exception may throw when it is asked for its text.</summary>
    private static string Contain(Exception exception, Func<Exception, string> describe, int longest)
    {
        try
        {
            string text = describe(exception);
            return text.Length <= longest ? text : text[..longest] + "…";
        }
        catch (Exception)
        {
            return $"{exception.GetType().Name} (its text cannot be had)";
        }
    }
}
