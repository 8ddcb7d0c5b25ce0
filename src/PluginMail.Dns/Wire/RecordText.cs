using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text;
using PluginMail.Abstractions;

namespace PluginMail.Dns.Wire;

/// <summary>
/// Record data as text: presentation form (RFC 1035 section 5.1) with names without the root's dot. TXT is the exception, because it is made for
/// programs: its character strings joined, one character (U+0000 to U+00FF) an octet, without quotes and escapes.
/// </summary>
internal static class RecordText
{
    /// <summary>Reads the data of a record.</summary>
    /// <returns>False where the data is not what its type demands, to the octet.</returns>
    public static bool TryRead(ref MessageReader reader, DnsRecordType type, int length, [NotNullWhen(true)] out string? text)
    {
        int end = reader.Position + length;
        text = null;
        bool isRead = type switch
        {
            DnsRecordType.A => length == 4 && TryReadAddress(ref reader, length, out text),
            DnsRecordType.AAAA => length == 16 && TryReadAddress(ref reader, length, out text),
            DnsRecordType.CNAME or DnsRecordType.PTR => reader.TryReadName(out text),
            DnsRecordType.MX => TryReadMailExchanger(ref reader, out text),
            DnsRecordType.SRV => TryReadService(ref reader, out text),
            DnsRecordType.TLSA => TryReadAssociation(ref reader, length, out text),
            DnsRecordType.TXT => TryReadText(ref reader, length, out text),
            _ => false,
        };
        return isRead && text is not null && reader.Position == end;
    }

    private static bool TryReadAddress(ref MessageReader reader, int length, out string? text)
    {
        text = reader.TryRead(length, out ReadOnlySpan<byte> octets) ? new IPAddress(octets).ToString() : null;
        return text is not null;
    }

    private static bool TryReadMailExchanger(ref MessageReader reader, out string? text)
    {
        text = reader.TryRead(out ushort preference) && reader.TryReadName(out string? host) ? $"{preference} {host}" : null;
        return text is not null;
    }

    private static bool TryReadService(ref MessageReader reader, out string? text)
    {
        text = reader.TryRead(out ushort priority) && reader.TryRead(out ushort weight) && reader.TryRead(out ushort port)
            && reader.TryReadName(out string? target)
                ? $"{priority} {weight} {port} {target}"
                : null;
        return text is not null;
    }

    // RFC 6698 section 2.1.
    private static bool TryReadAssociation(ref MessageReader reader, int length, out string? text)
    {
        text = length > 3 && reader.TryRead(out byte usage) && reader.TryRead(out byte selector) && reader.TryRead(out byte matching)
            && reader.TryRead(length - 3, out ReadOnlySpan<byte> data)
                ? $"{usage} {selector} {matching} {Convert.ToHexStringLower(data)}"
                : null;
        return text is not null;
    }

    private static bool TryReadText(ref MessageReader reader, int length, out string? text)
    {
        text = null;
        if (length == 0 || !reader.TryRead(length, out ReadOnlySpan<byte> data))
        {
            return false;
        }

        var joined = new StringBuilder(length);
        while (!data.IsEmpty)
        {
            int octets = data[0];
            if (octets >= data.Length)
            {
                return false;
            }

            foreach (byte octet in data.Slice(1, octets))
            {
                joined.Append((char)octet);
            }

            data = data[(octets + 1)..];
        }

        text = joined.ToString();
        return true;
    }
}
