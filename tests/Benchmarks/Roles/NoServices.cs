using PluginMail.Abstractions;

namespace PluginMail.Benchmarks.Roles;

/// <summary>What a plugin that asks for nothing is offered.</summary>
internal sealed class NoServices : ISubmission, IDnsResolver, IStateStore
{
    public static readonly NoServices Instance = new();

    public ValueTask<SubmissionResult> SubmitAsync(SubmittedMessage message, string idempotencyKey, CancellationToken cancellationToken) =>
        new(SubmissionResult.Failed);

    public ValueTask<DnsAnswer> QueryAsync(string name, DnsRecordType type, CancellationToken cancellationToken) =>
        new(new DnsAnswer(DnsStatus.Failure, [], TimeSpan.Zero, IsAuthenticated: false));

    public ValueTask<byte[]?> GetAsync(string key, CancellationToken cancellationToken) => new((byte[]?)null);

    public ValueTask<bool> CompareExchangeAsync(
        string key, byte[]? expected, byte[]? value, TimeSpan lifetime, CancellationToken cancellationToken) => new(false);

    public ValueTask<long> AddAsync(string key, long amount, TimeSpan lifetime, CancellationToken cancellationToken) => new(amount);
}
