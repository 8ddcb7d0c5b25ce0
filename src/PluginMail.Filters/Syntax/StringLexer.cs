using System.Buffers;
using System.Text;
using PluginMail.Filters.Checking;

namespace PluginMail.Filters.Syntax;

/// <summary>The string tokens of RFC 5228 section 8.1: quoted-string and multi-line.</summary>
internal sealed class StringLexer(ScriptCursor cursor, SourceText text, SyntaxLimits limits, DiagnosticBag diagnostics)
{
    private const int LongestTypographic = 256;
    private bool _hasUnterminated;

    /// <summary>quoted-string.</summary>
    public Token Quoted()
    {
        var start = cursor.At++;
        var plain = cursor.Rest.IndexOfAny("\"\\\0"u8);
        if (plain >= 0 && cursor.Rest[plain] == '"')
        {
            // Most strings have no backslash: they are a piece of the script.
            cursor.At += plain + 1;
            return StringToken(start, text.Memory.Slice(start + 1, plain));
        }

        var value = new ArrayBufferWriter<byte>();
        while (true)
        {
            var stop = cursor.Rest.IndexOfAny("\"\\\0"u8);
            if (stop < 0)
            {
                value.Write(cursor.Rest);
                cursor.At = text.Length;
                return Unterminated(start);
            }

            value.Write(cursor.Rest[..stop]);
            cursor.At += stop;
            switch (cursor.Current)
            {
                case '"':
                    cursor.At++;
                    return StringToken(start, value.WrittenMemory);
                case '\\' when cursor.At + 1 < text.Length:
                    ReportDroppedBackslash();
                    value.Write(text.Octets.Slice(cursor.At + 1, 1));
                    cursor.At += 2;
                    break;
                case '\\':
                    cursor.At++;
                    return Unterminated(start);
                default:
                    cursor.SkipNul();
                    break;
            }
        }
    }

    /// <summary>A backslash before an ordinary character is dropped (RFC 5228 2.4.2), which patterns rarely mean.</summary>
    private void ReportDroppedBackslash()
    {
        var next = text.Octets[cursor.At + 1];
        if (next is not ((byte)'"' or (byte)'\\') and > 0x20 and < 0x7F)
        {
            diagnostics.Add(
                FilterCodes.DroppedBackslash, new(cursor.At, 2), $"The backslash in `\\{(char)next}` is dropped; two backslashes stand for one.",
                TextEdit.Insert(cursor.At, "\\", "write two backslashes"));
        }
    }

    /// <summary>
    /// A string that never ends: it is taken to end with its first line, so that the rest is still checked. A second one takes
    /// all the rest, so that no script is read again and again.
    /// </summary>
    private Token Unterminated(int start)
    {
        var line = _hasUnterminated ? -1 : text.Octets[start..].IndexOfAny((byte)'\r', (byte)'\n');
        _hasUnterminated = true;
        cursor.At = line < 0 ? text.Length : start + line;
        diagnostics.Add(FilterCodes.UnterminatedString, new(start, 1), "This string is never closed with a double quote.");
        return new(TokenKind.String, SourceSpan.Between(start, cursor.At), Value: text.Octets[(start + 1)..cursor.At].ToArray()) { IsBroken = true };
    }

    /// <summary>A string in quotes that word processors make: reported, with the repair, and taken as meant.</summary>
    public bool TryTypographic(out Token token)
    {
        token = default;
        if (cursor.Rest[0] != '\'' && !cursor.Rest.StartsWith("“"u8) && !cursor.Rest.StartsWith("„"u8) && !cursor.Rest.StartsWith("”"u8) && !cursor.Rest.StartsWith("‘"u8))
        {
            return false;
        }

        var open = Math.Min(cursor.Rest[0] == '\'' ? 1 : 3, cursor.Rest.Length);
        var line = cursor.Rest[open..Math.Min(cursor.Rest.Length, LongestTypographic)];
        var lineEnd = line.IndexOf((byte)'\n');
        line = lineEnd < 0 ? line : line[..lineEnd];
        var close = open == 1 ? line.IndexOf((byte)'\'') : TypographicClose(line);
        if (close < 0)
        {
            return false;
        }

        var span = new SourceSpan(cursor.At, open + close + open);
        var value = line[..close].ToArray();
        var written = Encoding.UTF8.GetString(value).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
        diagnostics.Add(
            FilterCodes.UnexpectedCharacter, span, "A string stands in straight double quotes.",
            TextEdit.Replace(span, $"\"{written}\"", "write straight double quotes"));
        cursor.At = span.End;
        token = new(TokenKind.String, span, Value: value);
        return true;
    }

    private static int TypographicClose(ReadOnlySpan<byte> line)
    {
        for (var at = 0; at + 3 <= line.Length; at++)
        {
            if (line[at..].StartsWith("”"u8) || line[at..].StartsWith("“"u8) || line[at..].StartsWith("’"u8))
            {
                return at;
            }
        }

        return -1;
    }

    /// <summary>Whether "text:" and a line end follow.</summary>
    public bool IsMultiLineAhead()
    {
        if (cursor.Rest.Length < 5 || cursor.Rest[4] != ':' || !Ascii.EqualsIgnoreCase(cursor.Rest[..4], "text"u8))
        {
            return false;
        }

        var after = cursor.Rest[5..].TrimStart(" \t\r"u8);
        return after.IsEmpty || after[0] is (byte)'\n' or (byte)'#';
    }

    /// <summary>multi-line; its line ends become CRLF.</summary>
    public Token MultiLine()
    {
        var start = cursor.At;
        cursor.At += 5;
        cursor.At = cursor.NextLine(cursor.At);
        var value = new ArrayBufferWriter<byte>();
        while (cursor.At < text.Length)
        {
            var end = cursor.NextLine(cursor.At);
            var line = text.Octets[cursor.At..end].TrimEnd("\r\n"u8);
            if (line.SequenceEqual("."u8))
            {
                cursor.At += 1;
                var token = StringToken(start, value.WrittenMemory);
                cursor.At = end;
                return token;
            }

            if (line.Contains((byte)0))
            {
                cursor.At += line.IndexOf((byte)0);
                cursor.SkipNul();
            }

            value.Write(line.StartsWith(".."u8) ? line[1..] : line);
            value.Write("\r\n"u8);
            cursor.At = end;
        }

        diagnostics.Add(FilterCodes.UnterminatedText, new(start, 5), "This text is never closed by a line that holds a single dot.");
        return StringToken(start, value.WrittenMemory) with { IsBroken = true };
    }

    private Token StringToken(int start, ReadOnlyMemory<byte> value)
    {
        var span = SourceSpan.Between(start, cursor.At);
        if (value.Length > limits.StringOctets)
        {
            diagnostics.Add(FilterCodes.StringTooLong, span, $"This string has {value.Length} octets; the limit is {limits.StringOctets}.");
            value = ReadOnlyMemory<byte>.Empty;
        }

        return new(TokenKind.String, span, Value: value);
    }
}
