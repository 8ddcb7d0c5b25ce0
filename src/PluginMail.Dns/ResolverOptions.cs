using System.Net;

namespace PluginMail.Dns;

/// <summary>How names are looked up.</summary>
public sealed record ResolverOptions
{
    /// <summary>The name servers, in the order in which they are asked. Empty: those of /etc/resolv.conf, or 127.0.0.1 where it names none.</summary>
    public IReadOnlyList<IPEndPoint> Servers { get; init; } = [];

    /// <summary>How long one try of one server may take; a try over TCP that follows one over UDP has the same time again.</summary>
    public TimeSpan TryTime { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often each server is tried, in rounds.</summary>
    public int Attempts { get; init; } = 2;

    /// <summary>How long one look-up may take in all, aliases included.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Whether the servers' word on DNSSEC counts although they are elsewhere. Those on loopback are believed anyhow: nobody between can change
    /// what they say (RFC 4035 section 4.9.3).
    /// </summary>
    public bool TrustsAuthenticData { get; init; }

    /// <summary>Octets of memory that answers may take while they hold, about; 0: none are kept.</summary>
    public long CacheSize { get; init; } = 16 << 20;
}
