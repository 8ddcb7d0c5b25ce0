using System.Text;

namespace PluginMail.Mime;

/// <summary>UTF-7 (RFC 2152), which the framework no longer decodes.</summary>
internal static class Utf7
{
    public static string Decode(ReadOnlySpan<byte> bytes, out bool intact)
    {
        var result = new StringBuilder(bytes.Length);
        intact = true;
        var position = 0;
        while (position < bytes.Length)
        {
            var octet = bytes[position++];
            if (octet != (byte)'+')
            {
                intact &= octet < 0x80;
                result.Append(octet < 0x80 ? (char)octet : '\uFFFD');
                continue;
            }
            if (position < bytes.Length && bytes[position] == (byte)'-')
            {
                result.Append('+');
                position++;
                continue;
            }
            position += AppendShifted(bytes[position..], result);
        }
        return Repaired(result, ref intact);
    }

    private static int AppendShifted(ReadOnlySpan<byte> bytes, StringBuilder result)
    {
        var position = 0;
        var bits = 0u;
        var count = 0;
        while (position < bytes.Length && Base64Decoder.Sextet(bytes[position]) is var sextet && sextet < 64)
        {
            position++;
            bits = (bits << 6) | sextet;
            count += 6;
            if (count >= 16)
            {
                count -= 16;
                result.Append((char)(ushort)(bits >> count));
            }
        }
        return position < bytes.Length && bytes[position] == (byte)'-' ? position + 1 : position;
    }

    private static string Repaired(StringBuilder result, ref bool intact)
    {
        var text = result.ToString();
        var repaired = Encoding.Unicode.GetString(Encoding.Unicode.GetBytes(text));
        intact &= string.Equals(repaired, text, StringComparison.Ordinal);
        return repaired;
    }
}
