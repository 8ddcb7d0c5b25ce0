using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using PluginMail.Daemons;
using PluginMail.Icap.Protocol;
using PluginMail.Viruses;

namespace PluginMail.Icap;

/// <summary>Asks any service that answers.</summary>
internal sealed class IcapScanner : IDisposable
{
    private readonly FrozenDictionary<DaemonAddress, IcapService> _services;

    public IcapScanner(IcapOptions options, TimeProvider clock, Meter meter, ILogger log)
    {
        _services = options.Addresses.ToFrozenDictionary(address => address.Daemon, address => new IcapService(address, options, clock));
        Daemons = new DaemonGroup(options.Daemons, clock, meter, log);
    }

    /// <summary>The services, and how they fare.</summary>
    public DaemonGroup Daemons { get; }

    /// <summary>Has an object scanned.</summary>
    /// <returns>What was found; a service that cannot be reached is an answer too.</returns>
    /// <exception cref="OperationCanceledException">The call has ended.</exception>
    public async ValueTask<ScanResult> ScanAsync(IcapObject scanned, CancellationToken cancellationToken)
    {
        var answer = await Daemons.AskAsync(async (address, token) => await _services[address].ScanAsync(scanned, token), cancellationToken);
        return answer.Value ?? new ScanResult.Unavailable(answer.Failure);
    }

    /// <summary>Asks one service what it is.</summary>
    public async ValueTask<Answer<string>> PingAsync(DaemonAddress address, CancellationToken cancellationToken) =>
        Answer<string>.Of(await _services[address].DescribeAsync(cancellationToken));

    /// <inheritdoc/>
    public void Dispose()
    {
        Daemons.Dispose();
        foreach (var service in _services.Values)
        {
            service.Dispose();
        }
    }
}
