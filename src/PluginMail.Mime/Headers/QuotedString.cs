namespace PluginMail.Mime;

/// <summary>Quoted strings (RFC 5322 section 3.2.4), in addresses as in parameters.</summary>
internal static class QuotedString
{
    /// <summary>Reads from the opening quote to behind the closing one, or to the end: quotes, backslashes and folds undone.</summary>
    /// <param name="bytes">The octets.</param>
    /// <param name="position">Where the opening quote stands; afterwards, where reading goes on.</param>
    /// <param name="content">As long as what is left of the octets.</param>
    /// <returns>Octets written.</returns>
    public static int Read(ReadOnlySpan<byte> bytes, ref int position, Span<byte> content)
    {
        var length = 0;
        position++;
        while (position < bytes.Length)
        {
            var octet = bytes[position++];
            if (octet == (byte)'"')
            {
                break;
            }
            if (octet == (byte)'\\' && position < bytes.Length)
            {
                octet = bytes[position++];
            }
            if (octet is not ((byte)'\r' or (byte)'\n'))
            {
                content[length++] = octet;
            }
        }
        return length;
    }
}
