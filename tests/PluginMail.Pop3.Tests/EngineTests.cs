using System.Net;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using PluginMail.Abstractions;
using PluginMail.Storage;
using PluginMail.Storage.Sqlite;
using PluginMail.Transport;

namespace PluginMail.Pop3.Tests;

/// <summary>POP3 over the store that the server runs on.</summary>
public sealed class EngineTests : IDisposable
{
    private static readonly EmailAddress Address = new("u", "example.test");
    private static readonly byte[] Prefix = "Return-Path: <>\r\n"u8.ToArray();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pop3-store-");

    public void Dispose() => _folder.Delete(recursive: true);

    [SkippableFact]
    public async Task Messages_of_the_corpora_come_back_octet_for_octet()
    {
        string folder = Path.Combine(DialogTests.Root(), "..", "..", "..", "shared", "corpora", "messages");
        Skip.IfNot(Directory.Exists(folder), "no corpora here");
        byte[][] messages = [.. Directory.GetFiles(folder).Order().Select(File.ReadAllBytes), "bare\nlf"u8.ToArray(), []];
        await using IMailStore store = await OpenAsync();
        await MakeAccountAsync(store, messages);

        Pop3Client client = new Pop3Fixture(store).Connect();
        await client.SignInAsync();
        long total = 0;
        for (int i = 0; i < messages.Length; i++)
        {
            string? size = (await client.AskAsync($"LIST {i + 1}"))?.Split(' ')[2];
            Assert.Equal($"+OK {size} octets", await client.AskAsync($"RETR {i + 1}"));
            byte[] got = await client.ReadMessageAsync();
            Assert.Equal(size, got.Length.ToString());
            Assert.Equal(ListenerTests.WithCrLf(messages[i]), Encoding.Latin1.GetString(got.AsSpan(Prefix.Length)));
            total += got.Length;
        }

        Assert.Equal($"+OK {messages.Length} {total}", await client.AskAsync("STAT"));
    }

    [SkippableFact]
    public async Task Poplib_removes_the_first_message_for_good()
    {
        string before;
        await using (IMailStore store = await OpenAsync())
        {
            await MakeAccountAsync(store, ["a\r\n"u8.ToArray(), ".b"u8.ToArray(), "c\n"u8.ToArray()]);
            before = await UniqueIdsAsync(store);
            await using MailListener listener = await MailListener.StartAsync(
                new ListenerOptions(new IPEndPoint(IPAddress.Loopback, 0), TlsMode.None, 100, 100),
                new Pop3Fixture(store).Server,
                certificate: null,
                TimeProvider.System,
                NullLoggerFactory.Instance,
                CancellationToken.None);
            (int status, string said) = await ListenerTests.RunPythonAsync("poplib_session.py", "plain", listener.EndPoint.Port.ToString());
            Assert.True(status == 0, said);
        }

        await using IMailStore again = await OpenAsync();
        string[] expected = [.. before.Split("\r\n")[1..^1].Select(static (line, i) => $"{i + 1} {line.Split(' ')[1]}")];
        Assert.Equal(expected, (await UniqueIdsAsync(again)).Split("\r\n")[..^1]);
        Assert.Equal(2, expected.Length);
    }

    [Fact]
    public async Task What_another_session_removed_stays_readable()
    {
        await using IMailStore store = await OpenAsync();
        await MakeAccountAsync(store, ["a\r\n"u8.ToArray(), "b\r\n"u8.ToArray()]);
        var fixture = new Pop3Fixture(store);
        Pop3Client first = fixture.Connect();
        await first.SignInAsync();
        Pop3Client second = fixture.Connect();
        await second.SignInAsync();
        await second.SendAsync("DELE 1\r\nQUIT\r\n");
        await second.HangUpAsync();

        Assert.Equal("+OK 20 octets", await first.AskAsync("RETR 1"));
        Assert.Equal("Return-Path: <>\r\na\r\n", Encoding.Latin1.GetString(await first.ReadMessageAsync()));
        await first.HangUpAsync();
        Pop3Client third = fixture.Connect();
        await third.SignInAsync();
        Assert.Equal("+OK 1 20", await third.AskAsync("STAT"));
        await third.HangUpAsync();
    }

    [Fact]
    public async Task A_message_of_25_MB_is_sent_whole()
    {
        await using IMailStore store = await OpenAsync();
        byte[] line = [.. Enumerable.Repeat((byte)'.', 76), (byte)'\r', (byte)'\n'];
        byte[] message = new byte[line.Length * 330_000];
        for (int at = 0; at < message.Length; at += line.Length)
        {
            line.CopyTo(message, at);
        }

        await MakeAccountAsync(store, [message]);
        Pop3Client client = new Pop3Fixture(store).Connect();
        await client.SignInAsync();
        Assert.Equal($"+OK {message.Length + Prefix.Length} octets", await client.AskAsync("RETR 1"));
        string stuffed = "." + Encoding.ASCII.GetString(line.AsSpan(0, 76));
        Assert.Equal("Return-Path: <>", await client.ReadLineAsync());
        for (int i = 0; i < 330_000; i++)
        {
            Assert.Equal(stuffed, await client.ReadLineAsync());
        }

        Assert.Equal(".", await client.ReadLineAsync());
        await client.HangUpAsync();
    }

    private static async Task MakeAccountAsync(IMailStore store, byte[][] messages)
    {
        await store.Directory.AddDomainAsync(Address.Domain, CancellationToken.None);
        Assert.Equal(DirectoryChange.Done, await store.Directory.AddAccountAsync(
            Address, "", 0, ScramVerifier.Create("a secret", 4096), [], CancellationToken.None));
        Account? account = await store.Directory.FindAccountAsync(Address, CancellationToken.None);
        Folder? inbox = await store.Mailboxes.FindFolderAsync(account!.Id, Folder.Inbox, CancellationToken.None);
        foreach (byte[] message in messages)
        {
            var copy = new NewCopy(
                new NewBody(new MemoryContent(message), default), inbox!.Id, Prefix, default, [], TimeProvider.System.GetUtcNow());
            CommitResult result = await store.CommitAsync(new StoreBatch([copy], []), CancellationToken.None);
            Assert.Equal(CopyResultStatus.Stored, result.Copies[0].Status);
        }
    }

    private static async Task<string> UniqueIdsAsync(IMailStore store)
    {
        Pop3Client client = new Pop3Fixture(store).Connect();
        await client.SignInAsync();
        await client.AskAsync("UIDL");
        string ids = Encoding.Latin1.GetString(await client.ReadMessageAsync());
        await client.HangUpAsync();
        return ids;
    }

    private async Task<IMailStore> OpenAsync() => await SqliteMailStore.OpenAsync(
        new StoreOptions(_folder.FullName), TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);
}
