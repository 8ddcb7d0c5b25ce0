using System.Text;
using PluginMail.Abstractions;

namespace PluginMail.Storage.Tests;

/// <summary>A store in a folder of its own, with a domain and an account. Every test ends with a clean check.</summary>
public abstract class StoreTests<TEngine> : IAsyncLifetime
    where TEngine : IStoreEngine, new()
{
    protected static readonly ScramVerifier Verifier = ScramVerifier.Create("secret", 4096);
    protected static readonly DateTimeOffset Received = new(2026, 11, 21, 9, 30, 15, TimeSpan.FromMinutes(330));

    private readonly TEngine _engine = new();

    private protected StandingClock Clock { get; } = new();

    protected string Root { get; } = Path.Combine(Path.GetTempPath(), "pluginmail-storage-" + Guid.NewGuid().ToString("n"));

    protected string DataFolder => Path.Combine(Root, "data");

    protected IMailStore Store { get; private set; } = null!;

    protected AccountId Account { get; private set; }

    protected Folder Inbox { get; private set; } = null!;

    protected IMailboxStore Mailboxes => Store.Mailboxes;

    protected virtual StoreOptions Options => new(DataFolder);

    protected virtual bool EndsClean => true;

    protected static CancellationToken None => CancellationToken.None;

    public async Task InitializeAsync()
    {
        Store = await _engine.OpenAsync(Options, Clock);
        Assert.Equal(DirectoryChange.Done, await Store.Directory.AddDomainAsync("example.test", None));
        Account = await AddAccountAsync("anna");
        Inbox = await FolderAsync("INBOX");
    }

    public async Task DisposeAsync()
    {
        if (EndsClean)
        {
            await AssertCleanAsync();
        }

        await Store.DisposeAsync();
        Directory.Delete(Root, recursive: true);
    }

    protected async Task ReopenAsync()
    {
        await Store.DisposeAsync();
        Store = await _engine.OpenAsync(Options, Clock);
    }

    protected ValueTask<StoreCheckReport> RestoreAsync(string backup, string data) => _engine.RestoreAsync(backup, data, Clock);

    protected ValueTask<IMailStore> OpenOtherAsync(string data) => _engine.OpenAsync(new StoreOptions(data), Clock);

    protected async Task AssertCleanAsync()
    {
        StoreCheckReport report = await Store.Maintenance.CheckAsync(None);
        Assert.Empty(report.Problems);
    }

    protected static EmailAddress Address(string text) =>
        EmailAddress.TryParse(text, out EmailAddress? address) ? address : throw new ArgumentException(text);

    protected async Task<AccountId> AddAccountAsync(string localPart, long quota = 0, params NewFolder[] folders)
    {
        EmailAddress address = Address(localPart + "@example.test");
        Assert.Equal(DirectoryChange.Done, await Store.Directory.AddAccountAsync(address, "", quota, Verifier, folders, None));
        return (await Store.Directory.FindAccountAsync(address, None))!.Id;
    }

    protected async Task<Folder> FolderAsync(string name, AccountId? account = null) =>
        await Mailboxes.FindFolderAsync(account ?? Account, name, None) ?? throw new InvalidOperationException("No folder " + name);

    protected async Task<Folder> CreateFolderAsync(string name)
    {
        Assert.Equal(FolderChange.Done, await Mailboxes.CreateFolderAsync(Account, new NewFolder(name, SpecialUse.None), None));
        return await FolderAsync(name);
    }

    protected static NewBody Body(string text, string structure = "") => new(new MemoryContent(Encoding.UTF8.GetBytes(text)), Encoding.UTF8.GetBytes(structure));

    protected static NewCopy Copy(NewBody body, FolderId folder, string prefix = "", MessageFlags flags = default, params string[] keywords) =>
        new(body, folder, Encoding.UTF8.GetBytes(prefix), flags, keywords, Received);

    protected async Task<uint> AddAsync(FolderId folder, string text, string prefix = "", MessageFlags flags = default, params string[] keywords)
    {
        CommitResult result = await Store.CommitAsync(new StoreBatch([Copy(Body(text), folder, prefix, flags, keywords)], []), None);
        Assert.Equal(CopyResultStatus.Stored, result.Copies[0].Status);
        return result.Copies[0].Uid;
    }

    protected async Task<uint[]> AddManyAsync(FolderId folder, int count)
    {
        CommitResult result = await Store.CommitAsync(
            new StoreBatch([.. Enumerable.Range(1, count).Select(n => Copy(Body($"message {n}"), folder))], []), None);
        return [.. result.Copies.Select(copy => copy.Uid)];
    }

    protected async Task<IFolderHold> HoldAsync(FolderId folder, bool takeRecent = false) =>
        await Mailboxes.HoldAsync(folder, takeRecent, None) ?? throw new InvalidOperationException("No such folder");

    protected async Task<string?> TextAsync(IFolderHold hold, uint uid)
    {
        IReadOnlyList<StoredMessage> messages = await Mailboxes.ReadAsync(hold, [uid], false, None);
        return messages.Count == 0 ? null : Text(messages[0]);
    }

    protected string Text(StoredMessage message)
    {
        using MessageContent content = Store.Bodies.Open(message);
        return Encoding.UTF8.GetString(Octets(content));
    }

    protected static byte[] Octets(MessageContent content)
    {
        byte[] octets = new byte[content.Length];
        int read = 0;
        while (read < octets.Length)
        {
            int count = content.Read(read, octets.AsSpan(read));
            Assert.True(count > 0);
            read += count;
        }

        return octets;
    }

    protected async Task<string[]> TextsAsync(FolderId folder)
    {
        using IFolderHold hold = await HoldAsync(folder);
        uint[] uids = [.. Enumerable.Range(0, hold.Version.Count).Select(i => hold.Version[i].Uid)];
        return [.. (await Mailboxes.ReadAsync(hold, uids, false, None)).Select(Text)];
    }

    protected static FlagUpdate Update(FlagUpdateMode mode, MessageFlags flags, params string[] keywords) => new(mode, flags, keywords);
}
