using System.Text;

namespace PluginMail.Filters.Tests.Engine;

/// <summary>
/// Walks a script as RFC 5228 and 5229 describe it, one test after the other, with matching written as plainly as it can be.
/// It shares nothing with the product.
/// </summary>
internal sealed class ReferenceInterpreter(MessageModel message, bool captures)
{
    private readonly List<string> _effects = [];
    private List<string> _matches = [];
    private bool _keepCancelled;

    /// <summary>The effects of a script, in words.</summary>
    public static string Run(ScriptModel script, MessageModel message) => new ReferenceInterpreter(message, script.Captures).Run(script);

    private string Run(ScriptModel script)
    {
        foreach (var rule in script.Rules)
        {
            var branch = rule.Branches.FirstOrDefault(branch => branch.Test is null || Holds(branch.Test));
            if (branch.Action is not null && !Act(branch.Action))
            {
                break;
            }
        }

        if (!_keepCancelled && !_effects.Contains("keep"))
        {
            _effects.Add("implicit keep");
        }

        return string.Join("; ", _effects);
    }

    private bool Act(ActionModel action)
    {
        if (action.Word == "stop")
        {
            return false;
        }

        var folder = action.Folder;
        for (var i = 0; i < 4 && folder is not null && captures; i++)
        {
            folder = folder.Replace($"${{{i}}}", i < _matches.Count ? _matches[i] : "", StringComparison.Ordinal);
        }

        var effect = folder is null ? action.Word : $"fileinto \"{folder}\"";
        if (!_effects.Contains(effect))
        {
            _effects.Add(effect);
        }

        _keepCancelled = true;
        return true;
    }

    private bool Holds(TestModel test) => test switch
    {
        TestModel.Not not => !Holds(not.Inner),
        TestModel.Many { All: true } many => many.Tests.All(Holds),
        TestModel.Many many => many.Tests.Any(Holds),
        TestModel.Size size => size.Over ? Size > size.Limit : Size < size.Limit,
        TestModel.Match match => Holds(match),
        _ => throw new InvalidOperationException(),
    };

    private int Size => Encoding.UTF8.GetByteCount(message.ToString().ReplaceLineEndings("\r\n"));

    private bool Holds(TestModel.Match match)
    {
        var values = match.Headers.Distinct().SelectMany(name => Values(match, name)).ToList();
        return match.Tags == ":every" ? values.Count > 0 && values.All(value => MatchesAny(match, value)) : values.Any(value => MatchesAny(match, value));
    }

    private IEnumerable<string> Values(TestModel.Match match, string name)
    {
        foreach (var value in message.Fields.Where(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(field => field.Value))
        {
            var at = value.LastIndexOf('@');
            yield return match.Word == "header" || match.Tags == ":all" ? value : match.Tags == ":domain" ? value[(at + 1)..] : value[..at];
        }
    }

    private bool MatchesAny(TestModel.Match match, string value) => match.Keys.Any(key => Matches(match, key, value));

    private bool Matches(TestModel.Match match, string key, string value)
    {
        var folded = Fold(match.Comparator, value);
        var sought = Fold(match.Comparator, key);
        switch (match.Type)
        {
            case "is" or "strict":
                return folded == sought;
            case "contains":
                return folded.Contains(sought, StringComparison.Ordinal);
            case "starts_with":
                return folded.StartsWith(sought, StringComparison.Ordinal);
            case "ends_with":
                return folded.EndsWith(sought, StringComparison.Ordinal);
            case "within":
                return sought.Length > 0 && (folded == sought || folded.EndsWith("." + sought, StringComparison.Ordinal));
            default:
                var found = new List<(int, int)>();
                if (!Glob(sought, 0, folded, 0, found))
                {
                    return false;
                }

                if (captures)
                {
                    _matches = [value, .. found.Select(place => value[place.Item1..place.Item2])];
                }

                return true;
        }
    }

    /// <summary>One unit a character: octets, but for the comparator whose characters are those of Unicode, decomposed.</summary>
    private static string Fold(string comparator, string text) => comparator switch
    {
        "i;octet" => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text)),
        "i;ascii-casemap" => string.Concat(Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text)).Select(unit => unit is >= 'a' and <= 'z' ? (char)(unit - 32) : unit)),
        _ => text.Replace("é", "e\u0301", StringComparison.Ordinal).ToUpperInvariant(),
    };

    /// <summary>Each star as short as it can be.</summary>
    private static bool Glob(string pattern, int p, string value, int v, List<(int, int)> found)
    {
        if (p == pattern.Length)
        {
            return v == value.Length;
        }

        var count = found.Count;
        if (pattern[p] == '*')
        {
            for (var end = v; end <= value.Length; end++)
            {
                found.Add((v, end));
                if (Glob(pattern, p + 1, value, end, found))
                {
                    return true;
                }

                found.RemoveRange(count, found.Count - count);
            }

            return false;
        }

        if (v == value.Length || (pattern[p] != '?' && pattern[p] != value[v]))
        {
            return false;
        }

        if (pattern[p] == '?')
        {
            found.Add((v, v + 1));
        }

        if (Glob(pattern, p + 1, value, v + 1, found))
        {
            return true;
        }

        found.RemoveRange(count, found.Count - count);
        return false;
    }
}
