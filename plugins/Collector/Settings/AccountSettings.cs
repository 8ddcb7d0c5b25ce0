using System.Collections.Immutable;
using PluginMail.Abstractions;

namespace PluginMail.Collector.Settings;

/// <summary>How mail is fetched.</summary>
internal enum RemoteProtocol
{
    /// <summary>POP3 (RFC 1939).</summary>
    Pop3,

    /// <summary>IMAP (RFC 3501, RFC 9051).</summary>
    Imap,
}

/// <summary>How the connection is protected.</summary>
internal enum TlsMode
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>By STLS or STARTTLS, without which nothing is done.</summary>
    Starttls,

    /// <summary>From the first octet.</summary>
    Implicit,
}

/// <summary>Which messages are fetched.</summary>
internal enum MessageChoice
{
    /// <summary>All that are there.</summary>
    All,

    /// <summary>IMAP: those that are not \Seen. POP3: those that came after the first visit.</summary>
    New,
}

/// <summary>What becomes of the messages over there.</summary>
internal enum CollectMode
{
    /// <summary>They stay.</summary>
    Copy,

    /// <summary>They are deleted once they are here.</summary>
    Move,
}

/// <summary>How the collector signs in.</summary>
internal enum SignInMethod
{
    /// <summary>With a password.</summary>
    Password,

    /// <summary>With a token, by Google's and Microsoft's mechanism.</summary>
    Xoauth2,

    /// <summary>With a token (RFC 7628).</summary>
    Oauthbearer,
}

/// <summary>One account elsewhere.</summary>
internal sealed record AccountSettings
{
    /// <summary>Its name in logs and commands: letters, digits, <c>-</c>, <c>_</c>, <c>.</c>, <c>@</c>.</summary>
    public required string Name { get; init; }

    public required RemoteProtocol Protocol { get; init; }

    /// <summary>A host name or IP address.</summary>
    public required string Host { get; init; }

    public required int Port { get; init; }

    public required TlsMode Tls { get; init; }

    public bool ChecksCertificate { get; init; } = true;

    /// <summary>A PEM file of the only authorities to trust; empty: the system's.</summary>
    public string CertificateAuthorities { get; init; } = "";

    /// <summary>Whether the password may be sent without TLS.</summary>
    public bool AllowsPlainText { get; init; }

    /// <summary>What proves who we are; never logged.</summary>
    public required SignInSettings SignIn { get; init; }

    public CollectMode Mode { get; init; }

    /// <summary>How long copies stay over there; zero: for ever.</summary>
    public TimeSpan DeleteAfter { get; init; }

    public MessageChoice Messages { get; init; }

    /// <summary>Whether what was taken is marked \Seen over there (IMAP).</summary>
    public bool MarksSeen { get; init; }

    /// <summary>Whether flags come along (IMAP).</summary>
    public bool KeepsFlags { get; init; } = true;

    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The most messages that one session fetches; another follows at once.</summary>
    public int MessagesPerSession { get; init; } = 1000;

    /// <summary>Octets of the largest message that is fetched.</summary>
    public long MaximumSize { get; init; } = 50 << 20;

    /// <summary>How long one wait for the server may last.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a session may last.</summary>
    public TimeSpan SessionTime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Which folders (IMAP), and where their messages go.</summary>
    public ImmutableArray<FolderRule> Folders { get; init; } = [];

    public required RecipientSettings Recipients { get; init; }

    /// <summary>
    /// What the account is, whatever it is named and however it is reached: what has been taken is remembered under this. The port is no part of
    /// it, so that another one, or other TLS, makes nothing be fetched again.
    /// </summary>
    public string Identity => $"{(Protocol == RemoteProtocol.Pop3 ? "pop3" : "imap")}://{SignIn.User}@{Host.ToLowerInvariant()}";
}

/// <summary>For whom an account's messages are.</summary>
/// <param name="ForwardTo">The one mailbox; null where the recipient is detected.</param>
/// <param name="Detect">Where a recipient is looked for, in this order.</param>
/// <param name="Addresses">Which addresses found there are ours, and what they are called here.</param>
/// <param name="Default">Gets what has no recipient of ours; null with <paramref name="ForwardTo"/>.</param>
internal sealed record RecipientSettings(
    EmailAddress? ForwardTo, ImmutableArray<RecipientField> Detect, ImmutableArray<AddressRule> Addresses, EmailAddress? Default)
{
    /// <summary>Whether the fields that the last server writes count below the first Received too.</summary>
    public bool DetectsAnywhere { get; init; }

    /// <summary>What the last server puts before the local parts of the addresses in its fields, as qmail does for virtual domains; empty for nothing.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Who gets what is for nobody else.</summary>
    public EmailAddress Last => ForwardTo ?? Default!;
}
