using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using PluginMail.Abstractions;
using PluginMail.Storage;
using PluginMail.Storage.Sqlite;

namespace PluginMail.Testing;

/// <summary>A real store in a folder of its own, which serves example.test.</summary>
internal sealed class TemporaryStore : IAsyncDisposable
{
    private static readonly ScramVerifier Verifier = ScramVerifier.Create("secret", 4096);

    private TemporaryStore(string root, IMailStore store) => (Root, Store) = (root, store);

    public string Root { get; }

    public IMailStore Store { get; }

    public static async Task<TemporaryStore> OpenAsync(TimeProvider clock)
    {
        string root = Path.Combine(Path.GetTempPath(), "pluginmail-test-" + Guid.NewGuid().ToString("n"));
        IMailStore store = await SqliteMailStore.OpenAsync(
            new StoreOptions(Path.Combine(root, "data")), clock, NullLoggerFactory.Instance, CancellationToken.None);
        await store.Directory.AddDomainAsync("example.test", CancellationToken.None);
        return new TemporaryStore(root, store);
    }

    public static EmailAddress Address(string text) =>
        EmailAddress.TryParse(text.Contains('@', StringComparison.Ordinal) ? text : $"{text}@example.test", out EmailAddress? address)
            ? address
            : throw new ArgumentException(text);

    public async Task<Account> AddAccountAsync(string name, long quota = 0, params NewFolder[] folders)
    {
        await Store.Directory.AddAccountAsync(Address(name), "", quota, Verifier, folders, CancellationToken.None);
        return (await Store.Directory.FindAccountAsync(Address(name), CancellationToken.None))!;
    }

    public Task AddAliasAsync(string name, params string[] targets) =>
        Store.Directory.AddAliasAsync(new AddressAlias(Address(name), [.. targets.Select(Address)]), CancellationToken.None).AsTask();

    public async Task SetFilterAsync(string name, string script)
    {
        Account account = (await Store.Directory.FindAccountAsync(Address(name), CancellationToken.None))!;
        await Store.Scripts.PutAsync(account.Id, "main", Encoding.UTF8.GetBytes(script), activate: true, CancellationToken.None);
    }

    /// <summary>The messages of a folder as text; none where there is no such folder.</summary>
    public async Task<IReadOnlyList<string>> ReadAsync(string name, string folder = Folder.Inbox)
    {
        Account account = (await Store.Directory.FindAccountAsync(Address(name), CancellationToken.None))!;
        if (await Store.Mailboxes.FindFolderAsync(account.Id, folder, CancellationToken.None) is not { } found)
        {
            return [];
        }

        using IFolderHold hold = (await Store.Mailboxes.HoldAsync(found.Id, takeRecent: false, CancellationToken.None))!;
        uint[] uids = [.. Enumerable.Range(0, hold.Version.Count).Select(i => hold.Version[i].Uid)];
        return [.. (await Store.Mailboxes.ReadAsync(hold, uids, withStructure: false, CancellationToken.None)).Select(Text)];
    }

    public async Task<IReadOnlyList<QueueEntry>> QueueAsync() => await Store.Queue.ListAsync(null, 100, CancellationToken.None);

    public string Text(StoredMessage message)
    {
        using MessageContent content = Store.Bodies.Open(message);
        byte[] octets = new byte[content.Length];
        int count = 0;
        for (int read; count < octets.Length && (read = content.Read(count, octets.AsSpan(count))) > 0;)
        {
            count += read;
        }

        return Encoding.UTF8.GetString(octets, 0, count);
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        Directory.Delete(Root, recursive: true);
    }
}
