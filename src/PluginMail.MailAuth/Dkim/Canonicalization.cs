using System.Buffers;

namespace PluginMail.MailAuth;

/// <summary>How octets are brought into one form before they are hashed (RFC 6376 section 3.4).</summary>
internal enum Canonicalization
{
    Simple,
    Relaxed,
}

/// <summary>Header fields in canonical form (RFC 6376 sections 3.4.1 and 3.4.2). A bare LF counts as a line end: mail travels with CRLF.</summary>
internal static class HeaderCanonicalization
{
    /// <summary>Writes one field.</summary>
    /// <param name="form">The form.</param>
    /// <param name="field">The field's octets without its last line end.</param>
    /// <param name="output">Where it goes.</param>
    public static void Write(Canonicalization form, ReadOnlySpan<byte> field, IBufferWriter<byte> output)
    {
        Span<byte> destination = output.GetSpan((field.Length * 2) + 2);
        int written = form == Canonicalization.Simple ? Simple(field, destination) : Relaxed(field, destination);
        output.Advance(written);
    }

    private static int Simple(ReadOnlySpan<byte> field, Span<byte> destination)
    {
        int written = 0;
        for (int i = 0; i < field.Length; i++)
        {
            if (field[i] == (byte)'\n' && (i == 0 || field[i - 1] != (byte)'\r'))
            {
                destination[written++] = (byte)'\r';
            }

            destination[written++] = field[i];
        }

        return written;
    }

    private static int Relaxed(ReadOnlySpan<byte> field, Span<byte> destination)
    {
        int colon = field.IndexOf((byte)':');
        ReadOnlySpan<byte> name = field[..colon].TrimEnd(" \t"u8);
        int written = 0;
        foreach (byte octet in name)
        {
            destination[written++] = octet is >= (byte)'A' and <= (byte)'Z' ? (byte)(octet | 0x20) : octet;
        }

        destination[written++] = (byte)':';
        int start = written;
        bool isSpaceBefore = false;
        ReadOnlySpan<byte> value = field[(colon + 1)..];
        for (int i = 0; i < value.Length; i++)
        {
            byte octet = value[i];
            if (octet is (byte)' ' or (byte)'\t')
            {
                isSpaceBefore = true;
            }
            else if (octet != (byte)'\n' && !(octet == (byte)'\r' && i + 1 < value.Length && value[i + 1] == (byte)'\n'))
            {
                if (isSpaceBefore && written > start)
                {
                    destination[written++] = (byte)' ';
                }

                isSpaceBefore = false;
                destination[written++] = octet;
            }
        }

        return written;
    }
}
