using PluginMail.Abstractions;
using PluginMail.Clients;

namespace PluginMail.Greylist;

/// <summary>The plugin's table.</summary>
internal sealed record GreylistOptions(
    TimeSpan Delay,
    TimeSpan RetryWindow,
    TimeSpan WhiteFor,
    int NetworkV4,
    int NetworkV6,
    int ClientPasses,
    int NewPerHour,
    bool Spf,
    TimeSpan SpfTime,
    string Text,
    ClientNetworks TrustedClients,
    AddressPatterns TrustedSenders,
    AddressPatterns TrustedRecipients)
{
    // RFC 5321 section 4.5.1 and RFC 2142 section 4: those to whom trouble is told.
    private static readonly string[] AlwaysReached = ["postmaster@", "abuse@"];

    /// <summary>Reads the table; what is wrong in it is gathered there.</summary>
    public static GreylistOptions Read(ISettings settings)
    {
        var delay = ReadDuration(settings, "delay", TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(1), TimeSpan.FromHours(6));
        var window = ReadDuration(settings, "retry_window", TimeSpan.FromHours(48), TimeSpan.FromMinutes(1), TimeSpan.FromDays(14));
        if (window <= delay)
        {
            settings.Reject("retry_window", "a longer time than delay");
        }

        return new GreylistOptions(
            delay,
            window,
            ReadDuration(settings, "white_for", TimeSpan.FromDays(35), TimeSpan.FromMinutes(1), TimeSpan.FromDays(366)),
            (int)settings.GetInteger("network_v4", defaultValue: 24, minimum: 8, maximum: 32),
            (int)settings.GetInteger("network_v6", defaultValue: 64, minimum: 16, maximum: 128),
            (int)settings.GetInteger("client_passes", defaultValue: 5, minimum: 0, maximum: 1000),
            (int)settings.GetInteger("new_per_hour", defaultValue: 1000, minimum: 1, maximum: 1_000_000),
            settings.GetBoolean("spf", defaultValue: true),
            ReadDuration(settings, "spf_time", TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1)),
            Printable.Of(settings.GetString("text", "Greylisted; please try again in {seconds} seconds"), 400),
            ClientNetworks.Read(settings, "trusted_clients", ClientNetworks.NotPublic),
            AddressPatterns.Read(settings, "trusted_senders", []),
            AddressPatterns.Read(settings, "trusted_recipients", AlwaysReached));
    }

    private static TimeSpan ReadDuration(ISettings settings, string key, TimeSpan defaultValue, TimeSpan least, TimeSpan most)
    {
        var value = settings.GetDuration(key, defaultValue);
        if (value < least || value > most)
        {
            settings.Reject(key, $"a duration of {least.TotalSeconds} to {most.TotalSeconds} seconds");
            return defaultValue;
        }

        return value;
    }
}
