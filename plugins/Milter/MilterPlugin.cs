using PluginMail.Abstractions;
using PluginMail.Milter.Messages;
using PluginMail.Milter.Sessions;

namespace PluginMail.Milter;

/// <summary>Asks milters (mail filters that speak Sendmail's protocol) about sessions and messages.</summary>
public sealed class MilterPlugin : IMailPlugin
{
    private readonly List<MilterPeer> _peers = [];

    /// <inheritdoc/>
    public ValueTask<IReadOnlyCollection<IMailRole>> StartAsync(IPluginHost host, CancellationToken cancellationToken)
    {
        var options = MilterOptions.Read(host.Settings, host.Hostname);
        var figures = new MilterFigures(host.Meter, host.Clock);
        var names = new ClientNames(host.Dns, host.Clock, options.ClientNames);
        var log = host.CreateLogger("");
        List<IMailRole> roles = [];
        foreach (var server in options.Servers)
        {
            var peer = new MilterPeer(server, options, host.Clock, figures, log);
            var check = new MilterCheck(peer, names);
            _peers.Add(peer);
            roles.Add(check);
            roles.Add(new MilterEditor(check, peer, names));
        }

        return new(roles);
    }

    /// <inheritdoc/>
    public bool CheckSettings(ISettings settings, string hostname)
    {
        MilterOptions.Read(settings, hostname);
        return true;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        foreach (var peer in _peers)
        {
            peer.Dispose();
        }

        return default;
    }
}
