using System.Buffers;
using System.Text.RegularExpressions;

namespace PluginMail.Filters.Conversion;

/// <summary>Recipes of procmail: header conditions, sizes, folders, forwards, copies, nested blocks. Lockfiles mean nothing here.</summary>
internal sealed partial class ProcmailConverter(string text, PlainScriptWriter script)
{
    private const int MostDepth = 30;
    private static readonly SearchValues<char> KnownFlags = SearchValues.Create("HBDchbiwW0123456789 ");
    private static readonly SearchValues<char> PatternSigns = SearchValues.Create(".*+?[](){}|^$\\");
    private readonly string[] _lines = text.ReplaceLineEndings("\n").Split('\n');
    private int _at;
    private int _depth;

    public void Convert()
    {
        while (_at < _lines.Length)
        {
            Item();
        }

        for (; _depth > 0; _depth--)
        {
            script.Close();
        }
    }

    private void Item()
    {
        var number = _at + 1;
        var line = Next().Trim();
        if (line.Length == 0)
        {
            return;
        }

        if (line[0] == '#')
        {
            script.Comment(line.TrimStart('#', ' '));
        }
        else if (line[0] == '}' && _depth > 0)
        {
            _depth--;
            script.Close();
        }
        else if (line.StartsWith(":0", StringComparison.Ordinal))
        {
            Recipe(number, line[2..]);
        }
        else if (!Assignment().IsMatch(line))
        {
            script.Leave(number, line);
        }
        else if (!line.StartsWith("LOG", StringComparison.Ordinal) && !line.StartsWith("VERBOSE", StringComparison.Ordinal)
            && !line.StartsWith("MAILDIR", StringComparison.Ordinal) && !line.StartsWith("SHELL", StringComparison.Ordinal) && !line.StartsWith("PATH", StringComparison.Ordinal)
            && !line.StartsWith("DEFAULT", StringComparison.Ordinal) && !line.StartsWith("LOCK", StringComparison.Ordinal))
        {
            script.Leave(number, line);
        }
    }

    private string Next()
    {
        var line = _lines[_at++];
        while (line.EndsWith('\\') && _at < _lines.Length && line.Length < 10_000)
        {
            line = line[..^1] + _lines[_at++].TrimStart();
        }

        return line;
    }

    private void Recipe(int number, string rest)
    {
        var colon = rest.IndexOf(':', StringComparison.Ordinal);
        var flags = (colon < 0 ? rest : rest[..colon]).Trim();
        var tests = new List<string>();
        var fault = flags.AsSpan().IndexOfAnyExcept(KnownFlags) is >= 0 and var at ? $"a recipe with the flag {flags[at]}" : null;
        while (_at < _lines.Length && _lines[_at].TrimStart() is var line && (line.StartsWith('*') || line.Length == 0 || line[0] == '#'))
        {
            var condition = Next().Trim();
            if (condition.StartsWith('*'))
            {
                var test = Condition(condition[1..].Trim(), flags);
                fault ??= test is null ? $"a recipe with the condition {condition}" : null;
                tests.Add(test ?? "");
            }
        }

        if (_at >= _lines.Length)
        {
            script.Leave(number, "a recipe without an action");
            return;
        }

        var action = Next().Trim();
        fault ??= action.StartsWith('|') ? $"a pipe: {action}" : null;
        if (fault is not null)
        {
            script.Leave(number, $"{fault} (action: {action})");
            Skip(action);
        }
        else if (action.StartsWith('{') && _depth < MostDepth)
        {
            Block(number, tests, action, flags.Contains('c', StringComparison.Ordinal));
        }
        else
        {
            Write(number, tests, action, flags.Contains('c', StringComparison.Ordinal));
        }
    }

    private void Block(int number, List<string> tests, string action, bool copies)
    {
        if (copies)
        {
            script.Leave(number, "a block that works on a copy");
            Skip(action);
            return;
        }

        script.Open($"if {PlainScriptWriter.All(tests)}");
        if (action.Contains('}', StringComparison.Ordinal))
        {
            script.Close();
            return;
        }

        _depth++;
    }

    /// <summary>Passes over what is inside of a block that was left out.</summary>
    private void Skip(string action)
    {
        for (var depth = action.StartsWith('{') && !action.Contains('}', StringComparison.Ordinal) ? 1 : 0; depth > 0 && _at < _lines.Length;)
        {
            var line = Next().Trim();
            depth += line.StartsWith('{') && !line.Contains('}', StringComparison.Ordinal) ? 1 : line.StartsWith('}') ? -1 : 0;
        }
    }

    private void Write(int number, List<string> tests, string action, bool copies)
    {
        if (action.Contains("$(", StringComparison.Ordinal) || action.Contains('`', StringComparison.Ordinal) || action.Length == 0)
        {
            script.Leave(number, $"the action {action}");
            return;
        }

        script.Open($"if {PlainScriptWriter.All(tests)}");
        if (action.StartsWith('!'))
        {
            var addresses = action[1..].Split([' ', ',', '\t'], StringSplitOptions.RemoveEmptyEntries);
            for (var i = 0; i < addresses.Length; i++)
            {
                Forward(number, addresses[i], copies || i < addresses.Length - 1);
            }
        }
        else if (action.Trim('"') == "/dev/null")
        {
            script.Action(copies ? "keep" : "delete :forever");
        }
        else if (Folder(action) is { } folder)
        {
            script.Action($"{(copies ? "copy" : "move")} {PlainScriptWriter.Quote(folder)}");
        }
        else
        {
            script.Action("keep");
            script.Action("stop");
        }

        script.Close();
    }

    private void Forward(int number, string address, bool copies)
    {
        if (Evaluation.MailAddress.IsAddress(address))
        {
            script.Action($"{(copies ? "copy" : "move")} {PlainScriptWriter.Quote(address)}");
        }
        else
        {
            script.Leave(number, $"a forward to {address}");
        }
    }

    /// <summary>The folder of a path; null for the inbox. Maildirs of Dovecot and Courier are named ".A.B".</summary>
    private static string? Folder(string path)
    {
        var name = path.Trim('"').Replace("$MAILDIR", "", StringComparison.Ordinal).Replace("$HOME", "", StringComparison.Ordinal);
        foreach (var prefix in (string[])["/Maildir", "Maildir", "/Mail", "/mail"])
        {
            name = name.StartsWith(prefix + "/", StringComparison.Ordinal) ? name[prefix.Length..] : name;
        }

        name = name.Trim('/');
        name = name.StartsWith('.') ? name[1..].Replace('.', '/') : name;
        return name.Length == 0 || name is "$DEFAULT" or "$ORGMAIL" ? null : name.TrimEnd('/');
    }

    private string? Condition(string condition, string flags)
    {
        if (condition.StartsWith('!'))
        {
            return Condition(condition[1..].Trim(), flags) is { } test ? $"not {test}" : null;
        }

        if (condition.Length > 1 && condition[0] is '>' or '<' && long.TryParse(condition.AsSpan(1).Trim(), out var size) && size >= 0)
        {
            return $"size {(condition[0] == '>' ? ":over" : ":under")} {size}";
        }

        return condition.Length == 0 || condition[0] is '?' or '$' || Weight().IsMatch(condition) || flags.Contains('B', StringComparison.Ordinal)
            ? null
            : Header(condition, flags.Contains('D', StringComparison.Ordinal) ? ":case " : "");
    }

    private string? Header(string condition, string mode)
    {
        if (condition.StartsWith("^TO", StringComparison.Ordinal))
        {
            var key = condition[3..].TrimStart('_');
            if (Literal(key) is { Length: > 0 } address)
            {
                return $"recipient :header :contains {mode}{PlainScriptWriter.Quote(address)}";
            }

            script.Require("regex");
            return $"recipient :header :regex {PlainScriptWriter.Quote(key)}";
        }

        if (HeaderPattern().Match(condition) is not { Success: true } match)
        {
            return null;
        }

        var names = match.Groups["name"].Value.Trim('(', ')').Split('|').Select(name => name.TrimEnd(':')).ToList();
        var pattern = match.Groups["rest"].Value;
        var isFloating = pattern.StartsWith(".*", StringComparison.Ordinal);
        pattern = LeadingSpace().Replace(isFloating ? pattern[2..] : pattern, "");
        var isEnd = pattern.EndsWith('$') && !pattern.EndsWith("\\$", StringComparison.Ordinal);
        pattern = TrailingAny().Replace(isEnd ? pattern[..^1] : pattern, "");
        var subject = names is [var only] && only.Equals("subject", StringComparison.OrdinalIgnoreCase);
        var what = subject ? "subject" : "header";
        var header = subject ? "" : names.Count == 1 ? PlainScriptWriter.Quote(names[0]) + " " : $"[{string.Join(", ", names.Select(PlainScriptWriter.Quote))}] ";
        if (Keys(pattern) is { } keys)
        {
            var type = (isFloating, isEnd) switch { (true, false) => ":contains", (true, true) => ":ends_with", (false, false) => ":starts_with", _ => ":strict" };
            var list = keys.Length == 1 ? PlainScriptWriter.Quote(keys[0]) : $"[{string.Join(", ", keys.Select(PlainScriptWriter.Quote))}]";
            return $"{what} {type} {mode}{header}{list}";
        }

        if (pattern.Contains("\\<", StringComparison.Ordinal) || pattern.Contains("\\>", StringComparison.Ordinal) || pattern.Contains("\\/", StringComparison.Ordinal))
        {
            return null;
        }

        script.Require("regex");
        return $"header :regex {(mode.Length > 0 ? ":comparator \"i;octet\" " : "")}{(subject ? "\"subject\" " : header)}{PlainScriptWriter.Quote((isFloating ? "" : "^") + pattern + (isEnd ? "$" : ""))}";
    }

    /// <summary>The texts that a pattern of plain text, or of alternatives of it, stands for; null where it is more than that.</summary>
    private static string[]? Keys(string pattern)
    {
        var alternatives = pattern.StartsWith('(') && pattern.EndsWith(')') && pattern.IndexOf(')', StringComparison.Ordinal) == pattern.Length - 1
            ? pattern[1..^1].Split('|')
            : [pattern];
        var keys = alternatives.Select(Literal).OfType<string>().Where(key => key.Length > 0).ToArray();
        return keys.Length == alternatives.Length ? keys : null;
    }

    private static string? Literal(string pattern)
    {
        var literal = EscapedSign().Replace(pattern, static match => ((char)(0xE000 + match.Value[1])).ToString());
        return literal.AsSpan().IndexOfAny(PatternSigns) >= 0
            ? null
            : string.Concat(literal.Select(static character => character is >= '\uE000' and < '\uE080' ? (char)(character - 0xE000) : character));
    }

    [GeneratedRegex(@"^[A-Za-z_]+\s*=")]
    private static partial Regex Assignment();

    [GeneratedRegex(@"^-?[0-9.]+\^|\?\?")]
    private static partial Regex Weight();

    [GeneratedRegex(@"^\^(?<name>\([A-Za-z0-9|:_-]+\)|[A-Za-z0-9_-]+):?(?<=[:)])(:)?(?<rest>.*)$")]
    private static partial Regex HeaderPattern();

    [GeneratedRegex(@"^(\[[ \t]*\]|\[ 	\]|\s|\\s)[*+]?")]
    private static partial Regex LeadingSpace();

    [GeneratedRegex(@"\.\*$")]
    private static partial Regex TrailingAny();

    [GeneratedRegex(@"\\[^A-Za-z0-9<>/]")]
    private static partial Regex EscapedSign();
}
