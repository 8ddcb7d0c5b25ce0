using PluginMail.Abstractions;

namespace PluginMail.SmtpClient.Tests.Security;

/// <summary>A resolver that says what a test set; other names do not exist.</summary>
internal sealed class FixedDns : IDnsResolver
{
    private readonly Dictionary<(string, DnsRecordType), DnsAnswer> _answers = [];

    public FixedDns Set(string name, DnsRecordType type, params string[] records)
    {
        _answers[(name, type)] = new DnsAnswer(DnsStatus.Found, [.. records], TimeSpan.FromMinutes(5), IsAuthenticated: false);
        return this;
    }

    public ValueTask<DnsAnswer> QueryAsync(string name, DnsRecordType type, CancellationToken cancellationToken) => ValueTask.FromResult(
        _answers.GetValueOrDefault((name, type)) ?? new DnsAnswer(DnsStatus.NameError, [], TimeSpan.Zero, IsAuthenticated: false));
}
