using System.Text;
using PluginMail.Abstractions;

namespace PluginMail.Delivery;

/// <summary>The reason of a filter's refusal as a reply of the session (RFC 5429 section 2.5): ASCII, lines of bounded length and number.</summary>
internal static class RefusalText
{
    private const int LongestLine = 400; // RFC 5321 section 4.5.3.1.5 allows 512 with code and line end
    private const int MostLines = 20;
    private const string Fallback = "The recipient's mail filter refuses this message";

    /// <summary>Whether a reply can say the reason exactly.</summary>
    public static bool IsSayable(string reason) => System.Text.Ascii.IsValid(reason);

    /// <summary>The reply.</summary>
    public static SmtpReply Reply(string reason)
    {
        var lines = new List<string>();
        foreach (string line in (IsSayable(reason) ? reason : Fallback).ReplaceLineEndings("\n").Trim().Split('\n'))
        {
            Wrap(Clean(line), lines);
        }

        string text = string.Join('\n', lines.Take(MostLines)).Trim();
        return SmtpReply.PolicyRefusal(text.Length == 0 ? Fallback : text);
    }

    private static string Clean(string line)
    {
        var clean = new StringBuilder(line.Length);
        foreach (char character in line)
        {
            clean.Append(char.IsControl(character) ? ' ' : character);
        }

        return clean.ToString().TrimEnd();
    }

    private static void Wrap(string line, List<string> lines)
    {
        while (line.Length > LongestLine && lines.Count < MostLines)
        {
            int space = line.LastIndexOf(' ', LongestLine);
            int end = space > 0 ? space : LongestLine;
            lines.Add(line[..end]);
            line = line[end..].TrimStart();
        }

        lines.Add(line.Length > LongestLine ? line[..LongestLine] : line);
    }
}
