using PluginMail.Abstractions;
using PluginMail.Clients;
using PluginMail.Daemons;
using PluginMail.Learning;

namespace PluginMail.SpamAssassin;

/// <summary>Has messages scored by SpamAssassin's spamd, and has it learn from what owners move into and out of Junk.</summary>
public sealed class SpamAssassinPlugin : IMailPlugin
{
    private static readonly TimeSpan LookupLimit = TimeSpan.FromSeconds(2);
    private DaemonGroup? _daemons;

    /// <inheritdoc/>
    public ValueTask<IReadOnlyCollection<IMailRole>> StartAsync(IPluginHost host, CancellationToken cancellationToken)
    {
        var options = SpamAssassinOptions.Read(host.Settings);
        var log = host.CreateLogger("");
        _daemons = new DaemonGroup(options.Daemons, host.Clock, host.Meter, log);
        var spamd = new Spamd(_daemons, options.Daemons.ConnectTimeout, host.Clock);
        var trace = new Trace(options.ReverseName ? new ConfirmedNames(host.Dns, host.Clock, LookupLimit) : null, host.Hostname, host.Clock);
        List<IMailRole> roles =
        [
            new SpamCheck(options, spamd, trace, host.Meter, log),
            new StatusCommand(host.Clock, (_daemons, spamd.PingAsync)),
        ];
        if (options.Learning.IsOn)
        {
            roles.Add(new MoveLearner(options.Learning, spamd.TeachAsync, host.State, host.Meter, log));
        }

        return new(roles);
    }

    /// <inheritdoc/>
    public bool CheckSettings(ISettings settings, string hostname)
    {
        SpamAssassinOptions.Read(settings);
        return true;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _daemons?.Dispose();
        return default;
    }
}
