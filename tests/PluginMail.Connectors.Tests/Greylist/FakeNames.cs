using System.Collections.Concurrent;
using PluginMail.Abstractions;

namespace PluginMail.Connectors.Tests.Greylist;

/// <summary>DNS with the records that a test names; what it does not is not there.</summary>
internal sealed class FakeNames : IDnsResolver
{
    /// <summary>The data of names, whatever the type.</summary>
    public Dictionary<string, string[]> Records { get; } = new(StringComparer.Ordinal);

    /// <summary>Names of which DNS cannot say anything.</summary>
    public HashSet<string> Failing { get; } = new(StringComparer.Ordinal);

    /// <summary>A name for which there is no answer.</summary>
    public string? Silent { get; set; }

    /// <summary>What was asked.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    public async ValueTask<DnsAnswer> QueryAsync(string name, DnsRecordType type, CancellationToken cancellationToken)
    {
        Asked.Enqueue(name);
        if (name == Silent)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        return Failing.Contains(name) ? Answer(DnsStatus.Failure, [])
            : Records.TryGetValue(name, out string[]? records) ? Answer(DnsStatus.Found, records)
            : Answer(DnsStatus.NameError, []);
    }

    private static DnsAnswer Answer(DnsStatus status, string[] records) => new(status, [.. records], TimeSpan.Zero, IsAuthenticated: false);
}
