using System.Globalization;
using System.Text;
using PluginMail.Configuration.Toml;

namespace PluginMail.Configuration.Options;

/// <summary>One line of an access file.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Pattern">What it is about.</param>
/// <param name="Action">What it says; null for what the rule in mail.toml says.</param>
/// <param name="Text">What the client is told.</param>
public readonly record struct AccessFileLine(int Number, string Pattern, AccessVerb? Action, string Text);

/// <summary>
/// A list of an access rule in a file of its own: on each line a pattern, then an action and a text where they are not the rule's, as in
/// <c>192.0.2.0/24 reject not from there</c>. Actions are <c>permit</c>, <c>refuse</c>, <c>defer</c>, <c>hold</c>, <c>discard</c> and <c>pass</c>, in either
/// case, and Postfix's <c>OK</c>, <c>REJECT</c>, <c>DUNNO</c> and <c>5NN text</c>. Lines that begin with # are comments.
/// </summary>
/// <param name="Path">The file.</param>
/// <param name="Lines">Its entries, in their order.</param>
public sealed record AccessFile(string Path, IReadOnlyList<AccessFileLine> Lines)
{
    private const int MaximumOctets = 32 << 20;
    private const int MaximumErrors = 20;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="of">What its lines are about.</param>
    /// <returns>The file; null with what is wrong where it is not usable. Never throws for what it holds, or where it cannot be read.</returns>
    public static (AccessFile? File, IReadOnlyList<ConfigurationError> Errors) Read(string path, AccessFact of)
    {
        string[] texts;
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (file.Length > MaximumOctets)
            {
                return Failed(path, $"has {file.Length} octets; expected at most {MaximumOctets}");
            }

            byte[] octets = new byte[file.Length];
            int count = file.ReadAtLeast(octets, octets.Length, throwOnEndOfStream: false);
            texts = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(octets, 0, count).Split('\n');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return Failed(path, $"cannot be read: {e.Message}");
        }

        var lines = new List<AccessFileLine>();
        var errors = new List<ConfigurationError>();
        for (int i = 0; i < texts.Length && errors.Count < MaximumErrors; i++)
        {
            string text = texts[i].Trim();
            if (text.Length == 0 || text[0] == '#')
            {
                continue;
            }

            if (TryLine(i + 1, text, of, out AccessFileLine line) is { } expected)
            {
                errors.Add(new ConfigurationError(path, new TomlPosition(i + 1, 1), $"expected {expected}", texts[i].TrimEnd()));
            }
            else
            {
                lines.Add(line);
            }
        }

        return errors.Count > 0 ? (null, errors) : (new AccessFile(path, lines), []);
    }

    /// <returns>What was expected; null where the line is right.</returns>
    private static string? TryLine(int number, string text, AccessFact of, out AccessFileLine line)
    {
        line = default;
        string pattern = Word(text, out string rest);
        if (!AccessSyntax.IsPattern(of, pattern))
        {
            return AccessSyntax.Expected(of);
        }

        if (rest.Length == 0)
        {
            line = new AccessFileLine(number, pattern, Action: null, "");
            return null;
        }

        string word = Word(rest, out string words);
        bool isCode = word.Length == 3 && word[0] is '4' or '5' && int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out _);
        if (AccessSyntax.VerbOf(word) is { } verb)
        {
            line = new AccessFileLine(number, pattern, verb, words);
            return null;
        }

        line = new AccessFileLine(number, pattern, word[0] == '4' ? AccessVerb.Defer : AccessVerb.Refuse, rest);
        return isCode ? null : "one of permit, refuse, defer, hold, discard, pass after the pattern, or a reply like \"550 5.7.1 text\"";
    }

    private static string Word(string text, out string rest)
    {
        int end = text.AsSpan().IndexOfAny(' ', '\t');
        rest = end < 0 ? "" : text[end..].TrimStart();
        return end < 0 ? text : text[..end];
    }

    private static (AccessFile?, IReadOnlyList<ConfigurationError>) Failed(string path, string message) =>
        (null, [new ConfigurationError(path, Position: null, message, "")]);
}
