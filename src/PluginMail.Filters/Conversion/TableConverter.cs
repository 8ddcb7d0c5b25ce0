namespace PluginMail.Filters.Conversion;

/// <summary>
/// A table of conditions and actions, as panels of office mail servers export it: CSV with ";" or "," and a first row that
/// names the columns name, field, match, value, action, target, enabled. Rows of one name in a row are one rule: all their
/// conditions, then all their actions.
/// </summary>
internal static class TableConverter
{
    private static readonly string[] Columns = ["name", "field", "match", "value", "action", "target", "enabled"];

    public static void Convert(string text, PlainScriptWriter script)
    {
        var rows = Read(text);
        if (rows is not [var head, ..] || Columns.Any(column => !head.Cells.Contains(column, StringComparer.OrdinalIgnoreCase)))
        {
            script.Leave(1, $"the first row does not name the columns {string.Join(", ", Columns)}");
            return;
        }

        var index = Columns.Select(column => head.Cells.FindIndex(cell => cell.Equals(column, StringComparison.OrdinalIgnoreCase))).ToArray();
        var entries = rows.Skip(1).Select(row => new Entry(row.Line, [.. index.Select(i => i < row.Cells.Count ? row.Cells[i] : "")])).ToList();
        for (var i = 0; i < entries.Count;)
        {
            var end = i + 1;
            while (end < entries.Count && entries[i].Name.Length > 0 && entries[end].Name == entries[i].Name)
            {
                end++;
            }

            Rule(entries[i..end], script);
            i = end;
        }
    }

    private static void Rule(List<Entry> rows, PlainScriptWriter script)
    {
        var name = rows[0].Name.Length > 0 ? rows[0].Name : $"Row {rows[0].Line}";
        if (rows[0].Enabled is "no" or "false" or "0" or "off" or "disabled")
        {
            script.Comment($"disabled: {name}");
            return;
        }

        var tests = new List<string>();
        var actions = new List<(string Action, string? Capability)>();
        foreach (var row in rows)
        {
            var needsTest = row.Field.Length > 0 && row.Field is not ("all" or "any");
            var test = needsTest ? Test(row, script) : null;
            var action = row.Action.Length > 0 ? Action(row) : null;
            if ((needsTest && test is null) || (row.Action.Length > 0 && action is null))
            {
                script.Leave(row.Line, $"rule {name}: {row}");
                return;
            }

            tests.AddRange(test is null ? [] : [test]);
            actions.AddRange(action is { } known ? [known] : []);
        }

        if (actions.Count == 0)
        {
            script.Leave(rows[0].Line, $"rule {name}: it has no action");
            return;
        }

        // Flags are those that a message has when it is filed.
        actions = [.. actions.OrderBy(action => action.Capability == "imap4flags" ? 0 : 1)];
        script.Name(name);
        script.Open($"if {PlainScriptWriter.All(tests)}");
        for (var i = 0; i < actions.Count; i++)
        {
            // A move or deletion would end the script before the actions after it.
            var action = actions[i].Action;
            script.Action(i < actions.Count - 1 && action.StartsWith("move ", StringComparison.Ordinal) ? $"move :continue {action[5..]}" : action, actions[i].Capability);
        }

        script.Close();
    }

    private static string? Test(Entry row, PlainScriptWriter script)
    {
        var isNot = row.Match.StartsWith("not ", StringComparison.Ordinal) || row.Match is "does not contain" or "is not";
        var match = row.Match is "does not contain" ? "contains" : row.Match is "is not" ? "is" : isNot ? row.Match[4..] : row.Match;
        if (row.Field == "size")
        {
            var octets = row.Value.ToUpperInvariant().Replace("B", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);
            return match is "over" or "under" && octets.Length is > 0 and < 15 && octets.TrimEnd('K', 'M', 'G') is var digits && digits.Length >= octets.Length - 1 && digits.All(char.IsAsciiDigit) && digits.Length > 0
                ? $"{(isNot ? "not " : "")}size :{match} {octets}"
                : null;
        }

        var type = match switch
        {
            "is" or "equals" => ":strict",
            "contains" => ":contains",
            "starts with" or "begins with" => ":starts_with",
            "ends with" => ":ends_with",
            "matches" => ":matches",
            "in domain" when row.Field is "from" or "sender" or "to" or "recipient" => ":within",
            _ => null,
        };
        var key = PlainScriptWriter.Quote(row.Value);
        var test = (row.Field, type) switch
        {
            (_, null) => null,
            ("subject", _) => $"subject {type} {key}",
            ("from" or "sender", _) => $"sender {type} {key}",
            ("to" or "recipient", _) => $"recipient {type} {key}",
            ("cc", _) => $"header {type} \"Cc\" {key}",
            ("body", ":contains") => $"body :contains {key}",
            ({ Length: > 7 } field, _) when field.StartsWith("header ", StringComparison.Ordinal) && HeaderOf(field) is { } header => $"header {type} {PlainScriptWriter.Quote(header)} {key}",
            _ => null,
        };
        script.Require(test is not null && row.Field == "body" ? "body" : null);
        return test is null ? null : isNot ? $"not {test}" : test;
    }

    private static string? HeaderOf(string field) => Checking.HeaderNames.IsValid(field[7..].Trim()) ? field[7..].Trim() : null;

    private static (string Action, string? Capability)? Action(Entry row)
    {
        var target = PlainScriptWriter.Quote(row.Target);
        var isAddress = Evaluation.MailAddress.IsAddress(row.Target);
        return row.Action switch
        {
            "move" or "copy" when row.Target.Length > 0 => ($"{row.Action} {target}", null),
            "forward" or "redirect" when isAddress => ($"move {target}", null),
            "forward copy" or "forward and keep" when isAddress => ($"copy {target}", null),
            "delete" => ("delete", null),
            "discard" => ("delete :forever", null),
            "keep" => ("keep", null),
            "stop" => ("stop", null),
            "reject" when row.Target.Length > 0 => ($"reject {target}", "reject"),
            "mark read" => ("addflag \"\\\\Seen\"", "imap4flags"),
            "flag" => ("addflag \"\\\\Flagged\"", "imap4flags"),
            _ => null,
        };
    }

    /// <summary>Rows of cells; a quoted cell may hold separators, line ends and doubled quotes (RFC 4180).</summary>
    private static List<(int Line, List<string> Cells)> Read(string text)
    {
        text = text.TrimStart('\uFEFF').ReplaceLineEndings("\n");
        var firstLine = text.Split('\n', 2)[0];
        var separator = firstLine.Contains(';', StringComparison.Ordinal) ? ';' : firstLine.Contains('\t', StringComparison.Ordinal) ? '\t' : ',';
        var rows = new List<(int, List<string>)>();
        var cells = new List<string>();
        var cell = new System.Text.StringBuilder();
        var (quoted, line, rowLine) = (false, 1, 1);
        for (var i = 0; i <= text.Length; i++)
        {
            var character = i < text.Length ? text[i] : '\n';
            if (quoted && i < text.Length)
            {
                quoted = character != '"' || (i + 1 < text.Length && text[i + 1] == '"');
                cell.Append(quoted ? character : "");
                i += quoted && character == '"' ? 1 : 0;
            }
            else if (character == '"' && cell.ToString().Trim().Length == 0)
            {
                quoted = true;
                cell.Clear();
            }
            else if (character == separator || character == '\n')
            {
                cells.Add(cell.ToString().Trim());
                cell.Clear();
                if (character == '\n')
                {
                    if (cells.Exists(value => value.Length > 0))
                    {
                        rows.Add((rowLine, cells));
                    }

                    (cells, rowLine) = ([], line + 1);
                }
            }
            else
            {
                cell.Append(character);
            }

            line += character == '\n' ? 1 : 0;
        }

        return rows;
    }

    private sealed record Entry(int Line, string[] Cells)
    {
        public string Name => Cells[0];

        public string Field => Cells[1].ToLowerInvariant();

        public string Match => Cells[2].ToLowerInvariant();

        public string Value => Cells[3];

        public string Action => Cells[4].ToLowerInvariant();

        public string Target => Cells[5];

        public string Enabled => Cells[6].ToLowerInvariant();

        public override string ToString() => string.Join("; ", Cells[1..6]);
    }
}
