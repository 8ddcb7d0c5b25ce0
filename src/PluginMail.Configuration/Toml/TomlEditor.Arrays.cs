namespace PluginMail.Configuration.Toml;

/// <content>Items of arrays, with the comments beside them.</content>
public static partial class TomlEditor
{
    /// <summary>
    /// Adds an item at the end of an array: on a line of its own where the last one has that, otherwise behind it. A key or table that is
    /// missing is added as <see cref="Set"/> does.
    /// </summary>
    /// <param name="document">A document without errors.</param>
    /// <param name="table">The table's name in parts; empty for the root.</param>
    /// <param name="key">The key, without quotes.</param>
    /// <param name="item">What <see cref="TomlLiteral.Value"/> takes.</param>
    /// <returns>The new document; it has <see cref="TomlDocument.Errors"/> where the array cannot be had there.</returns>
    public static TomlDocument AddItem(TomlDocument document, IReadOnlyList<string> table, string key, object item)
    {
        if (FindArray(document, table, key) is not { } array)
        {
            return Set(document, table, key, new[] { item });
        }

        string text = document.ToString();
        string literal = TomlLiteral.Value(item);
        if (array.Items.Count == 0)
        {
            return TomlDocument.Parse(Replace(text, array.Start + 1, array.Start + 1, literal));
        }

        int last = array.Items[^1].End;
        var comma = array.Children.OfType<TomlToken>().FirstOrDefault(token => token.Start >= last && token is { Kind: TomlTokenKind.Punctuation, Text: "," });
        if (LineStart(text, array, array.Items[^1]) is not { } line)
        {
            return TomlDocument.Parse(Replace(text, last, last, $", {literal}"));
        }

        // Behind the comment that stands beside the last item, or before the bracket where nothing parts them.
        int end = array.Children.OfType<TomlToken>().First(token => token.Start >= last && (token.Kind == TomlTokenKind.Newline || token.Text == "]")).Start;
        string newline = text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
        string added = $"{newline}{text[line..array.Items[^1].Start]}{literal}{(comma is null ? "" : ",")}";
        text = Replace(text, end, end, added);
        return TomlDocument.Parse(comma is null ? Replace(text, last, last, ",") : text);
    }

    /// <summary>Takes the items of an array away that are a text, each with its line and the comment in it where it has a line of its own.</summary>
    /// <param name="document">A document without errors.</param>
    /// <param name="table">The table's name in parts; empty for the root.</param>
    /// <param name="key">The key, without quotes.</param>
    /// <param name="item">The text; the case of its letters counts.</param>
    /// <returns>The new document; the same where there is no such item.</returns>
    public static TomlDocument RemoveItem(TomlDocument document, IReadOnlyList<string> table, string key, string item)
    {
        while (FindArray(document, table, key) is { } array
            && array.Items.FirstOrDefault(value => value is ScalarSyntax { Value: string text } && text == item) is { } found)
        {
            document = TomlDocument.Parse(Without(document.ToString(), array, found));
        }

        return document;
    }

    private static string Without(string text, ArraySyntax array, ValueSyntax item)
    {
        TomlToken[] after = [.. array.Children.OfType<TomlToken>().Where(token => token.Start >= item.End)];
        var next = array.Items.FirstOrDefault(value => value.Start >= item.End);
        int comma = after.TakeWhile(token => next is null || token.Start < next.Start).FirstOrDefault(token => token.Text == ",")?.End ?? item.End;
        var stop = after.FirstOrDefault(token => token.Start >= comma && token.Kind is not (TomlTokenKind.Whitespace or TomlTokenKind.Comment));
        if (LineStart(text, array, item) is { } line && stop is { Kind: TomlTokenKind.Newline } && (next is null || next.Start > stop.Start))
        {
            return Replace(text, line, stop.End, "");
        }

        if (next is not null)
        {
            bool isPlain = after.All(token => token.Start >= next.Start || token.Kind is TomlTokenKind.Whitespace or TomlTokenKind.Punctuation);
            return Replace(text, item.Start, isPlain ? next.Start : comma, "");
        }

        // The comma before a last item may stay: TOML allows one there.
        var before = array.Items.LastOrDefault(value => value.End <= item.Start);
        bool isBeside = before is not null && array.Children.OfType<TomlToken>()
            .All(token => token.Start < before.End || token.Start >= item.Start || token.Kind is TomlTokenKind.Whitespace or TomlTokenKind.Punctuation);
        return Replace(text, isBeside ? before!.End : item.Start, isBeside ? item.End : comma, "");
    }

    /// <summary>Where the line of an item begins; null where something but white space stands before it in that line.</summary>
    private static int? LineStart(string text, ArraySyntax array, ValueSyntax item)
    {
        int start = item.Start;
        while (start > array.Start + 1 && text[start - 1] is ' ' or '\t')
        {
            start--;
        }

        return text[start - 1] == '\n' ? start : null;
    }

    private static ArraySyntax? FindArray(TomlDocument document, IReadOnlyList<string> table, string key) =>
        Section.Find(document, table)?.Line(key)?.Pair.Value as ArraySyntax;
}
