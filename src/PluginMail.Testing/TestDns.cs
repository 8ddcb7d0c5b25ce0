using PluginMail.Abstractions;

namespace PluginMail.Testing;

/// <summary>Answers from a table that the test fills; what is not in it does not exist.</summary>
public sealed class TestDns : IDnsResolver
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Name, DnsRecordType Type), DnsAnswer> _answers = [];
    private readonly List<string> _asked = [];

    /// <summary>What was asked, as <c>example.test MX</c>.</summary>
    public IReadOnlyList<string> Asked
    {
        get
        {
            lock (_lock)
            {
                return [.. _asked];
            }
        }
    }

    /// <summary>Gives a name records.</summary>
    /// <param name="name">The name, whatever the case.</param>
    /// <param name="type">The type.</param>
    /// <param name="records">The records as the contract gives them.</param>
    /// <returns>This table.</returns>
    public TestDns Add(string name, DnsRecordType type, params string[] records) => Answer(
        name, type, new DnsAnswer(DnsStatus.Found, [.. records], TimeSpan.FromMinutes(5), IsAuthenticated: false));

    /// <summary>Gives a name any answer: a failure, no data, an authenticated one.</summary>
    /// <param name="name">The name, whatever the case.</param>
    /// <param name="type">The type.</param>
    /// <param name="answer">The answer.</param>
    /// <returns>This table.</returns>
    public TestDns Answer(string name, DnsRecordType type, DnsAnswer answer)
    {
        lock (_lock)
        {
            _answers[(name.ToLowerInvariant(), type)] = answer;
        }

        return this;
    }

    /// <inheritdoc/>
    public ValueTask<DnsAnswer> QueryAsync(string name, DnsRecordType type, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            string key = name.ToLowerInvariant();
            _asked.Add($"{key} {type}");
            bool isKnown = _answers.Keys.Any(known => known.Name == key);
            return new(_answers.GetValueOrDefault(
                (key, type), new DnsAnswer(isKnown ? DnsStatus.NoData : DnsStatus.NameError, [], TimeSpan.FromMinutes(5), IsAuthenticated: false)));
        }
    }
}
