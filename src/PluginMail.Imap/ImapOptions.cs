using PluginMail.Storage;

namespace PluginMail.Imap;

/// <summary>Bounds of IMAP sessions.</summary>
public sealed record ImapOptions
{
    /// <summary>The server's name in the greeting.</summary>
    public required string Hostname { get; init; }

    /// <summary>How long a signed-in client may be silent (RFC 3501 section 5.4 demands 30 minutes at least).</summary>
    public TimeSpan Autologout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How long a client may take in all until it has signed in.</summary>
    public TimeSpan LoginTimeout { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>How long the handshake after STARTTLS may take.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a client may pause within a literal, and how long it may take nothing of what is sent to it.</summary>
    public TimeSpan TransferTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Octets of the largest message that APPEND takes.</summary>
    public long MaximumMessageSize { get; init; } = 50 * 1024 * 1024;

    /// <summary>The server's shared annotations (RFC 5464).</summary>
    public ServerAnnotations Annotations { get; init; } = ServerAnnotations.None;

    /// <summary>Faulty commands and failed logins after which the session ends.</summary>
    public int MaximumErrors { get; init; } = 20;

    /// <summary>How long a SEARCH works before it lets other sessions work.</summary>
    public TimeSpan SearchSlice { get; init; } = TimeSpan.FromMilliseconds(20);
}
