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

    private static readonly SearchValues<char> AtomOrSpace =
        SearchValues.Create(" !#$%&'*+-/0123456789=?ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz{|}~");

    /// <summary>A field of free text, such as Subject.</summary>
    public static string Unstructured(string name, string value)
    {
        var folder = new HeaderFolder(name);
        var words = Cleaned(value).Split(' ');
        var encodeAll = words.Length > 1 && words.Contains("");
        for (var i = 0; i < words.Length;)
        {
            if (!encodeAll && !NeedsEncoding(words[i]))
            {
                folder.Add(words[i++]);
                continue;
            }
            var start = i;
            while (i < words.Length && (encodeAll || NeedsEncoding(words[i])))
            {
                i++;
            }
            AddEncoded(folder, string.Join(' ', words[start..i]));
        }
        return folder.ToField();
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
        if (!NeedsEncoding(phrase, allowSpace: true))
        {
            folder.Add(phrase.AsSpan().IndexOfAnyExcept(AtomOrSpace) < 0 && phrase == phrase.Trim() && !phrase.Contains("  ", StringComparison.Ordinal)
                ? phrase
                : ParameterEncoder.Quote(phrase));
            return;
        }
        AddEncoded(folder, phrase);
    }

    private static void AddEncoded(HeaderFolder folder, string text)
    {
        foreach (var word in EncodedWordWriter.Encode(text))
        {
            folder.Add(word);
        }
    }

    private static bool NeedsEncoding(string word, bool allowSpace = false) =>
        word.Length > MaxWord
        || word.AsSpan().IndexOfAnyExceptInRange(allowSpace ? ' ' : '!', '~') >= 0
        || word.Contains("=?", StringComparison.Ordinal);

    private static string Cleaned(string value)
    {
        if (value.AsSpan().IndexOfAny('\r', '\n', '\0') < 0)
        {
            return value;
        }
        return new StringBuilder(value).Replace("\r\n", " ").Replace('\r', ' ').Replace('\n', ' ').Replace('\0', ' ').ToString();
    }
}
