using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace PluginMail.SmtpClient;

/// <summary>Settings of sending.</summary>
/// <param name="Hostname">Our name in EHLO and LHLO.</param>
public sealed record SmtpClientOptions(string Hostname)
{
    /// <summary>Which domains go through a configured host, and the default one. Default: all go to their mail exchangers.</summary>
    public RouteTable Routes { get; init; } = RouteTable.Empty;

    /// <summary>The TCP port of mail exchangers.</summary>
    public int Port { get; init; } = 25;

    /// <summary>The local address for connections over IPv4; null lets the system choose.</summary>
    public IPAddress? SourceIPv4 { get; init; }

    /// <summary>The local address for connections over IPv6; null lets the system choose.</summary>
    public IPAddress? SourceIPv6 { get; init; }

    /// <summary>
    /// Where this server itself listens: a mail exchanger found there is this server (RFC 5321 section 5.1). The address of all addresses
    /// (<c>::</c> or <c>0.0.0.0</c>) stands for every address of this machine.
    /// </summary>
    public ImmutableArray<IPEndPoint> OwnEndPoints { get; init; } = [];

    /// <summary>Mail exchangers of one domain that are tried in one attempt.</summary>
    public int MaximumHosts { get; init; } = 10;

    /// <summary>Addresses that are tried in one attempt, of all hosts together.</summary>
    public int MaximumAddresses { get; init; } = 20;

    /// <summary>Recipients of one transaction; what is more follows in another one (RFC 5321 section 4.5.3.1.8 lets hosts stop at 100).</summary>
    public int MaximumRecipients { get; init; } = 100;

    /// <summary>Whether BDAT is used where it is offered (RFC 3030).</summary>
    public bool UsesChunking { get; init; } = true;

    /// <summary>Connections kept open for further messages, to all hosts together; 0 keeps none.</summary>
    public int MaximumIdleConnections { get; init; } = 200;

    /// <summary>How long a connection is kept without use.</summary>
    public TimeSpan IdleTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Messages sent over one connection before it is closed.</summary>
    public int MaximumMessagesPerConnection { get; init; } = 100;

    /// <summary>How long is waited for what.</summary>
    public SmtpTimeouts Timeouts { get; init; } = new();

    /// <summary>Certificate authorities that routes with verified TLS trust instead of the system's; null for the system's.</summary>
    public X509Certificate2Collection? TrustedRoots { get; init; }
}

/// <summary>How long is waited for the other host (RFC 5321 section 4.5.3.2, whose values are the defaults).</summary>
public sealed record SmtpTimeouts
{
    /// <summary>For a TCP connection.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>For the greeting.</summary>
    public TimeSpan Greeting { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>For the replies to EHLO, HELO, LHLO, STARTTLS, AUTH and RSET.</summary>
    public TimeSpan Hello { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>For a TLS handshake.</summary>
    public TimeSpan Handshake { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>For the reply to MAIL.</summary>
    public TimeSpan Mail { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>For the reply to each RCPT.</summary>
    public TimeSpan Recipient { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>For the reply to DATA.</summary>
    public TimeSpan DataStart { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>For the host to take a block of the message.</summary>
    public TimeSpan DataBlock { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>For the reply to the end of the message.</summary>
    public TimeSpan DataEnd { get; init; } = TimeSpan.FromMinutes(10);
}
