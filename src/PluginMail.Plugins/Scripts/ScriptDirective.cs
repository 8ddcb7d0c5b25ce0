using System.Text.RegularExpressions;

namespace PluginMail.Plugins.Scripts;

/// <summary>A line of a script that names another file: <c>#load "words.csx"</c> or <c>#r "lib/words.dll"</c>.</summary>
/// <param name="Line">Where it stands, from 1.</param>
/// <param name="IsLoad">Whether it is a #load.</param>
/// <param name="Target">What it names, as written.</param>
internal sealed partial record ScriptDirective(int Line, bool IsLoad, string Target)
{
    /// <summary>
    /// Finds the directives without the compiler. Those in comments and inactive regions are found too: at most a file too many is read for
    /// the hash then, as what is missing or refused is told only where the compiler asks for it.
    /// </summary>
    public static IEnumerable<ScriptDirective> Find(string text)
    {
        List<ScriptDirective> found = [];
        int number = 0;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            number++;
            if (line.TrimStart().StartsWith('#') && Directive().Match(line.ToString()) is { Success: true } match)
            {
                found.Add(new ScriptDirective(number, match.Groups["kind"].Value == "load", match.Groups["target"].Value));
            }
        }

        return found;
    }

    [GeneratedRegex("""^\s*#\s*(?<kind>load|r)\s*"(?<target>[^"]*)""", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Directive();
}
