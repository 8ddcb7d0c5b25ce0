namespace PluginMail.Configuration.Toml;

/// <summary>Syntax tree to tables, under TOML's rules of what may be defined once and what may be added to.</summary>
internal sealed class TomlBinder(TomlSource source, List<TomlError> errors)
{
    /// <summary>The document's root table; duplicates are reported and left out.</summary>
    internal TomlTable Bind(IReadOnlyList<ExpressionSyntax> expressions)
    {
        var root = new TomlTable(source, 0, parent: null, "", TomlTableOrigin.Header);
        TomlTable? current = root;
        foreach (var expression in expressions)
        {
            if (errors.Count >= TomlLimits.Errors)
            {
                break;
            }

            if (expression is TableHeaderSyntax header)
            {
                current = Header(root, header);
            }
            else if (expression is KeyValueSyntax line && current is not null)
            {
                Add(current, line.Pair);
            }
        }

        return root;
    }

    /// <summary>The table that a header opens; <see langword="null"/> where it must not, and its keys are then skipped.</summary>
    private TomlTable? Header(TomlTable root, TableHeaderSyntax header)
    {
        var table = root;
        foreach (var part in header.Key.Parts.SkipLast(1))
        {
            if (!table.TryGet(part.Name, out var entry))
            {
                table = NewTable(table, part, TomlTableOrigin.Implicit);
                continue;
            }

            TomlTable? next = entry.Value switch
            {
                TomlTable { Origin: not TomlTableOrigin.Inline } found => found,
                TomlArray { IsOfTables: true } array => (TomlTable)array.Items[^1],
                _ => null,
            };
            if (next is null)
            {
                Duplicate(part, entry, "a table that can be added to");
                return null;
            }

            table = next;
        }

        var last = header.Key.Parts[^1];
        return header.IsArrayItem ? ArrayItem(table, last) : Table(table, last);
    }

    private TomlTable? Table(TomlTable parent, KeyPartSyntax part)
    {
        if (!parent.TryGet(part.Name, out var entry))
        {
            return NewTable(parent, part, TomlTableOrigin.Header);
        }

        if (entry.Value is TomlTable { Origin: TomlTableOrigin.Implicit } table)
        {
            table.Origin = TomlTableOrigin.Header;
            return table;
        }

        Duplicate(part, entry, "each table to be defined once");
        return null;
    }

    private TomlTable? ArrayItem(TomlTable parent, KeyPartSyntax part)
    {
        if (!parent.TryGet(part.Name, out var entry))
        {
            entry = new TomlEntry(source, part.Name, part.Start, new TomlArray(source, part.Start, isOfTables: true));
            parent.Add(entry);
        }

        if (entry.Value is TomlArray { IsOfTables: true } array)
        {
            var table = new TomlTable(source, part.Start, parent, part.Name, TomlTableOrigin.Header);
            array.Add(table);
            return table;
        }

        Duplicate(part, entry, "a name that is not taken, or an array of tables");
        return null;
    }

    private void Add(TomlTable table, PairSyntax pair)
    {
        foreach (var part in pair.Key.Parts.SkipLast(1))
        {
            if (!table.TryGet(part.Name, out var entry))
            {
                table = NewTable(table, part, TomlTableOrigin.Dotted);
            }
            else if (entry.Value is TomlTable { Origin: TomlTableOrigin.Dotted } found)
            {
                table = found;
            }
            else
            {
                Duplicate(part, entry, "a name that is not taken, or a table made by dotted keys in this section");
                return;
            }
        }

        var last = pair.Key.Parts[^1];
        if (table.TryGet(last.Name, out var taken))
        {
            Duplicate(last, taken, "each key once");
            return;
        }

        table.Add(new TomlEntry(source, last.Name, last.Start, Value(pair.Value, table, last.Name)));
    }

    private TomlValue Value(ValueSyntax syntax, TomlTable parent, string name)
    {
        switch (syntax)
        {
            case ScalarSyntax scalar:
                return new TomlScalar(source, scalar.Start, scalar.Value, scalar.Text);
            case ArraySyntax array:
                var items = new TomlArray(source, array.Start, isOfTables: false);
                foreach (var item in array.Items)
                {
                    items.Add(Value(item, parent, name));
                }

                return items;
            default:
                var table = new TomlTable(source, syntax.Start, parent, name, TomlTableOrigin.Inline);
                foreach (var pair in ((InlineTableSyntax)syntax).Pairs)
                {
                    Add(table, pair);
                }

                Close(table);
                return table;
        }
    }

    /// <summary>Tables that dotted keys made inside braces are as closed as the braces.</summary>
    private static void Close(TomlTable table)
    {
        foreach (var entry in table.Entries)
        {
            if (entry.Value is TomlTable { Origin: TomlTableOrigin.Dotted } inner)
            {
                inner.Origin = TomlTableOrigin.Inline;
                Close(inner);
            }
        }
    }

    private TomlTable NewTable(TomlTable parent, KeyPartSyntax part, TomlTableOrigin origin)
    {
        var table = new TomlTable(source, part.Start, parent, part.Name, origin);
        parent.Add(new TomlEntry(source, part.Name, part.Start, table));
        return table;
    }

    private void Duplicate(KeyPartSyntax part, TomlEntry earlier, string expected)
    {
        if (errors.Count >= TomlLimits.Errors)
        {
            return;
        }

        var position = source.PositionAt(part.Start);
        errors.Add(new TomlError(
            position, $"\"{TomlLiteral.Clip(part.Name)}\" is already {earlier.Value.TypeName} since line {earlier.KeyPosition.Line}; expected {expected}", source.LineAt(part.Start)));
    }
}
