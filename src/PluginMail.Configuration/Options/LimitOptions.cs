namespace PluginMail.Configuration.Options;

/// <summary>
/// Table <c>[limits]</c>. Connections from loopback are exempt from the limits per address. All times are at least 1 second; 0 as a number
/// means "no limit" where that is said.
/// </summary>
public sealed record LimitOptions
{
    /// <summary><c>message_size</c>: the largest message in octets, announced by SIZE (RFC 1870) and APPENDLIMIT (RFC 7889). Default <c>"50M"</c>.</summary>
    public long MessageSize { get; init; } = 50L << 20;

    /// <summary><c>recipients</c>: recipients of one message, at least 100 for RFC 5321 4.5.3.1.8. Default 100.</summary>
    public int Recipients { get; init; } = 100;

    /// <summary><c>errors</c>: refusals (5yz replies of SMTP, BAD of IMAP, -ERR of POP3) after which a session is ended. Default 20.</summary>
    public int Errors { get; init; } = 20;

    /// <summary><c>smtp_idle</c>: wait for a command or a block of data (RFC 5321 4.5.3.2.7). Default <c>"5m"</c>.</summary>
    public TimeSpan SmtpIdle { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary><c>smtp_session</c>: the whole of an SMTP session. Default <c>"1h"</c>.</summary>
    public TimeSpan SmtpSession { get; init; } = TimeSpan.FromHours(1);

    /// <summary><c>imap_idle</c>: wait for a command after login (RFC 9051 5.4: at least 30 minutes). Default <c>"30m"</c>.</summary>
    public TimeSpan ImapIdle { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary><c>pop3_idle</c>: wait for a command after login (RFC 1939 3: at least 10 minutes). Default <c>"10m"</c>.</summary>
    public TimeSpan Pop3Idle { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary><c>login_time</c>: from connection to login, on listeners that need one. Default <c>"2m"</c>.</summary>
    public TimeSpan LoginTime { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary><c>handshake</c>: the TLS handshake. Default <c>"30s"</c>.</summary>
    public TimeSpan Handshake { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary><c>connections</c>: open at once on one listener. Default 10000.</summary>
    public int Connections { get; init; } = 10_000;

    /// <summary><c>connections_per_address</c>: open at once from one address (an IPv6 /64); 0 no limit. Default 50.</summary>
    public int ConnectionsPerAddress { get; init; } = 50;

    /// <summary><c>connections_per_minute</c>: begun within a minute from one address, on each listener; 0 no limit. Default 0.</summary>
    public int ConnectionsPerMinute { get; init; }

    /// <summary><c>messages_per_minute</c>: begun within a minute from one address without login; 0 no limit. Default 0.</summary>
    public int MessagesPerMinute { get; init; }

    /// <summary><c>recipients_per_hour</c>: of one account; 0 no limit. Default 0.</summary>
    public int RecipientsPerHour { get; init; }

    /// <summary><c>unknown_recipients</c>: asked for within an hour from one address before answers come late; 0 never. Default 10.</summary>
    public int UnknownRecipients { get; init; } = 10;

    /// <summary><c>unknown_recipient_delay</c>: how late. Default <c>"3s"</c>.</summary>
    public TimeSpan UnknownRecipientDelay { get; init; } = TimeSpan.FromSeconds(3);

    internal static LimitOptions Read(OptionsReader reader)
    {
        var table = reader.Root.GetTable("limits");
        var defaults = new LimitOptions();
        var day = TimeSpan.FromDays(1);
        return new LimitOptions
        {
            MessageSize = table.GetSize("message_size", defaults.MessageSize, 64 << 10, 2L << 30),
            Recipients = Count("recipients", defaults.Recipients, 1, 100_000),
            Errors = Count("errors", defaults.Errors, 1, 10_000),
            SmtpIdle = Time("smtp_idle", defaults.SmtpIdle),
            SmtpSession = Time("smtp_session", defaults.SmtpSession),
            ImapIdle = Time("imap_idle", defaults.ImapIdle),
            Pop3Idle = Time("pop3_idle", defaults.Pop3Idle),
            LoginTime = Time("login_time", defaults.LoginTime),
            Handshake = Time("handshake", defaults.Handshake),
            Connections = Count("connections", defaults.Connections, 1),
            ConnectionsPerAddress = Count("connections_per_address", defaults.ConnectionsPerAddress),
            ConnectionsPerMinute = Count("connections_per_minute", defaults.ConnectionsPerMinute),
            MessagesPerMinute = Count("messages_per_minute", defaults.MessagesPerMinute),
            RecipientsPerHour = Count("recipients_per_hour", defaults.RecipientsPerHour),
            UnknownRecipients = Count("unknown_recipients", defaults.UnknownRecipients),
            UnknownRecipientDelay = Time("unknown_recipient_delay", defaults.UnknownRecipientDelay),
        };

        int Count(string key, int defaultValue, int minimum = 0, int maximum = 1_000_000) =>
            (int)table.GetInteger(key, defaultValue, minimum, maximum);

        TimeSpan Time(string key, TimeSpan defaultValue) => table.GetDuration(key, defaultValue, TimeSpan.FromSeconds(1), day);
    }
}
