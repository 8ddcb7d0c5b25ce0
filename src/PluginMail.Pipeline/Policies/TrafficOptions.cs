namespace PluginMail.Pipeline;

/// <summary>What one client or account may send in a time. Loopback, relay networks and logins are exempt from what is counted by address.</summary>
public sealed record TrafficOptions
{
    /// <summary>Transactions (MAIL) a minute of one address (IPv6: of one /64); 0 is no limit.</summary>
    public int MessagesPerMinute { get; init; }

    /// <summary>Recipients an hour of one account, so that a stolen password sends little; 0 is no limit.</summary>
    public int RecipientsPerHour { get; init; }

    /// <summary>
    /// Recipients that do not exist, of one address within an hour, from which on each further one is answered late; at three times as many the
    /// session ends (421). 0 switches it off.
    /// </summary>
    public int UnknownRecipients { get; init; }

    /// <summary>How late.</summary>
    public TimeSpan UnknownRecipientDelay { get; init; } = TimeSpan.FromSeconds(3);
}
