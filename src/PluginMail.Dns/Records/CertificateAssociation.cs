using System.Collections.Immutable;
using System.Globalization;
using PluginMail.Abstractions;

namespace PluginMail.Dns;

/// <summary>A TLSA record (RFC 6698 section 2). Its numbers are as they came: whether they can be used is for DANE to say.</summary>
/// <param name="Usage">The certificate usage; 2 is DANE-TA, 3 is DANE-EE (RFC 7218).</param>
/// <param name="Selector">0 the whole certificate, 1 its public key.</param>
/// <param name="MatchingType">0 as it is, 1 SHA-256, 2 SHA-512.</param>
/// <param name="Data">What is compared.</param>
public sealed record CertificateAssociation(byte Usage, byte Selector, byte MatchingType, ImmutableArray<byte> Data)
{
    /// <summary>Reads the records of an answer.</summary>
    /// <param name="answer">An answer to a question for TLSA.</param>
    /// <returns>The records; none where the answer has none.</returns>
    public static ImmutableArray<CertificateAssociation> ReadAll(DnsAnswer answer) =>
        [.. answer.Records.Select(Read).OfType<CertificateAssociation>()];

    private static CertificateAssociation? Read(string record)
    {
        if (record.Split(' ', 4) is not [var usage, var selector, var matching, var data]
            || !TryRead(usage, out byte u) || !TryRead(selector, out byte s) || !TryRead(matching, out byte m))
        {
            return null;
        }

        byte[] octets = new byte[data.Length / 2];
        bool isHex = Convert.FromHexString(data, octets, out _, out int written) == System.Buffers.OperationStatus.Done;
        return isHex && written == octets.Length ? new CertificateAssociation(u, s, m, [.. octets]) : null;
    }

    private static bool TryRead(string text, out byte value) => byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
