using System.Collections.Immutable;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using PluginMail.Dns;

namespace PluginMail.SmtpClient;

/// <summary>
/// Judges a certificate by TLSA records (RFC 7672 section 3). Usage 3 names the certificate or its key, and nothing else counts: neither names nor
/// dates. Usage 2 names an authority that must have issued it, for one of the host's names and for now.
/// </summary>
/// <param name="records">Usable records.</param>
/// <param name="names">The names of which the certificate must have one where usage 2 decides (RFC 7672 section 3.2.2).</param>
/// <param name="clock">The clock.</param>
/// <remarks>An authority known by its bare key must be among the certificates that the host sends, as RFC 7672 section 3.1.2 wants of hosts.</remarks>
internal sealed class DaneCheck(ImmutableArray<CertificateAssociation> records, ImmutableArray<string> names, TimeProvider clock)
{
    private const int MaximumCertificates = 20;

    // What is said of the end of a chain that leads to no authority the system knows: the records name it instead.
    private const X509ChainStatusFlags Expected = X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain
        | X509ChainStatusFlags.RevocationStatusUnknown | X509ChainStatusFlags.OfflineRevocation;

    /// <summary>A <see cref="CertificateCheck"/>.</summary>
    public TlsFailure? Judge(X509Certificate2 certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (records.Any(record => record.Usage == 3 && Matches(record, certificate)))
        {
            return null;
        }

        TlsFailure failure = new(TlsFailureKind.ValidationFailure, "the certificate matches none of the host's TLSA records");
        foreach (X509Certificate2 anchor in Anchors(certificate, chain))
        {
            if (JudgeIssued(certificate, anchor, chain) is not { } fault)
            {
                return null;
            }

            failure = fault;
        }

        return failure;
    }

    private static bool Matches(CertificateAssociation record, X509Certificate2 certificate)
    {
        ReadOnlySpan<byte> selected = record.Selector == 0 ? certificate.RawDataMemory.Span : certificate.PublicKey.ExportSubjectPublicKeyInfo();
        Span<byte> digest = stackalloc byte[SHA512.HashSizeInBytes];
        ReadOnlySpan<byte> compared = record.MatchingType switch
        {
            0 => selected,
            1 => digest[..SHA256.HashData(selected, digest)],
            _ => digest[..SHA512.HashData(selected, digest)],
        };
        return compared.SequenceEqual(record.Data.AsSpan());
    }

    /// <summary>The authorities that the records name: among what the host sent, or whole in a record.</summary>
    private IEnumerable<X509Certificate2> Anchors(X509Certificate2 certificate, X509Chain? chain)
    {
        CertificateAssociation[] anchors = [.. records.Where(static record => record.Usage == 2)];
        if (anchors.Length == 0)
        {
            yield break;
        }

        foreach (X509Certificate2 sent in Sent(chain))
        {
            if (!IsSame(sent, certificate) && Array.Exists(anchors, record => Matches(record, sent)))
            {
                yield return sent;
            }
        }

        foreach (CertificateAssociation record in anchors.Where(static record => record is { Selector: 0, MatchingType: 0 }))
        {
            if (TryLoad(record) is { } anchor)
            {
                yield return anchor;
            }
        }
    }

    private TlsFailure? JudgeIssued(X509Certificate2 certificate, X509Certificate2 anchor, X509Chain? sent)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = clock.GetUtcNow().UtcDateTime;
        chain.ChainPolicy.CustomTrustStore.Add(anchor);
        foreach (X509Certificate2 other in Sent(sent))
        {
            chain.ChainPolicy.ExtraStore.Add(other);
        }

        chain.Build(certificate);
        X509ChainStatusFlags faults = X509ChainStatusFlags.NoError;
        bool isIssued = false;
        foreach (X509ChainElement element in chain.ChainElements)
        {
            faults |= element.ChainElementStatus.Aggregate(X509ChainStatusFlags.NoError, static (all, status) => all | status.Status) & ~Expected;
            if (IsSame(element.Certificate, anchor))
            {
                isIssued = true;
                break;
            }
        }

        if (!isIssued || (faults & ~X509ChainStatusFlags.NotTimeValid) != 0)
        {
            return new TlsFailure(TlsFailureKind.CertificateNotTrusted, "the certificate was not issued by the authority that the host's TLSA records name");
        }

        if (faults != 0)
        {
            return new TlsFailure(TlsFailureKind.CertificateExpired, "the certificate, or one above it, is not valid now");
        }

        return names.Any(name => certificate.MatchesHostname(name))
            ? null
            : new TlsFailure(TlsFailureKind.CertificateHostMismatch, "the certificate is for another host");
    }

    private static IEnumerable<X509Certificate2> Sent(X509Chain? chain) => chain is null
        ? []
        : chain.ChainPolicy.ExtraStore.Concat(chain.ChainElements.Select(static element => element.Certificate)).Take(MaximumCertificates);

    private static bool IsSame(X509Certificate2 one, X509Certificate2 other) => one.RawDataMemory.Span.SequenceEqual(other.RawDataMemory.Span);

    private static X509Certificate2? TryLoad(CertificateAssociation record)
    {
        try
        {
            return X509CertificateLoader.LoadCertificate(record.Data.AsSpan());
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
