using PluginMail.Abstractions;

namespace PluginMail.Dnsbl;

/// <summary>Asks lists in DNS about clients, senders and links.</summary>
public sealed class DnsblPlugin : IMailPlugin
{
    /// <inheritdoc/>
    public ValueTask<IReadOnlyCollection<IMailRole>> StartAsync(IPluginHost host, CancellationToken cancellationToken)
    {
        var options = DnsblOptions.Read(host.Settings);
        var log = host.CreateLogger("");
        var lookup = new ListLookup(host.Dns, host.Clock, host.Meter, log);
        var verdict = new ListVerdict(options, lookup, host.Meter, log);
        var clients = new SessionListCheck(options, host.Dns, lookup, verdict, host.Clock);
        return new([clients, new UriListCheck(options, clients, lookup, verdict, host.Clock)]);
    }

    /// <inheritdoc/>
    public bool CheckSettings(ISettings settings, string hostname)
    {
        DnsblOptions.Read(settings);
        return true;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => default;
}
