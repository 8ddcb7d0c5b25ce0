using System.Buffers.Binary;
using System.Text;
using PluginMail.Storage;

namespace PluginMail.Imap;

/// <summary>Mailbox names on the wire: modified UTF-7 (RFC 3501 section 5.1.3).</summary>
internal static class MailboxName
{
    private static ReadOnlySpan<byte> Digits => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,"u8;

    /// <summary>Reads a name strictly: what another encoder would not have written is refused, so that no name has two spellings.</summary>
    /// <param name="octets">Modified UTF-7.</param>
    /// <param name="name">In Unicode; INBOX (also as the first level) in capitals.</param>
    /// <returns>False where the octets are not modified UTF-7.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> octets, out string name)
    {
        var text = new StringBuilder(octets.Length);
        name = "";
        for (int i = 0; i < octets.Length; i++)
        {
            if (octets[i] is < 0x20 or > 0x7E)
            {
                return false;
            }

            if (octets[i] != '&')
            {
                text.Append((char)octets[i]);
                continue;
            }

            int length = octets[(i + 1)..].IndexOf((byte)'-');
            if (length < 0 || (length > 0 && !TryShifted(octets.Slice(i + 1, length), text)))
            {
                return false;
            }

            if (length == 0)
            {
                text.Append('&');
            }

            i += length + 1;
        }

        name = WithInbox(text.ToString());
        return true;
    }

    /// <summary>Writes a name.</summary>
    /// <param name="name">In Unicode.</param>
    /// <returns>Modified UTF-7.</returns>
    public static string Encode(string name)
    {
        if (!name.AsSpan().ContainsAnyExceptInRange(' ', '~') && !name.Contains('&', StringComparison.Ordinal))
        {
            return name;
        }

        var text = new StringBuilder(name.Length + 16);
        for (int i = 0; i < name.Length;)
        {
            if (name[i] is >= ' ' and <= '~')
            {
                text.Append(name[i] == '&' ? "&-" : name[i].ToString());
                i++;
                continue;
            }

            int end = i;
            while (end < name.Length && name[end] is < ' ' or > '~')
            {
                end++;
            }

            AppendShifted(text, name.AsSpan(i, end - i));
            i = end;
        }

        return text.ToString();
    }

    private static string WithInbox(string name)
    {
        bool isInbox = name.StartsWith(Folder.Inbox, StringComparison.OrdinalIgnoreCase)
            && (name.Length == Folder.Inbox.Length || name[Folder.Inbox.Length] == Folder.Separator);
        return isInbox ? string.Concat(Folder.Inbox, name.AsSpan(Folder.Inbox.Length)) : name;
    }

    private static bool TryShifted(ReadOnlySpan<byte> digits, StringBuilder text)
    {
        uint bits = 0;
        int count = 0;
        char high = '\0';
        foreach (byte digit in digits)
        {
            int value = Digits.IndexOf(digit);
            if (value < 0)
            {
                return false;
            }

            bits = (bits << 6) | (uint)value;
            count += 6;
            if (count < 16)
            {
                continue;
            }

            count -= 16;
            char unit = (char)(bits >> count);
            bits &= (1U << count) - 1;
            if (unit is >= ' ' and <= '~' || char.IsLowSurrogate(unit) != (high != '\0'))
            {
                return false;
            }

            high = char.IsHighSurrogate(unit) ? unit : '\0';
            text.Append(unit);
        }

        return high == '\0' && count < 6 && bits == 0;
    }

    private static void AppendShifted(StringBuilder text, ReadOnlySpan<char> units)
    {
        byte[] octets = new byte[units.Length * 2];
        for (int i = 0; i < units.Length; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(octets.AsSpan(i * 2), units[i]);
        }

        text.Append('&').Append(Convert.ToBase64String(octets).TrimEnd('=').Replace('/', ',')).Append('-');
    }
}
