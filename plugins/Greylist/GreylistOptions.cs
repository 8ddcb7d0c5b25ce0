using PluginMail.Abstractions;
using PluginMail.Addresses;
using PluginMail.Clients;
using PluginMail.Text;

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
    HostPatterns TrustedClientNames,
    TimeSpan ClientNameTime,
    AddressPatterns TrustedSenders,
    AddressPatterns TrustedRecipients)
{
    // RFC 5321 section 4.5.1 and RFC 2142 section 4: those to whom trouble is told.
    private static readonly string[] AlwaysReached = ["postmaster@", "abuse@"];

    /// <summary>Reads the table; what is wrong in it is gathered there.</summary>
    public static GreylistOptions Read(ISettings settings)
    {
        var delay = settings.GetDuration("delay", TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(1), TimeSpan.FromHours(6));
        var window = settings.GetDuration("retry_window", TimeSpan.FromHours(48), TimeSpan.FromMinutes(1), TimeSpan.FromDays(14));
        if (window <= delay)
        {
            settings.Reject("retry_window", "a longer time than delay");
        }

        return new GreylistOptions(
            delay,
            window,
            settings.GetDuration("white_for", TimeSpan.FromDays(35), TimeSpan.FromMinutes(1), TimeSpan.FromDays(366)),
            (int)settings.GetInteger("network_v4", defaultValue: 24, minimum: 8, maximum: 32),
            (int)settings.GetInteger("network_v6", defaultValue: 64, minimum: 16, maximum: 128),
            (int)settings.GetInteger("client_passes", defaultValue: 5, minimum: 0, maximum: 1000),
            (int)settings.GetInteger("new_per_hour", defaultValue: 1000, minimum: 1, maximum: 1_000_000),
            settings.GetBoolean("spf", defaultValue: true),
            settings.GetDuration("spf_time", TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1)),
            Printable.Of(settings.GetString("text", "Greylisted; please try again in {seconds} seconds"), 400),
            ClientNetworks.Read(settings, "trusted_clients", ClientNetworks.NoStrangers),
            HostPatterns.Read(settings, "trusted_client_names"),
            settings.GetDuration("client_name_time", TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1)),
            AddressPatterns.Read(settings, "trusted_senders", []),
            AddressPatterns.Read(settings, "trusted_recipients", AlwaysReached));
    }
}
