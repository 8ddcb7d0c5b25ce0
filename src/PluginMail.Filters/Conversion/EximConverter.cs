using System.Text;

namespace PluginMail.Filters.Conversion;

/// <summary>
/// Exim filter files: if, elif, else, endif; conditions on headers, sender, recipient and size with is, contains, begins, ends,
/// matches; save, deliver, finish, fail, unseen. A condition or command that has no counterpart takes its whole if with it.
/// </summary>
internal sealed class EximConverter
{
    private const int MostDepth = 30;
    private readonly PlainScriptWriter _script;
    private readonly List<Token> _tokens;
    private int _at;
    private string? _fault;
    private int _depth;

    public EximConverter(string text, PlainScriptWriter script)
    {
        _script = script;
        _tokens = Read(text);
    }

    private Token Current => _at < _tokens.Count ? _tokens[_at] : new("", IsQuoted: false, _tokens.Count > 0 ? _tokens[^1].Line : 1);

    public void Convert()
    {
        while (_at < _tokens.Count)
        {
            Command();
        }
    }

    private bool Is(string word) => !Current.IsQuoted && Current.Text.Equals(word, StringComparison.OrdinalIgnoreCase);

    private bool Take(string word)
    {
        var isThere = Is(word);
        _at += isThere ? 1 : 0;
        return isThere;
    }

    private string TakeText() => _at < _tokens.Count ? _tokens[_at++].Text : "";

    private void Command()
    {
        var line = Current.Line;
        if (Take("if"))
        {
            If(line);
            return;
        }

        var isCopy = Take("unseen");
        var isSeen = !isCopy && Take("seen");
        if (Take("save"))
        {
            Save(line, TakeText(), isCopy);
            _at += Current is { IsQuoted: false, Line: var next } && next == line && Current.Text.All(char.IsAsciiDigit) && Current.Text.Length > 0 ? 1 : 0;
        }
        else if (Take("deliver"))
        {
            Deliver(line, TakeText(), isCopy);
        }
        else if (Take("finish"))
        {
            if (isSeen || isCopy)
            {
                _script.Action(isSeen ? "discard" : "keep"); // what was seen needs no delivery any more, the unseen still does
            }

            _script.Action("stop");
        }
        else if (Take("fail"))
        {
            _ = Take("text");
            var reason = Current.IsQuoted ? TakeText() : "";
            _script.Action($"reject {PlainScriptWriter.Quote(reason.Length == 0 ? "The message was refused." : reason)}", "reject");
            _script.Action("stop");
        }
        else
        {
            Leave(line);
        }
    }

    private void Leave(int line)
    {
        var words = new StringBuilder();
        do
        {
            words.Append(words.Length > 0 ? " " : "").Append(TakeText());
        }
        while (_at < _tokens.Count && Current.Line == line && !Is("endif") && !Is("else") && !Is("elif"));
        _script.Leave(line, words.ToString());
    }

    private void Save(int line, string path, bool isCopy)
    {
        var folder = path.Replace("$home", "", StringComparison.Ordinal).Replace("${home}", "", StringComparison.Ordinal).Trim('/');
        foreach (var prefix in (string[])["Maildir", "mail", "Mail"])
        {
            folder = folder.StartsWith(prefix + "/", StringComparison.Ordinal) ? folder[(prefix.Length + 1)..] : folder;
        }

        folder = folder.StartsWith('.') ? folder[1..].Replace('.', '/') : folder;
        if (path == "/dev/null")
        {
            _script.Action(isCopy ? "keep" : "discard");
        }
        else if (folder.Length == 0 || folder.Contains('$', StringComparison.Ordinal))
        {
            _script.Leave(line, $"save {path}");
        }
        else
        {
            _script.Action($"{(isCopy ? "copy" : "move :continue")} {PlainScriptWriter.Quote(folder)}");
        }
    }

    private void Deliver(int line, string address, bool isCopy)
    {
        if (Evaluation.MailAddress.IsAddress(address))
        {
            _script.Action($"{(isCopy ? "copy" : "move :continue")} {PlainScriptWriter.Quote(address)}");
        }
        else
        {
            _script.Leave(line, $"deliver {address}");
        }
    }

    /// <summary>if CONDITION then COMMANDS [elif …] [else …] endif.</summary>
    private void If(int line)
    {
        var isFirst = true;
        while (true)
        {
            _fault = null;
            var condition = Or();
            if (!Take("then"))
            {
                _fault ??= $"a condition with {Current.Text}";
            }

            if (_fault is not null || ++_depth > MostDepth)
            {
                _script.Leave(line, $"if with {_fault ?? "too many levels"}{(isFirst ? "" : " (a branch of it; those after it are left out too)")}");
                _depth -= _fault is null ? 1 : 0;
                SkipToEnd();
                return;
            }

            _script.Open($"{(isFirst ? "if" : "elsif")} {condition}");
            isFirst = false;
            Commands();
            _script.Close();
            _depth--;
            line = Current.Line;
            if (Take("elif"))
            {
                continue;
            }

            if (Take("else"))
            {
                _script.Open("else");
                Commands();
                _script.Close();
            }

            _ = Take("endif");
            return;
        }
    }

    private void Commands()
    {
        while (_at < _tokens.Count && !Is("elif") && !Is("else") && !Is("endif"))
        {
            Command();
        }
    }

    private void SkipToEnd()
    {
        for (var depth = 1; _at < _tokens.Count && depth > 0; _at++)
        {
            depth += Is("if") ? 1 : Is("endif") ? -1 : 0;
        }
    }

    private string Or()
    {
        var tests = new List<string> { And() };
        while (Take("or"))
        {
            tests.Add(And());
        }

        return tests.Count == 1 ? tests[0] : $"any ({string.Join(", ", tests)})";
    }

    private string And()
    {
        var tests = new List<string> { Test(0) };
        while (Take("and"))
        {
            tests.Add(Test(0));
        }

        return PlainScriptWriter.All(tests);
    }

    private string Test(int depth)
    {
        if (depth > MostDepth || _at >= _tokens.Count)
        {
            _fault ??= "a condition without an end";
            return "";
        }

        if (Take("not"))
        {
            return $"not {Test(depth + 1)}";
        }

        if (Take("("))
        {
            _depth++;
            var inner = _depth > MostDepth ? "" : Or();
            _fault ??= _depth > MostDepth ? "too many levels" : null;
            _depth--;
            _fault ??= Take(")") ? null : "a parenthesis that is never closed";
            return inner;
        }

        return Take("error_message") ? "sender :envelope \"\"" : Comparison();
    }

    private string Comparison()
    {
        var subject = TakeText();
        _ = Take("does");
        var isNot = Take("not");
        var word = TakeText();
        isNot |= word.Equals("is", StringComparison.OrdinalIgnoreCase) && Take("not");
        var relation = word.Equals("is", StringComparison.OrdinalIgnoreCase) && (Is("above") || Is("below")) ? TakeText() : word;
        var value = TakeText();
        var folds = relation.Any(char.IsLower);
        var type = relation.ToLowerInvariant().TrimEnd('s') switch
        {
            "i" => ":strict",
            "contain" => ":contains",
            "begin" => ":starts_with",
            "end" => ":ends_with",
            "matche" or "match" => ":regex",
            "above" => ":over",
            "below" => ":under",
            _ => null,
        };
        var test = type is null ? null : TestOf(subject, type, folds, value);
        _fault ??= test is null ? $"the condition {subject} {relation} {value}" : null;
        return isNot ? $"not {test}" : test ?? "";
    }

    private string? TestOf(string subject, string type, bool folds, string value)
    {
        var name = subject.TrimStart('$').Trim('{', '}').TrimEnd(':');
        if (type is ":over" or ":under")
        {
            return name == "message_size" && value.TrimEnd('K', 'M', 'G') is { Length: > 0 and < 15 } digits && digits.All(char.IsAsciiDigit) && digits.Length >= value.Length - 1
                ? $"size {type} {value}"
                : null;
        }

        if (value.Contains('$', StringComparison.Ordinal) && type != ":regex")
        {
            return null;
        }

        var mode = type == ":regex" ? (folds ? "" : ":comparator \"i;octet\" ") : folds ? "" : ":case ";
        var key = PlainScriptWriter.Quote(value);
        _script.Require(type == ":regex" ? "regex" : null);
        var header = name.StartsWith("header_", StringComparison.Ordinal) ? name[7..]
            : name.StartsWith("h_", StringComparison.Ordinal) ? name[2..]
            : name.StartsWith("rheader_", StringComparison.Ordinal) ? name[8..] : null;
        return (header?.ToLowerInvariant(), name) switch
        {
            ("subject", _) when type != ":regex" => $"subject {type} {mode}{key}",
            ({ } known, _) when Checking.HeaderNames.IsValid(known) => $"header {type} {mode}{PlainScriptWriter.Quote(header!)} {key}",
            (null, "sender_address") => $"sender :envelope {type} {mode}{key}",
            (null, "local_part") => $"recipient :envelope {type} {mode}:localpart {key}",
            (null, "domain") => $"recipient :envelope {type} {mode}:domain {key}",
            _ => null,
        };
    }

    private static List<Token> Read(string text)
    {
        var tokens = new List<Token>();
        var line = 1;
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '\n':
                    line++;
                    break;
                case '#':
                    i = text.IndexOf('\n', i) is >= 0 and var end ? end - 1 : text.Length;
                    break;
                case '(' or ')':
                    tokens.Add(new(text[i].ToString(), IsQuoted: false, line));
                    break;
                case '"':
                    var (first, value) = (line, new StringBuilder());
                    for (i++; i < text.Length && text[i] != '"'; i++)
                    {
                        line += text[i] == '\n' ? 1 : 0;
                        i += text[i] == '\\' && i + 1 < text.Length ? 1 : 0;
                        value.Append(text[i]);
                    }

                    tokens.Add(new(value.ToString(), IsQuoted: true, first));
                    break;
                case > ' ':
                    var start = i;
                    while (i < text.Length && text[i] > ' ' && text[i] is not ('(' or ')'))
                    {
                        i++;
                    }

                    tokens.Add(new(text[start..i--], IsQuoted: false, line));
                    break;
            }
        }

        return tokens;
    }

    private readonly record struct Token(string Text, bool IsQuoted, int Line);
}
