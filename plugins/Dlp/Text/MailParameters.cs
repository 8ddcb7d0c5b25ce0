using System.Globalization;
using System.Text;

namespace PluginMail.Dlp.Text;

/// <summary>The parameters of a field like Content-Type (RFC 2045 section 5.1), continued and encoded ones (RFC 2231) too.</summary>
internal static class MailParameters
{
    private const int MostPieces = 1000;

    /// <summary>A parameter's value; null where there is none.</summary>
    public static string? Find(string field, string name) => Of(field).Find(parameter => parameter.Name == name).Value;

    /// <summary>What stands before the parameters, by the empty name, and all parameters, by names in lower case.</summary>
    public static List<(string Name, string Value)> Of(string field)
    {
        List<(string Name, string Value)> found = [];
        Dictionary<string, SortedDictionary<int, (bool IsEncoded, string Text)>> pieces = new(StringComparer.Ordinal);
        int count = 0;
        foreach (string item in Split(field))
        {
            int equals = found.Count == 0 ? -1 : item.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? "" : item[..equals].Trim().ToLowerInvariant();
            string value = equals < 0 ? item.Trim() : Unquoted(item[(equals + 1)..].Trim());
            int star = name.IndexOf('*', StringComparison.Ordinal);
            if (star <= 0 || ++count > MostPieces)
            {
                found.Add((name, value));
                continue;
            }

            var own = pieces.TryGetValue(name[..star], out var known) ? known : pieces[name[..star]] = [];
            int number = int.TryParse(name.AsSpan(star + 1).TrimEnd('*'), NumberStyles.None, CultureInfo.InvariantCulture, out int given) ? given : 0;
            own[number] = (name[^1] == '*', value);
        }

        // A name that is said both ways is meant as it is encoded (RFC 2231 section 4).
        found.InsertRange(Math.Min(1, found.Count), pieces.Select(piece => (piece.Key, Joined(piece.Value.Values))));
        return found;
    }

    // At semicolons that stand in no quoted string.
    private static IEnumerable<string> Split(string field)
    {
        bool isQuoted = false;
        int start = 0;
        for (int i = 0; i < field.Length; i++)
        {
            if (isQuoted && field[i] == '\\')
            {
                i++;
            }
            else if (field[i] == '"')
            {
                isQuoted = !isQuoted;
            }
            else if (field[i] == ';' && !isQuoted)
            {
                yield return field[start..i];
                start = i + 1;
            }
        }

        yield return field[start..];
    }

    private static string Unquoted(string value)
    {
        if (value is not ['"', ..])
        {
            return value;
        }

        var text = new StringBuilder(value.Length);
        for (int i = 1; i < value.Length && value[i] != '"'; i++)
        {
            i += value[i] == '\\' && i + 1 < value.Length ? 1 : 0;
            text.Append(value[i]);
        }

        return text.ToString();
    }

    // charset'language'octets; only the first piece says the charset.
    private static string Joined(IEnumerable<(bool IsEncoded, string Text)> pieces)
    {
        string charset = "";
        List<byte> octets = [];
        foreach (var (isEncoded, piece) in pieces)
        {
            string text = piece;
            if (isEncoded && octets.Count == 0 && text.Split('\'', 3) is [var said, _, var rest])
            {
                (charset, text) = (said.ToLowerInvariant(), rest);
            }

            byte[] raw = Encoding.UTF8.GetBytes(text);
            for (int i = 0; i < raw.Length; i++)
            {
                bool isHex = isEncoded && raw[i] == '%' && i + 2 < raw.Length && char.IsAsciiHexDigit((char)raw[i + 1]) && char.IsAsciiHexDigit((char)raw[i + 2]);
                octets.Add(isHex ? byte.Parse(raw.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) : raw[i]);
                i += isHex ? 2 : 0;
            }
        }

        byte[] all = [.. octets];
        return Charsets.Of(charset, all).GetString(all);
    }
}
