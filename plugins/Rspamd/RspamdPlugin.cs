using PluginMail.Abstractions;
using PluginMail.Clients;
using PluginMail.Daemons;
using PluginMail.Learning;

namespace PluginMail.Rspamd;

/// <summary>Has messages judged by Rspamd, and has it learn from what owners move into and out of Junk.</summary>
public sealed class RspamdPlugin : IMailPlugin
{
    private static readonly TimeSpan LookupLimit = TimeSpan.FromSeconds(2);
    private readonly List<IDisposable> _owned = [];

    /// <inheritdoc/>
    public ValueTask<IReadOnlyCollection<IMailRole>> StartAsync(IPluginHost host, CancellationToken cancellationToken)
    {
        var options = RspamdOptions.Read(host.Settings);
        var log = host.CreateLogger("");
        var workers = Own(new DaemonGroup(options.Daemons, host.Clock, host.Meter, log));
        var names = new ConfirmedNames(host.Dns, host.Clock, LookupLimit);
        var scanner = new Scanner(options, workers, Own(new RspamdHttp(options.Daemons, host.Clock)), names, host.Hostname);
        List<IMailRole> roles = [new SpamCheck(options, scanner, host.Meter, log)];
        if (options is { Learning.IsOn: true, Controller: { } controller })
        {
            var controllers = Own(new DaemonGroup(controller.Daemons, host.Clock, host.Meter, log));
            var teacher = new Teacher(controllers, Own(new RspamdHttp(controller.Daemons, host.Clock)), controller.Password);
            roles.Add(new MoveLearner(options.Learning, teacher.TeachAsync, host.State, host.Meter, log));
            roles.Add(new StatusCommand(host.Clock, (workers, scanner.PingAsync), (controllers, teacher.PingAsync)));
        }
        else
        {
            roles.Add(new StatusCommand(host.Clock, (workers, scanner.PingAsync)));
        }

        return new(roles);
    }

    /// <inheritdoc/>
    public bool CheckSettings(ISettings settings, string hostname)
    {
        RspamdOptions.Read(settings);
        return true;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _owned.ForEach(static owned => owned.Dispose());
        return default;
    }

    private T Own<T>(T owned)
        where T : IDisposable
    {
        _owned.Add(owned);
        return owned;
    }
}
