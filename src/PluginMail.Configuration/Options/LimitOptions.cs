namespace PluginMail.Configuration.Options;

/// <summary>
/// Table <c>[limits]</c>. Connections from loopback are exempt from the limits per address. All times are at least 1 second; 0 as a number
/// means "no limit" where that is said. <c>connections_per_minute</c> and <c>messages_per_minute</c> are refused by this version unless 0.
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

    internal static LimitOptions Read(OptionsReader reader)
    {
        var table = reader.Root.GetTable("limits");
        var defaults = new LimitOptions();
        var day = TimeSpan.FromDays(1);
        foreach (string key in (ReadOnlySpan<string>)["connections_per_minute", "messages_per_minute"])
        {
            if (table.GetInteger(key, 0, 0, 1_000_000) > 0)
            {
                table.RejectUnsupported(key);
            }
        }

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
        };

        int Count(string key, int defaultValue, int minimum = 0, int maximum = 1_000_000) =>
            (int)table.GetInteger(key, defaultValue, minimum, maximum);

        TimeSpan Time(string key, TimeSpan defaultValue) => table.GetDuration(key, defaultValue, TimeSpan.FromSeconds(1), day);
    }
}
