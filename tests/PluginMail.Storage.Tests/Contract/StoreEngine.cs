using Microsoft.Extensions.Logging.Abstractions;
using PluginMail.Storage.Sqlite;

namespace PluginMail.Storage.Tests;

/// <summary>An engine under test.</summary>
public interface IStoreEngine
{
    ValueTask<IMailStore> OpenAsync(StoreOptions options, TimeProvider time);

    ValueTask<StoreCheckReport> RestoreAsync(string backup, string data, TimeProvider time);
}

public sealed class SqliteEngine : IStoreEngine
{
    public async ValueTask<IMailStore> OpenAsync(StoreOptions options, TimeProvider time) =>
        await SqliteMailStore.OpenAsync(options, time, NullLoggerFactory.Instance, CancellationToken.None);

    public ValueTask<StoreCheckReport> RestoreAsync(string backup, string data, TimeProvider time) =>
        SqliteMailStore.RestoreAsync(backup, data, time, NullLoggerFactory.Instance, CancellationToken.None);
}

/// <summary>A clock that stands until it is moved.</summary>
internal sealed class StandingClock : TimeProvider
{
    private DateTimeOffset _now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => _now;

    public void Move(TimeSpan by) => _now += by;
}
