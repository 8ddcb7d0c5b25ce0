using PluginMail.Abstractions;

namespace PluginMail.Server;

/// <summary>Stands where this version has no resolver: every look-up ends as one that no resolver could answer.</summary>
internal sealed class NoResolver : IDnsResolver
{
    public ValueTask<DnsAnswer> QueryAsync(string name, DnsRecordType type, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new DnsAnswer(DnsStatus.Failure, [], TimeSpan.Zero, IsAuthenticated: false));
}
