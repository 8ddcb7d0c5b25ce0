using System.Buffers;
using System.Security.Cryptography;

namespace PluginMail.MailAuth;

/// <summary>The header hash of a signature (RFC 6376 sections 3.7 and 5.4.2).</summary>
internal static class SignedHeader
{
    /// <summary>Hashes the named fields, each name taking the next instance from below, and then the signature's own field.</summary>
    /// <param name="header">The message's header.</param>
    /// <param name="names">The names (h=); those without an instance left add nothing.</param>
    /// <param name="form">The canonical form.</param>
    /// <param name="signatureField">The signature's field with an empty b=, without its last line end.</param>
    public static byte[] Hash(HeaderFields header, IReadOnlyList<string> names, Canonicalization form, ReadOnlySpan<byte> signatureField)
    {
        var output = new ArrayBufferWriter<byte>(2048);
        var taken = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        foreach (string name in names)
        {
            IReadOnlyList<int> fields = header.Find(name);
            int used = taken.GetValueOrDefault(name);
            if (used < fields.Count)
            {
                taken[name] = used + 1;
                HeaderCanonicalization.Write(form, header.OctetsOf(fields[fields.Count - 1 - used]).Span, output);
                output.Write("\r\n"u8);
            }
        }

        HeaderCanonicalization.Write(form, signatureField, output);
        return SHA256.HashData(output.WrittenSpan);
    }

    /// <summary>A field's octets with a range of its value cut out.</summary>
    /// <param name="field">The field without its last line end.</param>
    /// <param name="value">The field's value, the end of <paramref name="field"/>.</param>
    /// <param name="range">What is cut out of the value.</param>
    public static byte[] Without(ReadOnlySpan<byte> field, ReadOnlySpan<byte> value, Range range)
    {
        (int start, int length) = range.GetOffsetAndLength(value.Length);
        int before = field.Length - value.Length + start;
        return [.. field[..before], .. field[(before + length)..]];
    }
}
