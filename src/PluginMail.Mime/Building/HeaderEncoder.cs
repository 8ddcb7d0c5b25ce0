using System.Buffers;
using System.Text;

namespace PluginMail.Mime;

/// <summary>
/// Writes header fields: folded, ended by CRLF, and with what is no ASCII in encoded words (RFC 2047) or extended parameters (RFC 2231).
/// Line ends and other controls in the given texts never reach the field.
/// </summary>
public static class HeaderEncoder
{
    private const int MaxWord = 900;
    private const int MaxSpaces = 60;

    private static readonly SearchValues<char> AtomOrSpace =
        SearchValues.Create(" !#$%&'*+-/0123456789=?ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz{|}~");

    /// <summary>
    /// A field of free text, such as Subject. Only words that are not printable ASCII are encoded, so a structured value stays readable to
    /// programs. Runs of spaces are kept up to a line's length, those at both ends are not; folding in the value is undone.
    /// </summary>
    public static string Unstructured(string name, string value)
    {
        var folder = new HeaderFolder(name);
        var words = Cleaned(value).Trim(' ', '\t').Split(' ');
        var spaces = "";
        for (var i = 0; i < words.Length;)
        {
            if (words[i].Length == 0 && words.Length > 1)
            {
                spaces += spaces.Length < MaxSpaces ? " " : "";
                i++;
                continue;
            }
            if (NeedsEncoding(words[i]))
            {
                var end = EndOfRun(words, i);
                AddEncoded(folder, string.Join(' ', words[i..end]), spaces);
                i = end;
            }
            else
            {
                folder.Add(spaces + words[i++]);
            }
            spaces = "";
        }
        return folder.ToField();
    }

    /// <summary>Where the words that go into encoded words together end, the spaces between them included.</summary>
    private static int EndOfRun(string[] words, int start)
    {
        var end = start + 1;
        for (var i = end; i < words.Length && (words[i].Length == 0 || NeedsEncoding(words[i])); i++)
        {
            end = words[i].Length == 0 ? end : i + 1;
        }
        return end;
    }

    /// <summary>A field of addresses, groups included.</summary>
    public static string Addresses(string name, IEnumerable<HeaderAddress> addresses)
    {
        var folder = new HeaderFolder(name);
        var isFirst = true;
        foreach (var address in addresses)
        {
            if (!isFirst)
            {
                folder.Join(",");
            }
            AddAddress(folder, address);
            isFirst = false;
        }
        return folder.ToField();
    }

    /// <summary>A field of a value and parameters, such as Content-Type.</summary>
    public static string Parameterized(string name, string value, IEnumerable<MimeParameter> parameters)
    {
        var folder = new HeaderFolder(name).Add(Cleaned(value));
        foreach (var parameter in parameters)
        {
            foreach (var piece in ParameterEncoder.Encode(parameter.Name, parameter.Value))
            {
                folder.Join(";").Add(piece);
            }
        }
        return folder.ToField();
    }

    /// <summary>A field whose value is already in its final form; only line ends that would begin another field are taken out.</summary>
    public static string Raw(string name, string value)
    {
        var folder = new HeaderFolder(name);
        foreach (var word in Cleaned(value).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            folder.Add(word);
        }
        return folder.ToField();
    }

    private static void AddAddress(HeaderFolder folder, HeaderAddress address)
    {
        if (address.Members is not null)
        {
            AddPhrase(folder, string.IsNullOrEmpty(address.DisplayName) ? "group" : address.DisplayName);
            folder.Join(":");
            for (var i = 0; i < address.Members.Count; i++)
            {
                AddAddress(i == 0 ? folder : folder.Join(","), address.Members[i]);
            }
            folder.Join(";");
            return;
        }
        var mailbox = Cleaned(address.Address);
        if (string.IsNullOrEmpty(address.DisplayName))
        {
            folder.Add(mailbox);
            return;
        }
        AddPhrase(folder, address.DisplayName);
        folder.Add($"<{mailbox}>");
    }

    private static void AddPhrase(HeaderFolder folder, string phrase)
    {
        phrase = Cleaned(phrase);
        if (!NeedsEncoding(phrase))
        {
            folder.Add(phrase.AsSpan().IndexOfAnyExcept(AtomOrSpace) < 0 && phrase == phrase.Trim() && !phrase.Contains("  ", StringComparison.Ordinal)
                ? phrase
                : ParameterEncoder.Quote(phrase));
            return;
        }
        AddEncoded(folder, phrase);
    }

    private static void AddEncoded(HeaderFolder folder, string text, string spaces = "")
    {
        foreach (var word in EncodedWordWriter.Encode(text))
        {
            folder.Add(spaces + word);
            spaces = "";
        }
    }

    /// <summary>White space alone would make an empty line when it is folded.</summary>
    private static bool NeedsEncoding(string text)
    {
        if (text.Length > MaxWord || text.Contains("=?", StringComparison.Ordinal))
        {
            return true;
        }
        var isBlank = text.Length > 0;
        foreach (var character in text)
        {
            if (character is (< ' ' or > '~') and not '\t')
            {
                return true;
            }
            isBlank &= character is ' ' or '\t';
        }
        return isBlank;
    }

    /// <summary>Undoes folding, and makes spaces of line ends that are none.</summary>
    private static string Cleaned(string value)
    {
        if (value.AsSpan().IndexOfAny('\r', '\n', '\0') < 0)
        {
            return value;
        }
        return new StringBuilder(value).Replace("\r\n ", " ").Replace("\r\n\t", "\t").Replace("\n ", " ").Replace("\n\t", "\t")
            .Replace("\r\n", " ").Replace('\r', ' ').Replace('\n', ' ').Replace('\0', ' ').ToString();
    }
}
