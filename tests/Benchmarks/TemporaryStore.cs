using Microsoft.Extensions.Logging.Abstractions;
using PluginMail.Storage;
using PluginMail.Storage.Sqlite;

namespace PluginMail.Benchmarks;

/// <summary>A store in a folder of its own, which goes with it.</summary>
internal sealed class TemporaryStore : IAsyncDisposable
{
    public const string Domain = "example.test";

    private readonly DirectoryInfo _folder;

    private TemporaryStore(DirectoryInfo folder, SqliteMailStore store) => (_folder, Store) = (folder, store);

    public SqliteMailStore Store { get; }

    public string Folder => _folder.FullName;

    /// <summary>Opens one with a domain and no accounts.</summary>
    public static async Task<TemporaryStore> OpenAsync(TimeSpan extraSyncDelay = default)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("pluginmail-bench-");
        var options = new StoreOptions(folder.FullName) { ExtraSyncDelay = extraSyncDelay };
        SqliteMailStore store = await SqliteMailStore.OpenAsync(options, TimeProvider.System, NullLoggerFactory.Instance, default);
        await store.Directory.AddDomainAsync(Domain, default);
        return new TemporaryStore(folder, store);
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
