using System.Collections.Concurrent;
using System.Collections.Immutable;
using PluginMail.Abstractions;

namespace PluginMail.MailAuth.Tests;

/// <summary>A resolver whose answers are written down. Follows aliases as a real one does.</summary>
internal sealed class ZoneResolver : IDnsResolver
{
    private readonly Dictionary<(string Name, DnsRecordType Type), List<string>> _records = [];
    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _failingNames = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<(string Name, DnsRecordType Type)> _failing = [];

    public ConcurrentQueue<(string Name, DnsRecordType Type)> Queries { get; } = [];

    /// <summary>Called before each answer.</summary>
    public Func<string, CancellationToken, ValueTask>? Before { get; init; }

    public ZoneResolver Add(string name, DnsRecordType type, params string[] records)
    {
        name = name.ToLowerInvariant();
        _names.Add(name);
        if (!_records.TryGetValue((name, type), out List<string>? list))
        {
            _records.Add((name, type), list = []);
        }

        list.AddRange(records);
        return this;
    }

    public ZoneResolver Txt(string name, params string[] records) => Add(name, DnsRecordType.TXT, records);

    /// <summary>A name that exists without records.</summary>
    public ZoneResolver Empty(string name)
    {
        _names.Add(name);
        return this;
    }

    public ZoneResolver Fail(string name, DnsRecordType? type = null)
    {
        _ = type is { } one ? _failing.Add((name.ToLowerInvariant(), one)) : _failingNames.Add(name);
        return this;
    }

    public async ValueTask<DnsAnswer> QueryAsync(string name, DnsRecordType type, CancellationToken cancellationToken)
    {
        Queries.Enqueue((name, type));
        Assert.True(DomainName.IsQueryable(name), name);
        if (Before is not null)
        {
            await Before(name, cancellationToken);
        }

        return Answer(name.ToLowerInvariant(), type, 0);
    }

    private DnsAnswer Answer(string name, DnsRecordType type, int depth)
    {
        if (_failing.Contains((name, type)) || depth > 8)
        {
            return Make(DnsStatus.Failure);
        }

        if (_records.TryGetValue((name, type), out List<string>? records))
        {
            return Make(DnsStatus.Found, [.. records]);
        }

        if (_records.TryGetValue((name, DnsRecordType.CNAME), out List<string>? alias))
        {
            return Answer(alias[0].ToLowerInvariant(), type, depth + 1);
        }

        return Make(_failingNames.Contains(name) ? DnsStatus.Failure
            : _names.Contains(name) || _names.Any(known => known.EndsWith("." + name, StringComparison.OrdinalIgnoreCase)) ? DnsStatus.NoData
            : DnsStatus.NameError);
    }

    private static DnsAnswer Make(DnsStatus status, ImmutableArray<string> records = default) =>
        new(status, records.IsDefault ? [] : records, TimeSpan.FromHours(1), false);
}
