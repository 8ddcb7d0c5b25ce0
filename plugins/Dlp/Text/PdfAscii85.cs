using System.Buffers.Binary;

namespace PluginMail.Dlp.Text;

/// <summary>The filter ASCII85Decode (ISO 32000-1 section 7.4.3), behind which ReportLab and others put what they compressed.</summary>
internal static class PdfAscii85
{
    /// <summary>Decodes a stream up to its end or to the first thing that is none.</summary>
    public static byte[] Decode(ReadOnlySpan<byte> text)
    {
        // Groups of zeros, which are a letter, are the only ones that would be longer than their text: they end it.
        using var octets = new MemoryStream(text.Length);
        Span<byte> group = stackalloc byte[4];
        ulong value = 0;
        int digits = 0;
        foreach (byte c in text)
        {
            if (c is <= (byte)' ')
            {
                continue;
            }

            if (c is < (byte)'!' or > (byte)'u')
            {
                break;
            }

            value = (value * 85) + (uint)(c - '!');
            if (++digits == 5)
            {
                BinaryPrimitives.WriteUInt32BigEndian(group, (uint)value);
                octets.Write(group);
                value = 0;
                digits = 0;
            }
        }

        int rest = digits - 1;
        if (rest > 0)
        {
            for (; digits < 5; digits++)
            {
                value = (value * 85) + 84;
            }

            BinaryPrimitives.WriteUInt32BigEndian(group, (uint)value);
            octets.Write(group[..rest]);
        }

        return octets.ToArray();
    }
}
