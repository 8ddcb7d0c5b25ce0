using System.Text;

namespace PluginMail.Configuration.Toml;

/// <summary>
/// Edits a document and keeps everything else octet for octet: comments, blank lines, order, formatting, line ends.
/// Tables are addressed by their header; keys inside inline tables and dotted keys are not taken apart.
/// </summary>
public static partial class TomlEditor
{
    /// <summary>
    /// Gives a key a value: replaces it where it stands, otherwise adds a line behind the last key of the table, otherwise adds the table
    /// at the document's end.
    /// </summary>
    /// <param name="document">A document without errors.</param>
    /// <param name="table">The table's name in parts; empty for the root.</param>
    /// <param name="key">The key, without quotes.</param>
    /// <param name="value">What <see cref="TomlLiteral.Value"/> takes.</param>
    /// <returns>The new document; it has <see cref="TomlDocument.Errors"/> where the key or the table cannot be had there.</returns>
    public static TomlDocument Set(TomlDocument document, IReadOnlyList<string> table, string key, object value)
    {
        string text = document.ToString();
        string literal = TomlLiteral.Value(value);
        var section = Section.Find(document, table);
        if (section?.Line(key) is { } line)
        {
            return TomlDocument.Parse(Replace(text, line.Pair.Value.Start, line.Pair.Value.End, literal));
        }

        string newline = text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
        string added = $"{section?.Indentation}{TomlLiteral.Key(key)} = {literal}{newline}";
        if (section is not null)
        {
            return TomlDocument.Parse(InsertLine(text, section.InsertAt, added, newline));
        }

        string header = $"[{string.Join('.', table.Select(TomlLiteral.Key))}]{newline}";
        string gap = text.Length == 0 ? "" : newline;
        return TomlDocument.Parse(InsertLine(text, text.Length, gap + header + added, newline));
    }

    /// <summary>Takes a key's line away, with the comment that stands in it; a key that is not there changes nothing.</summary>
    /// <param name="document">A document without errors.</param>
    /// <param name="table">The table's name in parts; empty for the root.</param>
    /// <param name="key">The key, without quotes.</param>
    public static TomlDocument Remove(TomlDocument document, IReadOnlyList<string> table, string key)
    {
        if (Section.Find(document, table)?.Line(key) is not { } line)
        {
            return document;
        }

        // A byte order mark belongs to the document, not to its first line.
        bool hasMark = line.Children[0] is TomlToken { Kind: TomlTokenKind.ByteOrderMark };
        return TomlDocument.Parse(Replace(document.ToString(), hasMark ? line.Start + 1 : line.Start, line.End, ""));
    }

    private static string Replace(string text, int start, int end, string with) =>
        new StringBuilder(text.Length + with.Length).Append(text, 0, start).Append(with).Append(text, end, text.Length - end).ToString();

    private static string InsertLine(string text, int at, string line, string newline)
    {
        bool unended = at > 0 && text[at - 1] != '\n' && !(at == 1 && text[0] == '\uFEFF');
        return Replace(text, at, at, unended ? newline + line : line);
    }

    /// <summary>The lines of one table, from its header to the next.</summary>
    private sealed class Section
    {
        private readonly List<KeyValueSyntax> _lines = [];

        private Section(int insertAt) => InsertAt = insertAt;

        /// <summary>Behind the last key, or behind the header.</summary>
        internal int InsertAt { get; private set; }

        /// <summary>The white space before the last key.</summary>
        internal string Indentation =>
            _lines.Count > 0 && _lines[^1].Children[0] is TomlToken { Kind: TomlTokenKind.Whitespace } token ? token.Text : "";

        internal static Section? Find(TomlDocument document, IReadOnlyList<string> table)
        {
            var first = document.Expressions.Count > 0 ? document.Expressions[0] : null;
            bool hasMark = first?.Children[0] is TomlToken { Kind: TomlTokenKind.ByteOrderMark };
            var section = table.Count == 0 ? new Section(hasMark ? 1 : 0) : null;
            foreach (var expression in document.Expressions)
            {
                if (expression is TableHeaderSyntax header)
                {
                    if (section is not null)
                    {
                        break;
                    }

                    section = !header.IsArrayItem && header.Key.Parts.Select(static p => p.Name).SequenceEqual(table, StringComparer.Ordinal)
                        ? new Section(header.End)
                        : null;
                }
                else if (expression is KeyValueSyntax line && section is not null)
                {
                    section._lines.Add(line);
                    section.InsertAt = line.End;
                }
            }

            return section;
        }

        internal KeyValueSyntax? Line(string key) => _lines.Find(l => l.Pair.Key.Parts.Count == 1 && l.Pair.Key.Parts[0].Name == key);
    }
}
