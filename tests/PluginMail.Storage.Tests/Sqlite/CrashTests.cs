using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using PluginMail.Abstractions;
using PluginMail.Storage.Sqlite;

namespace PluginMail.Storage.Tests;

/// <summary>A process that writes is killed at random moments; what it was told is stored must be there, once and whole.</summary>
public sealed class CrashTests : IDisposable
{
    private const int Rounds = 10;

    private readonly string _root = Path.Combine(Path.GetTempPath(), "pluginmail-crash-" + Guid.NewGuid().ToString("n"));
    private readonly Dictionary<(long Folder, uint Uid), string> _stored = [];
    private readonly HashSet<(long Folder, uint Uid)> _leaving = [];
    private readonly HashSet<(long Folder, uint Uid)> _gone = [];

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Nothing_acknowledged_is_lost_or_doubled_by_a_kill()
    {
        var random = new Random();
        await using (SqliteMailStore store = await OpenAsync())
        {
            await store.Directory.AddDomainAsync("example.test", default);
            await store.Directory.AddAccountAsync(
                new EmailAddress("anna", "example.test"), "", 0, ScramVerifier.Create("x", 4096), [new NewFolder("Work", SpecialUse.None)], default);
        }

        for (int round = 0; round < Rounds; round++)
        {
            await RunAndKillAsync(round * 100_000, random.Next(1, 400));
            await VerifyAsync();
        }

        Assert.True(_stored.Count > Rounds);
    }

    private ValueTask<SqliteMailStore> OpenAsync() =>
        SqliteMailStore.OpenAsync(new StoreOptions(_root), TimeProvider.System, NullLoggerFactory.Instance, default);

    private async Task RunAndKillAsync(int firstNumber, int lines)
    {
        string host = Path.Combine(AppContext.BaseDirectory.Replace("Storage.Tests", "Storage.CrashHost", StringComparison.Ordinal), "PluginMail.Storage.CrashHost.dll");
        using Process process = Process.Start(new ProcessStartInfo("dotnet")
        {
            ArgumentList = { "exec", host, _root, firstNumber.ToString(CultureInfo.InvariantCulture) },
            Environment = { ["DOTNET_EnableDiagnostics"] = "0" }, // one that is killed leaves no pipe behind
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        try
        {
            for (int i = 0; i < lines; i++)
            {
                Note(await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The host ended by itself"));
            }
        }
        finally
        {
            process.Kill();
        }

        // What it wrote before it died counts too, except for a line that was cut off.
        string rest = await process.StandardOutput.ReadToEndAsync();
        foreach (string line in rest[..(rest.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Note(line);
        }

        await process.WaitForExitAsync();
    }

    private void Note(string line)
    {
        string[] parts = line.Split(' ');
        var message = (long.Parse(parts[1], CultureInfo.InvariantCulture), uint.Parse(parts[2], CultureInfo.InvariantCulture));
        switch (parts[0])
        {
            case "+":
                Assert.True(_stored.TryAdd(message, parts[3]), "UID given twice: " + line);
                break;
            case "?":
                _leaving.Add(message);
                break;
            default:
                _gone.Add(message);
                break;
        }
    }

    private async Task VerifyAsync()
    {
        await using SqliteMailStore store = await OpenAsync();
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_root, "spool")));
        Account account = (await store.Directory.FindAccountAsync(new EmailAddress("anna", "example.test"), default))!;
        foreach (Folder folder in await store.Mailboxes.ListFoldersAsync(account.Id, default))
        {
            using IFolderHold hold = (await store.Mailboxes.HoldAsync(folder.Id, false, default))!;
            await VerifyFolderAsync(store, hold);
        }

        await store.Maintenance.ReclaimAsync(default);
        Assert.Empty((await store.Maintenance.CheckAsync(default)).Problems);
    }

    private async Task VerifyFolderAsync(SqliteMailStore store, IFolderHold hold)
    {
        long folder = hold.Version.Folder.Value;
        foreach (((long inFolder, uint uid), string text) in _stored.Where(stored => stored.Key.Folder == folder))
        {
            bool isThere = hold.Version.IndexOf(uid) >= 0;
            Assert.True(isThere || _leaving.Contains((inFolder, uid)), $"Lost: {folder}/{uid}");
            Assert.False(isThere && _gone.Contains((inFolder, uid)), $"Came back: {folder}/{uid}");
            if (isThere)
            {
                StoredMessage message = Assert.Single(await store.Mailboxes.ReadAsync(hold, [uid], true, default));
                using MessageContent content = store.Bodies.Open(message);
                byte[] octets = new byte[message.Size];
                Assert.Equal(octets.Length, content.Read(0, octets));
                Assert.Equal(text.PadRight(int.Parse(text[(text.IndexOf(':', StringComparison.Ordinal) + 1)..], CultureInfo.InvariantCulture), 'x'), Encoding.ASCII.GetString(octets));
            }
        }

        var texts = new HashSet<string>();
        for (int i = 0; i < hold.Version.Count; i++)
        {
            StoredMessage message = Assert.Single(await store.Mailboxes.ReadAsync(hold, [hold.Version[i].Uid], false, default));
            using MessageContent content = store.Bodies.Open(message);
            byte[] start = new byte[20];
            content.Read(0, start);
            Assert.True(texts.Add(Encoding.ASCII.GetString(start)), "Stored twice");
        }
    }
}
