using System.Text;
using PluginMail.Filters.Checking;
using PluginMail.Filters.Syntax;

namespace PluginMail.Filters.Editing;

/// <summary>
/// Lays a script out anew: white space changes and nothing else. Every token and comment stays octet for octet, so that
/// markers of script clients such as "# rule:[name]" are found again. Lines that were broken inside of lists and blocks stay
/// broken, blocks written on one line stay on one.
/// </summary>
public static class ScriptFormatter
{
    /// <summary>The script laid out, or null where it has errors of form and is better left alone.</summary>
    public static byte[]? Format(SourceText text, SyntaxLimits? limits = null)
    {
        limits ??= SyntaxLimits.Default;
        var faults = new DiagnosticBag(limits.Diagnostics);
        _ = Parser.Parse(text, limits, faults);
        return faults.HasErrors ? null : new Layout(text, Items(text, limits)).Write();
    }

    private static List<Item> Items(SourceText text, SyntaxLimits limits)
    {
        var lexer = new Lexer(text, limits, new DiagnosticBag(limits.Diagnostics));
        var items = new List<Item>();
        for (var token = lexer.Next(); token.Kind != TokenKind.EndOfScript; token = lexer.Next())
        {
            items.Add(new(token.Kind, token.Span, token.Text));
        }

        items.AddRange(lexer.Comments.Select(comment => new Item(null, comment.Span, "")));
        items.Sort(static (left, right) => left.Span.Start.CompareTo(right.Span.Start));
        return items;
    }

    /// <summary>A token, or a comment where the kind is null.</summary>
    private readonly record struct Item(TokenKind? Kind, SourceSpan Span, string Word);

    private sealed class Layout(SourceText text, List<Item> items)
    {
        private readonly StringBuilder _output = new();
        private readonly string _lineEnd = text.Octets.IndexOf("\r\n"u8) >= 0 ? "\r\n" : "\n";
        private readonly Stack<bool> _blocksOnOneLine = new();
        private int _lists;
        private bool _inStatement;

        public byte[] Write()
        {
            for (var i = 0; i < items.Count; i++)
            {
                Close(items[i]);
                if (i > 0)
                {
                    Separate(items[i - 1], items[i]);
                }

                _output.Append(text.Slice(items[i].Span));
                Open(i);
            }

            if (items.Count > 0)
            {
                _output.Append(_lineEnd);
            }

            return Encoding.UTF8.GetBytes(_output.ToString());
        }

        private void Close(Item item)
        {
            if (item.Kind is TokenKind.CloseParenthesis or TokenKind.CloseBracket)
            {
                _lists--;
            }
        }

        private void Open(int index)
        {
            switch (items[index].Kind)
            {
                case TokenKind.OpenParenthesis or TokenKind.OpenBracket:
                    _lists++;
                    break;
                case TokenKind.OpenBrace:
                    _blocksOnOneLine.Push(IsOnOneLine(index));
                    break;
            }
        }

        private bool IsOnOneLine(int open)
        {
            var depth = 0;
            for (var i = open; i < items.Count; i++)
            {
                depth += items[i].Kind switch { TokenKind.OpenBrace => 1, TokenKind.CloseBrace => -1, _ => 0 };
                if (i > open && Breaks(items[i - 1].Span.End, items[i].Span.Start) > 0)
                {
                    return false;
                }

                if (depth == 0)
                {
                    return true;
                }
            }

            return false;
        }

        private void Separate(Item before, Item item)
        {
            var breaks = Breaks(before.Span.End, item.Span.Start);
            var isOnOneLine = _blocksOnOneLine.TryPeek(out var block) && block;
            var closes = item.Kind == TokenKind.CloseBrace && _blocksOnOneLine.TryPop(out _);
            var endsStatement = before.Kind is TokenKind.Semicolon or TokenKind.OpenBrace or TokenKind.CloseBrace;
            var goesOn = item is { Kind: TokenKind.Identifier, Word: "elsif" or "else" } && before.Kind == TokenKind.CloseBrace;
            if (breaks == 0 && !IsHashComment(before) && (item.Kind is null || goesOn))
            {
                _output.Append(' ');
            }
            else if (IsHashComment(before) || IsMultiLine(before) || ((closes || endsStatement) && !isOnOneLine) || (breaks > 0 && KeepsBreak(before, item)))
            {
                Break(before, item, breaks);
            }
            else
            {
                _output.Append(IsTight(before, item) ? "" : " ");
            }

            _inStatement = before.Kind is null ? _inStatement : !endsStatement;
        }

        private void Break(Item before, Item item, int breaks)
        {
            var inStatement = before.Kind is null ? _inStatement : before.Kind is not (TokenKind.Semicolon or TokenKind.OpenBrace or TokenKind.CloseBrace);
            var keepsBlankLine = !inStatement && breaks > 1 && before.Kind != TokenKind.OpenBrace && item.Kind != TokenKind.CloseBrace;
            _output.Append(_lineEnd).Append(keepsBlankLine ? _lineEnd : "");
            var isIndented = inStatement && item.Kind is not (TokenKind.Semicolon or TokenKind.OpenBrace or TokenKind.CloseBrace);
            _output.Append(' ', 4 * (_blocksOnOneLine.Count + (isIndented ? Math.Max(_lists, 1) : 0)));
        }

        private bool KeepsBreak(Item before, Item item) =>
            item.Kind is null || before.Kind is null || _lists > 0 || IsContinuation(before, item);

        /// <summary>A statement that went on in the next line, a brace excepted: that follows its test.</summary>
        private static bool IsContinuation(Item before, Item item) =>
            before.Kind is not (TokenKind.Semicolon or TokenKind.OpenBrace or TokenKind.CloseBrace)
            && item.Kind is not (TokenKind.OpenBrace or TokenKind.Semicolon or TokenKind.Comma);

        private static bool IsTight(Item before, Item item) =>
            item.Kind is TokenKind.Semicolon or TokenKind.Comma or TokenKind.CloseParenthesis or TokenKind.CloseBracket
            || before.Kind is TokenKind.OpenParenthesis or TokenKind.OpenBracket;

        private bool IsHashComment(Item item) => item.Kind is null && text.Octets[item.Span.Start] == '#';

        /// <summary>The final dot of a multi-line string stands alone in its line.</summary>
        private bool IsMultiLine(Item item) => item.Kind == TokenKind.String && text.Octets[item.Span.Start] != '"';

        private int Breaks(int start, int end) => text.Octets[start..end].Count((byte)'\n');
    }
}
