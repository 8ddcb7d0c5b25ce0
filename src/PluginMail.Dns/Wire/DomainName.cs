using System.Globalization;

namespace PluginMail.Dns.Wire;

/// <summary>Names between their presentation (RFC 1035 section 5.1) and wire forms (section 3.1), both with their limits.</summary>
internal static class DomainName
{
    /// <summary>Octets of the longest name on the wire, its last empty label included (RFC 1035 section 2.3.4).</summary>
    public const int MaximumOctets = 255;

    /// <summary>Octets of the longest label (RFC 1035 section 2.3.4).</summary>
    public const int MaximumLabel = 63;

    /// <summary>Characters that the longest name takes when each octet is written as an escape.</summary>
    public const int MaximumText = 1152;

    /// <summary>Writes a name in wire form.</summary>
    /// <param name="name">Printable ASCII, <c>\.</c>, <c>\\</c> and <c>\DDD</c>; with or without the root's dot.</param>
    /// <param name="target">At least <see cref="MaximumOctets"/> octets.</param>
    /// <returns>The length; 0 where this is no name: an empty or long label, too long in all, or characters that are not ASCII.</returns>
    public static int Encode(ReadOnlySpan<char> name, Span<byte> target)
    {
        if (name is ".")
        {
            target[0] = 0;
            return 1;
        }

        int label = 0; // where the current label's length goes
        int at = 1;
        while (!name.IsEmpty)
        {
            if (name[0] == '.')
            {
                name = name[1..];
                if (!TryEndLabel(target, label, at))
                {
                    return 0;
                }

                label = at++;
                if (name.IsEmpty)
                {
                    at--; // the root's dot
                    break;
                }
            }
            else if (at >= MaximumOctets - 1 || !TryTake(ref name, out target[at++]))
            {
                return 0;
            }

            if (name.IsEmpty && !TryEndLabel(target, label, at))
            {
                return 0;
            }
        }

        if (at is 1 or >= MaximumOctets)
        {
            return 0;
        }

        target[at] = 0;
        return at + 1;
    }

    /// <summary>Writes a label's octets as text; what would be read otherwise is escaped.</summary>
    /// <returns>The number of characters.</returns>
    public static int WriteLabel(ReadOnlySpan<byte> label, Span<char> target)
    {
        int at = 0;
        foreach (byte octet in label)
        {
            if (octet is (byte)'.' or (byte)'\\')
            {
                target[at++] = '\\';
                target[at++] = (char)octet;
            }
            else if (octet is > 0x20 and < 0x7F)
            {
                target[at++] = (char)octet;
            }
            else
            {
                target[at++] = '\\';
                octet.TryFormat(target[at..], out int written, "D3", CultureInfo.InvariantCulture);
                at += written;
            }
        }

        return at;
    }

    private static bool TryEndLabel(Span<byte> target, int label, int at)
    {
        int length = at - label - 1;
        target[label] = (byte)length;
        return length is > 0 and <= MaximumLabel;
    }

    private static bool TryTake(ref ReadOnlySpan<char> name, out byte octet)
    {
        char first = name[0];
        octet = (byte)first;
        if (first is not '\\')
        {
            name = name[1..];
            return first is > ' ' and < '\x7F';
        }

        if (name.Length >= 4 && char.IsAsciiDigit(name[1]))
        {
            bool isOctet = byte.TryParse(name.Slice(1, 3), NumberStyles.None, CultureInfo.InvariantCulture, out octet);
            name = name[4..];
            return isOctet;
        }

        if (name.Length < 2 || name[1] is <= ' ' or >= '\x7F' || char.IsAsciiDigit(name[1]))
        {
            return false;
        }

        octet = (byte)name[1];
        name = name[2..];
        return true;
    }
}
