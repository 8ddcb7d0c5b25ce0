using System.Collections.Frozen;
using System.Text;

namespace PluginMail.Dlp.Text;

/// <summary>
/// The text of Rich Text Format (version 1.9.1): without what control words say, and without the groups that hold no text. Octets are decoded by
/// the charset of their font, \u by itself. One pass, with memory for the open groups and one word.
/// </summary>
internal sealed class RtfText(Stream stream, ITextSink sink, TextBudget budget)
{
    private const int MostGroups = 1000;
    private const int MostFonts = 10_000;
    private const int LongestWord = 32;
    private const int DefaultCodePage = 1252;
    private const int BufferLength = 16 * 1024;

    private static readonly FrozenSet<string> Skipped = new[]
    {
        "colortbl", "stylesheet", "pict", "objdata", "listtable", "listoverridetable", "rsidtbl", "xmlnstbl", "themedata", "colorschememapping",
        "datastore", "latentstyles", "generator", "filetbl", "revtbl", "blipuid", "panose", "mmathPr", "sn", "sv",
    }.ToFrozenSet(StringComparer.Ordinal);

    // Groups that readers may pass over, and that hold text.
    private static readonly FrozenSet<string> Shown =
        new[] { "shpinst", "shptxt", "shppict", "annotation", "atnauthor", "atnid", "fldinst", "ud", "docvar", "footnote", "company", "manager", "category" }.ToFrozenSet(StringComparer.Ordinal);

    private readonly byte[] _buffer = new byte[BufferLength];
    private readonly Stack<Group> _open = new();
    private readonly Dictionary<int, Encoding> _fonts = [];
    private readonly List<byte> _octets = [];
    private int _length;
    private int _at;
    private int _held = -1;
    private Encoding _standard = Page(DefaultCodePage);
    private Group _group = new(IsSkipped: false, IsFontTable: false, Unicode: 1, Font: -1);
    private bool _isOptional;
    private int _replaced;

    /// <summary>Reads the document.</summary>
    public void Read()
    {
        int c;
        while ((c = Next()) >= 0 && !sink.IsFull)
        {
            switch (c)
            {
                case '{':
                    Open();
                    break;
                case '}':
                    Close();
                    break;
                case '\\':
                    TakeControl();
                    break;
                case '\r' or '\n':
                    break;
                default:
                    Take((byte)c);
                    break;
            }
        }

        Flush();
    }

    private void Open()
    {
        Flush();
        if (_open.Count >= MostGroups)
        {
            throw new InvalidDataException("groups within groups");
        }

        // What stands for a character in old readers ends with its group, and where another one begins.
        _replaced = 0;
        _open.Push(_group);
    }

    private void Close()
    {
        Flush();
        _group = _open.TryPop(out var outer) ? outer : _group;
        _isOptional = false;
        _replaced = 0;
    }

    private void TakeControl()
    {
        int c = Next();
        if (!char.IsAsciiLetter((char)Math.Max(c, 0)))
        {
            TakeSymbol(c);
            return;
        }

        Span<char> word = stackalloc char[LongestWord];
        int length = 0;
        for (; c >= 0 && char.IsAsciiLetter((char)c); c = Next())
        {
            if (length < LongestWord)
            {
                word[length++] = (char)c;
            }
        }

        bool isNegative = c == '-';
        c = isNegative ? Next() : c;
        int? value = null;
        for (; c is >= '0' and <= '9'; c = Next())
        {
            value = Math.Min(((value ?? 0) * 10) + c - '0', 100_000_000);
        }

        _held = c == ' ' ? -1 : c;
        Execute(word[..length].ToString(), isNegative ? -value : value);
    }

    private void TakeSymbol(int c)
    {
        switch (c)
        {
            case '\'':
                int high = Digit(Next());
                int low = Digit(Next());
                Take((byte)((high << 4) | low));
                break;
            case '*':
                _isOptional = true;
                break;
            case '\\' or '{' or '}':
                Take((byte)c);
                break;
            case '~':
                Take((byte)' ');
                break;
            case '_':
                Take((byte)'-');
                break;
            case '\r' or '\n':
                Write("\n");
                break;
            default:
                break;
        }
    }

    private void Execute(string word, int? value)
    {
        if (_isOptional)
        {
            _group = _group with { IsSkipped = _group.IsSkipped || !Shown.Contains(word) };
            _isOptional = false;
        }

        switch (word)
        {
            case "fonttbl":
                _group = _group with { IsFontTable = true, IsSkipped = true };
                break;
            case "ansicpg":
                _standard = Page(value ?? DefaultCodePage);
                break;
            case "f" when value is { } font:
                Flush();
                _group = _group with { Font = font };
                break;
            case "fcharset" when _group.IsFontTable && _fonts.Count < MostFonts:
                _fonts[_group.Font] = Page(CodePageOf(value ?? 0));
                break;
            case "uc":
                _group = _group with { Unicode = Math.Clamp(value ?? 1, 0, 100) };
                break;
            case "u" when value is { } code:
                Write([(char)(ushort)code]);
                _replaced = _group.Unicode;
                break;
            case "bin" when value is > 0 and var count:
                Skip(count);
                break;
            case "objdata":
                budget.Report("a document with another one in it that is not read");
                _group = _group with { IsSkipped = true };
                break;
            case "par" or "line" or "tab" or "cell" or "row" or "page" or "sect" or "column" or "nestcell" or "nestrow":
                Write("\n");
                break;
            case "emdash" or "endash" or "bullet" or "emspace" or "enspace" or "qmspace":
                Write(" ");
                break;
            case "lquote" or "rquote":
                Write("'");
                break;
            default:
                _group = Skipped.Contains(word) ? _group with { IsSkipped = true } : _group;
                break;
        }
    }

    private void Take(byte octet)
    {
        if (_replaced > 0)
        {
            _replaced--;
        }
        else if (!_group.IsSkipped)
        {
            _octets.Add(octet);
            if (_octets.Count == BufferLength)
            {
                Flush();
            }
        }
    }

    private void Write(ReadOnlySpan<char> text)
    {
        Flush();
        sink.Write(_group.IsSkipped ? default : text);
    }

    private void Flush()
    {
        if (_octets.Count > 0)
        {
            sink.Write(_fonts.GetValueOrDefault(_group.Font, _standard).GetString([.. _octets]));
            _octets.Clear();
        }
    }

    private void Skip(int count)
    {
        while (count-- > 0 && Next() >= 0)
        {
        }
    }

    private int Next()
    {
        if (_held >= 0)
        {
            int held = _held;
            _held = -1;
            return held;
        }

        if (_at == _length)
        {
            _at = 0;
            _length = budget.IsInTime() ? stream.Read(_buffer, 0, _buffer.Length) : 0;
            if (_length == 0)
            {
                return -1;
            }
        }

        return _buffer[_at++];
    }

    private static int Digit(int c) => c >= 0 && char.IsAsciiHexDigit((char)c) ? (c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10) : 0;

    private static Encoding Page(int number)
    {
        try
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(number) ?? Encoding.GetEncoding(number);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return Encoding.Latin1;
        }
    }

    private static int CodePageOf(int charset) => charset switch
    {
        77 => 10000,
        128 => 932,
        129 => 949,
        130 => 1361,
        134 => 936,
        136 => 950,
        161 => 1253,
        162 => 1254,
        163 => 1258,
        177 => 1255,
        178 => 1256,
        186 => 1257,
        204 => 1251,
        222 => 874,
        238 => 1250,
        255 => 437,
        _ => DefaultCodePage,
    };

    private readonly record struct Group(bool IsSkipped, bool IsFontTable, int Unicode, int Font);
}
