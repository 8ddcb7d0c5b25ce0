using System.Collections.Frozen;
using System.Net;
using System.Text;

namespace PluginMail.Dlp.Text;

/// <summary>
/// One character reference of HTML (HTML Living Standard, 13.2.5.72 and on): by a number of any length, with a semicolon or without; by a name of
/// HTML 4; and by those names of HTML 5 that are blank, not seen, punctuation of ASCII, or ligatures.
/// </summary>
internal sealed class HtmlEntity
{
    private const int LongestName = 32;
    private const int LongestOldName = 6;
    private const int None = -1;
    private const int TooLarge = 0x110000;

    private static readonly FrozenDictionary<string, string> Names = new (string Name, string Text)[]
    {
        ("Tab", "\t"), ("NewLine", "\n"), ("NonBreakingSpace", "\u00A0"), ("emsp13", "\u2004"), ("emsp14", "\u2005"), ("numsp", "\u2007"),
        ("puncsp", "\u2008"), ("ThinSpace", "\u2009"), ("hairsp", "\u200A"), ("VeryThinSpace", "\u200A"), ("MediumSpace", "\u205F"),
        ("ThickSpace", "\u205F\u200A"), ("ZeroWidthSpace", "\u200B"), ("NegativeThinSpace", "\u200B"), ("NegativeMediumSpace", "\u200B"),
        ("NegativeThickSpace", "\u200B"), ("NegativeVeryThinSpace", "\u200B"), ("NoBreak", "\u2060"), ("af", "\u2061"), ("ApplyFunction", "\u2061"),
        ("it", "\u2062"), ("InvisibleTimes", "\u2062"), ("ic", "\u2063"), ("InvisibleComma", "\u2063"), ("hyphen", "\u2010"), ("dash", "\u2010"),
        ("excl", "!"), ("num", "#"), ("dollar", "$"), ("percnt", "%"), ("lpar", "("), ("rpar", ")"), ("ast", "*"), ("midast", "*"), ("plus", "+"),
        ("comma", ","), ("period", "."), ("sol", "/"), ("colon", ":"), ("semi", ";"), ("equals", "="), ("quest", "?"), ("commat", "@"), ("lsqb", "["),
        ("lbrack", "["), ("bsol", "\\"), ("rsqb", "]"), ("rbrack", "]"), ("Hat", "^"), ("lowbar", "_"), ("UnderBar", "_"), ("grave", "`"),
        ("DiacriticalGrave", "`"), ("lcub", "{"), ("lbrace", "{"), ("verbar", "|"), ("vert", "|"), ("VerticalLine", "|"), ("rcub", "}"), ("rbrace", "}"),
        ("fflig", "ff"), ("filig", "fi"), ("fllig", "fl"), ("ffilig", "ffi"), ("ffllig", "ffl"), ("fjlig", "fj"), ("imath", "\u0131"), ("inodot", "\u0131"),
        ("AMP", "&"), ("LT", "<"), ("GT", ">"), ("QUOT", "\""), ("COPY", "\u00A9"), ("REG", "\u00AE"),
    }.ToFrozenDictionary(entity => entity.Name, entity => entity.Text, StringComparer.Ordinal);

    private readonly char[] _name = new char[LongestName];
    private int _length;
    private int _number;
    private bool _isNumber;
    private bool _isHex;

    /// <summary>An ampersand was met.</summary>
    public void Start() => (_length, _number, _isNumber, _isHex) = (0, None, false, false);

    /// <summary>Takes what follows it.</summary>
    /// <returns>Whether it belongs to the reference; it ends before what does not.</returns>
    public bool Take(char c)
    {
        if (_isNumber && _number == None && !_isHex && c is 'x' or 'X')
        {
            _isHex = true;
        }
        else if (_isNumber)
        {
            bool isDigit = _isHex ? char.IsAsciiHexDigit(c) : char.IsAsciiDigit(c);
            int digit = c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
            _number = isDigit ? Math.Min((Math.Max(_number, 0) * (_isHex ? 16 : 10)) + digit, TooLarge) : _number;
            return isDigit;
        }
        else if (_length == 0 && c == '#')
        {
            _isNumber = true;
        }
        else if (_length < LongestName && char.IsAsciiLetterOrDigit(c))
        {
            _name[_length++] = c;
        }
        else
        {
            return false;
        }

        return true;
    }

    /// <summary>What the reference stands for; itself where that is nothing.</summary>
    /// <param name="end">What it ended before; a semicolon is a part of it.</param>
    public string Finish(char end)
    {
        string semicolon = end == ';' ? ";" : "";
        if (_isNumber)
        {
            return _number == None ? $"&#{(_isHex ? "x" : "")}{semicolon}" : Character(_number);
        }

        string name = new(_name, 0, _length);
        if (end == ';' && Meaning(name) is { } whole)
        {
            return whole;
        }

        // Names of Latin letters need no semicolon; the longest one counts.
        for (int length = Math.Min(name.Length, LongestOldName); length > 1; length--)
        {
            if (IsOld(name[..length], out string meaning))
            {
                return meaning + name[length..] + semicolon;
            }
        }

        return $"&{name}{semicolon}";
    }

    private static bool IsOld(string name, out string meaning)
    {
        meaning = Meaning(name) ?? "";
        return meaning is [<= '\u00FF'] && (!Names.ContainsKey(name) || name is "AMP" or "LT" or "GT" or "QUOT" or "COPY" or "REG") && name != "apos";
    }

    private static string? Meaning(string name)
    {
        if (Names.TryGetValue(name, out string? text))
        {
            return text;
        }

        string entity = $"&{name};";
        string decoded = WebUtility.HtmlDecode(entity);
        return decoded == entity ? null : decoded;
    }

    // Numbers of control characters mean those of Windows-1252 (13.2.5.80).
    private static string Character(int number) => number switch
    {
        >= 0x80 and < 0xA0 => (CodePagesEncodingProvider.Instance.GetEncoding(1252) ?? Encoding.Latin1).GetString([(byte)number]),
        0 or >= 0xD800 and < 0xE000 or >= TooLarge => "\uFFFD",
        _ => char.ConvertFromUtf32(number),
    };
}
