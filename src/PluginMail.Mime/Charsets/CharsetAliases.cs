using System.Collections.Frozen;

namespace PluginMail.Mime;

/// <summary>Charset names as mail carries them, mapped to names that the framework knows (or to their superset in common use).</summary>
internal static class CharsetAliases
{
    public static FrozenDictionary<string, string> All { get; } = Build();

    private static FrozenDictionary<string, string> Build()
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        Add(names, "utf-8", "utf8", "unicode-1-1-utf-8", "x-utf-8", "utf-8mb4", "utf8mb4", "cp65001");
        Add(names, "utf-7", "unicode-1-1-utf-7", "x-unicode-1-1-utf-7", "csunicode11utf7", "utf7");
        Add(names, "utf-16", "utf16", "ucs-2", "iso-10646-ucs-2", "unicode");
        Add(names, "windows-1252", "cp1252", "cp-1252", "x-ansi", "ansi", "latin1", "latin-1", "l1", "iso-8859-1", "iso8859-1", "iso_8859-1",
            "iso88591", "iso-88591", "8859-1", "cp819", "ibm819", "win-1252", "iso-8859-1:1987", "iso_8859-1:1987");
        Add(names, "us-ascii", "ascii", "ansi_x3.4-1968", "iso-646-us", "us_ascii", "usascii", "646", "unknown-8bit", "x-unknown", "default");
        for (var page = 1250; page <= 1258; page++)
        {
            if (page != 1252)
            {
                Add(names, $"windows-{page}", $"cp{page}", $"cp-{page}", $"win-{page}", $"x-cp{page}", $"windows{page}");
            }
        }
        foreach (var part in (ReadOnlySpan<int>)[2, 3, 4, 5, 6, 7, 8, 9, 13, 15])
        {
            Add(names, $"iso-8859-{part}", $"iso8859-{part}", $"iso_8859-{part}", $"iso-8859{part}", $"8859-{part}");
        }
        Add(names, "iso-8859-2", "latin2", "latin-2");
        Add(names, "iso-8859-9", "latin5", "latin-5");
        Add(names, "iso-8859-15", "latin9", "latin-9");
        Add(names, "iso-8859-8", "iso-8859-8-i", "iso-8859-8-e", "logical", "visual");
        Add(names, "windows-874", "iso-8859-11", "tis-620", "tis620", "cp874", "x-cp874");
        Add(names, "koi8-r", "koi8", "koi", "koi8r", "cskoi8r");
        Add(names, "koi8-u", "koi8-ru", "koi8u");
        Add(names, "gb18030", "gb2312", "gbk", "gb_2312-80", "x-gbk", "cp936", "ms936", "windows-936", "euc-cn", "x-euc-cn", "chinese", "gb-2312");
        Add(names, "big5", "big5-hkscs", "big-5", "x-x-big5", "cp950", "cn-big5", "x-big5");
        Add(names, "shift_jis", "x-sjis", "sjis", "shift-jis", "shiftjis", "cp932", "ms932", "windows-31j", "ms_kanji", "x-ms-cp932");
        Add(names, "euc-jp", "x-euc-jp", "x-euc", "eucjp", "ujis");
        Add(names, "iso-2022-jp", "iso-2022-jp-1", "iso-2022-jp-2", "iso-2022-jp-3", "iso-2022-jp-ms", "cp50220", "cp50221", "jis", "csiso2022jp");
        Add(names, "ks_c_5601-1987", "ks_c_5601", "ksc5601", "ks_c_5601-1989", "ksc_5601", "korean", "euc-kr", "euckr", "cp949", "uhc",
            "windows-949", "x-windows-949", "ks-c-5601-1987");
        Add(names, "macintosh", "mac", "x-mac-roman", "macroman");
        return names.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static void Add(Dictionary<string, string> names, string canonical, params ReadOnlySpan<string> aliases)
    {
        foreach (var alias in aliases)
        {
            names[alias] = canonical;
        }
    }
}
