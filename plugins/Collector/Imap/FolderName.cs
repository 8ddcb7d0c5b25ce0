using System.Text;

namespace PluginMail.Collector.Imap;

/// <summary>Folders' names as IMAP4rev1 writes them: modified UTF-7 (RFC 3501 section 5.1.3).</summary>
internal static class FolderName
{
    /// <summary>Writes a name.</summary>
    public static string Encode(string name)
    {
        var text = new StringBuilder();
        for (int i = 0; i < name.Length;)
        {
            int start = i;
            while (i < name.Length && name[i] is < ' ' or > '~')
            {
                i++;
            }

            if (i > start)
            {
                string base64 = Convert.ToBase64String(Encoding.BigEndianUnicode.GetBytes(name[start..i])).TrimEnd('=').Replace('/', ',');
                text.Append('&').Append(base64).Append('-');
            }
            else
            {
                text.Append(name[i] == '&' ? "&-" : name[i].ToString());
                i++;
            }
        }

        return text.ToString();
    }

    /// <summary>Reads a name; what is no modified UTF-7 stays as it is.</summary>
    public static string Decode(string text)
    {
        var name = new StringBuilder();
        int end = text.IndexOf('-', StringComparison.Ordinal);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '&' && end >= 0 && end < i)
            {
                end = text.IndexOf('-', i); // not asked again where there is none
            }

            if (text[i] != '&' || end < 0)
            {
                name.Append(text[i]);
                continue;
            }

            string base64 = text[(i + 1)..end].Replace(',', '/');
            byte[] octets = new byte[base64.Length];
            if (!Convert.TryFromBase64String(base64.PadRight((base64.Length + 3) / 4 * 4, '='), octets, out int length) || length % 2 != 0)
            {
                return text;
            }

            name.Append(length == 0 ? "&" : Encoding.BigEndianUnicode.GetString(octets, 0, length));
            i = end;
        }

        return name.ToString();
    }
}
