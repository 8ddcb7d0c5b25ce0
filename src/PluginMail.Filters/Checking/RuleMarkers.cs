using System.Buffers;
using System.Collections.Immutable;
using PluginMail.Filters.Evaluation;
using PluginMail.Filters.Syntax;
using PluginMail.Filters.Vocabulary;

namespace PluginMail.Filters.Checking;

/// <summary>
/// Finds a script's rules and what they are called. Script clients mark the names: "# rule:[name]" (Roundcube), "#SCRIPTNAME: name" (KMail),
/// "# FILTER: name", "## Flag: …|Rulename: name" (Open-Xchange). Where there is no marker since the command before, the comment on the line
/// directly above is the name (Nextcloud, Horde, people), unless it is the client's data or a line of script that was taken out. The script itself
/// is left as it is.
/// </summary>
internal static class RuleMarkers
{
    private const int LongestName = 200;
    private static readonly SearchValues<char> Decoration = SearchValues.Create("#*=-_~/ \t\r\n");
    private static readonly SearchValues<char> Rulers = SearchValues.Create("#*=-_~/");
    private static readonly ImmutableArray<string> Markers = ["FILTER:", "SCRIPTNAME:"];
    private static readonly ImmutableArray<string> Data = ["FILTER:", "DATA:", "BEGIN:", "END:", "EDITOR", "ENDSCRIPTNAME", "@", "{", "["];

    /// <summary>The rules among a script's own commands.</summary>
    public static ImmutableArray<FilterRule> Find(BoundScript script)
    {
        var rules = ImmutableArray.CreateBuilder<FilterRule>();
        var text = script.Syntax.Text;
        var comments = script.Syntax.Comments;
        var comment = 0;
        var previousEnd = 0;
        for (var i = 0; i < script.Commands.Length; i++)
        {
            var command = script.Commands[i];
            string? marked = null;
            CommentSyntax? last = null;
            for (; comment < comments.Length && comments[comment].Span.Start < command.Span.Start; comment++)
            {
                if (comments[comment].Span.Start >= previousEnd)
                {
                    last = comments[comment];
                    marked = MarkedName(text.Slice(last.Span)) ?? marked;
                }
            }

            var end = command.Span.End;
            for (; command.Word.Chain == ChainRole.Start && IsChained(script.Commands, i + 1); i++)
            {
                end = script.Commands[i + 1].Span.End;
            }

            if (marked is not null || command.Word.Chain == ChainRole.Start || command.Word.Kind == WordKind.Action)
            {
                var name = marked ?? (last is null ? null : NameAbove(text, last.Span, command.Span.Start, previousEnd));
                rules.Add(new(name, text, SourceSpan.Between(command.Span.Start, end)));
            }

            previousEnd = end;
        }

        return rules.ToImmutable();
    }

    private static bool IsChained(ImmutableArray<BoundWord> words, int index) =>
        index < words.Length && words[index].Word.Chain is ChainRole.Continue or ChainRole.End;

    private static string? MarkedName(string comment)
    {
        var text = comment.AsSpan().TrimStart('#').Trim();
        if (text.StartsWith("rule:[", StringComparison.OrdinalIgnoreCase) && text.EndsWith("]"))
        {
            return Cut(text[6..^1]);
        }

        if (text.IndexOf("|Rulename:", StringComparison.OrdinalIgnoreCase) is > 0 and var at)
        {
            return Cut(text[(at + 10)..].Trim());
        }

        foreach (var marker in Markers)
        {
            if (text.StartsWith(marker, StringComparison.OrdinalIgnoreCase) && text[marker.Length..].Trim() is var name && name is not (['[' or '{', ..]))
            {
                return Cut(name);
            }
        }

        return null;
    }

    // The last line of the comment, which ends on the line above the command and shares no line with what stands before it.
    private static string? NameAbove(SourceText text, SourceSpan comment, int command, int previousEnd)
    {
        var line = text.LineOf(comment.Start);
        if (text.LineOf(Math.Max(comment.Start, comment.End - 1)) != text.LineOf(command) - 1
            || (previousEnd > 0 && text.LineOf(previousEnd) == line))
        {
            return null;
        }

        var written = text.Slice(comment).AsSpan();
        if (written.StartsWith("/*"))
        {
            written = written[2..^2].TrimEnd();
            written = written[(written.LastIndexOf('\n') + 1)..];
        }

        var isHeading = written.TrimStart().StartsWith("###"); // of a section of the client's
        written = Undecorated(written);
        foreach (var data in Data)
        {
            isHeading |= written.StartsWith(data, StringComparison.Ordinal);
        }

        return isHeading || written.IsEmpty || written[^1] is ';' or '{' or '}' ? null : Cut(written);
    }

    private static ReadOnlySpan<char> Undecorated(ReadOnlySpan<char> text)
    {
        var start = text.IndexOfAnyExcept(Decoration);
        if (start < 0)
        {
            return [];
        }

        text = text[start..].TrimEnd();
        var end = text.LastIndexOfAnyExcept(Rulers) + 1; // a word may end with one of them
        return end > 0 && char.IsWhiteSpace(text[end - 1]) ? text[..end].TrimEnd() : text;
    }

    private static string? Cut(ReadOnlySpan<char> name) =>
        name.IsEmpty ? null : name.Length <= LongestName ? name.ToString() : string.Concat(name[..(LongestName - 1)], "…");
}
