using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using PluginMail.Icap.Protocol;

namespace PluginMail.Icap;

/// <summary>Asks one service after another until one answers; those that failed lately come last.</summary>
internal sealed class IcapScanner(IcapOptions options, TimeProvider clock, ILogger log) : IDisposable
{
    private readonly ImmutableArray<IcapService> _services = [.. options.Servers.Select(address => new IcapService(address, options, clock))];
    private uint _turn;

    /// <summary>Has an object scanned.</summary>
    /// <returns>What was found; a service that cannot be reached is an answer too.</returns>
    /// <exception cref="OperationCanceledException">The call has ended.</exception>
    public async ValueTask<ScanResult> ScanAsync(IcapObject scanned, CancellationToken cancellationToken)
    {
        string reasons = "";
        foreach (var service in InOrder())
        {
            try
            {
                var result = await service.ScanAsync(scanned, cancellationToken);
                service.Works();
                return result;
            }
            catch (IcapFaultException e)
            {
                service.Failed();
                IcapLog.Unavailable(log, service.Address.Uri, e.Message);
                reasons += $"{(reasons.Length > 0 ? "; " : "")}{service.Address.Authority}: {e.Message}";
            }
        }

        return new ScanResult.Unavailable(reasons);
    }

    public void Dispose()
    {
        foreach (var service in _services)
        {
            service.Dispose();
        }
    }

    private IEnumerable<IcapService> InOrder()
    {
        int first = options.Order == Order.RoundRobin ? (int)(Interlocked.Increment(ref _turn) % (uint)_services.Length) : 0;
        return Enumerable.Range(first, _services.Length).Select(i => _services[i % _services.Length]).OrderBy(service => service.FailedLately);
    }
}
