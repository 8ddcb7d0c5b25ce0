using System.Collections.Immutable;
using PluginMail.Filters.Evaluation;
using PluginMail.Filters.Syntax;

namespace PluginMail.Filters.Checking;

/// <summary>
/// Finds the comments by which script clients name their rules: "# rule:[name]" (Roundcube, SOGo), "# FILTER: name"
/// (Nextcloud), "#SCRIPTNAME: name" (KMail). The script itself is left as it is.
/// </summary>
internal static class RuleMarkers
{
    /// <summary>The rules among a script's own commands.</summary>
    public static ImmutableArray<FilterRule> Find(ScriptSyntax script)
    {
        var rules = ImmutableArray.CreateBuilder<FilterRule>();
        var comment = 0;
        var previousEnd = 0;
        foreach (var command in script.Commands)
        {
            string? name = null;
            for (; comment < script.Comments.Length && script.Comments[comment].Span.Start < command.Span.Start; comment++)
            {
                if (script.Comments[comment].Span.Start >= previousEnd)
                {
                    name = NameIn(script.Text.Slice(script.Comments[comment].Span)) ?? name;
                }
            }

            if (name is not null)
            {
                rules.Add(new(name, script.Text.PositionOf(command.Span.Start).Line, command.Span));
            }

            previousEnd = command.Span.End;
        }

        return rules.ToImmutable();
    }

    private static string? NameIn(string comment)
    {
        var text = comment.AsSpan().TrimStart('#').Trim();
        if (text.StartsWith("rule:[", StringComparison.OrdinalIgnoreCase) && text.EndsWith("]"))
        {
            return text[6..^1].ToString();
        }

        foreach (var marker in (ReadOnlySpan<string>)["FILTER:", "SCRIPTNAME:"])
        {
            if (text.StartsWith(marker, StringComparison.OrdinalIgnoreCase))
            {
                return text[marker.Length..].Trim().ToString();
            }
        }

        return null;
    }
}
