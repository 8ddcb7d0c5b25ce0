using System.Collections.Immutable;
using PluginMail.Abstractions;

namespace PluginMail.SmtpClient.Tests;

/// <summary>A resolver that knows what a test tells it; all else does not exist.</summary>
internal sealed class FakeResolver : IDnsResolver
{
    private readonly Dictionary<(string Name, DnsRecordType Type), DnsAnswer> _answers = [];

    public FakeResolver Add(string name, DnsRecordType type, params string[] records)
    {
        _answers[(name, type)] = new DnsAnswer(DnsStatus.Found, [.. records], TimeSpan.FromMinutes(5), IsAuthenticated);
        return this;
    }

    public FakeResolver Fail(string name, DnsRecordType type, DnsStatus status = DnsStatus.Failure)
    {
        _answers[(name, type)] = new DnsAnswer(status, [], TimeSpan.Zero, IsAuthenticated: false);
        return this;
    }

    public bool IsAuthenticated { get; init; }

    public ValueTask<DnsAnswer> QueryAsync(string name, DnsRecordType type, CancellationToken cancellationToken)
    {
        bool exists = _answers.Keys.Any(key => key.Name == name);
        return ValueTask.FromResult(_answers.GetValueOrDefault((name, type))
            ?? new DnsAnswer(exists ? DnsStatus.NoData : DnsStatus.NameError, ImmutableArray<string>.Empty, TimeSpan.FromMinutes(5), IsAuthenticated));
    }
}
