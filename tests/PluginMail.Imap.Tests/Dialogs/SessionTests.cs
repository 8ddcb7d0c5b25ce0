using System.Text;
using PluginMail.Abstractions;
using PluginMail.Storage;

namespace PluginMail.Imap.Tests;

/// <summary>What dialogs cannot show: faults, limits, large messages, events.</summary>
public sealed class SessionTests
{
    private static readonly byte[] Small = "Subject: s\r\n\r\nb\r\n"u8.ToArray();

    [Fact]
    public async Task A_store_that_cannot_is_told_and_the_session_goes_on()
    {
        FaultyStore? faulty = null;
        await using TestServer server = await TestServer.StartAsync(wrap: store => faulty = new FaultyStore(store));
        await using TestClient client = await server.SignInAsync();
        await client.AppendAsync("INBOX", Small);
        faulty!.CommitFault = new StoreUnavailableException("full", isDiskFull: true);
        Assert.Contains("NO [UNAVAILABLE] The server has no room left", await client.AppendAsync("INBOX", Small), StringComparison.Ordinal);
        faulty.CommitFault = new InvalidOperationException("bug");
        Assert.Contains("NO [SERVERBUG]", await client.AppendAsync("INBOX", Small), StringComparison.Ordinal);
        await client.DoAsync("SELECT INBOX");
        faulty.OpenFault = new StoreUnavailableException("broken", isDiskFull: false);
        Assert.Contains("NO [UNAVAILABLE]", await client.TryAsync("FETCH 1 BODY.PEEK[]"), StringComparison.Ordinal);
        Assert.Contains("b\r\n", await client.DoAsync("FETCH 1 BODY.PEEK[]"), StringComparison.Ordinal);
        faulty.BreaksOff = true;
        Assert.DoesNotContain(" NO ", await client.TryAsync("FETCH 1 BODY.PEEK[]"), StringComparison.Ordinal);
        Assert.Null(await client.ReadLineAsync());
    }

    [Fact]
    public async Task A_message_that_cannot_be_kept_is_passed_over()
    {
        FaultyStore? faulty = null;
        await using TestServer server = await TestServer.StartAsync(wrap: store => faulty = new FaultyStore(store));
        await using TestClient client = await server.SignInAsync();
        faulty!.SpoolFails = true;
        byte[] message = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("x NOOP\r\n", 50_000)));
        Assert.StartsWith("t2 NO [UNAVAILABLE]", await client.AppendAsync("INBOX", message), StringComparison.Ordinal);
        await client.SendLineAsync("u APPEND INBOX {8}");
        Assert.StartsWith("+ ", await client.ReadLineAsync(), StringComparison.Ordinal);
        await client.SendLineAsync("x NOOP\r\n");
        Assert.StartsWith("u NO [UNAVAILABLE]", await client.ReadLineAsync(), StringComparison.Ordinal);
        Assert.StartsWith("t3 OK", await client.DoAsync("NOOP"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Quota_is_kept_and_told()
    {
        await using TestServer server = await TestServer.StartAsync(quota: 4096);
        await using TestClient client = await server.SignInAsync();
        Assert.Contains(" OK ", await client.AppendAsync("INBOX", new byte[3000]), StringComparison.Ordinal);
        Assert.Contains("NO [OVERQUOTA]", await client.AppendAsync("INBOX", new byte[3000]), StringComparison.Ordinal);
        await client.DoAsync("CREATE Box");
        await client.DoAsync("SELECT INBOX");
        Assert.Contains("NO [OVERQUOTA]", await client.TryAsync("COPY 1 Box"), StringComparison.Ordinal);
        Assert.StartsWith("* QUOTAROOT \"INBOX\" \"\"\r\n* QUOTA \"\" (STORAGE 3 4)\r\n", await client.DoAsync("GETQUOTAROOT INBOX"), StringComparison.Ordinal);
        Assert.StartsWith("* QUOTA \"\" (STORAGE 3 4)\r\n", await client.DoAsync("GETQUOTA \"\""), StringComparison.Ordinal);
        await server.Store.Directory.SetQuotaAsync(server.Account.Id, 8192, CancellationToken.None);
        Assert.StartsWith("* QUOTA \"\" (STORAGE 3 8)\r\n", await client.DoAsync("GETQUOTA \"\""), StringComparison.Ordinal);
        Assert.Contains("NO [NONEXISTENT]", await client.TryAsync("GETQUOTA other"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_large_message_comes_back_whole_and_in_parts()
    {
        await using TestServer server = await TestServer.StartAsync();
        await using TestClient client = await server.SignInAsync();
        byte[] message = [.. "Subject: large\r\n\r\n"u8, .. Enumerable.Range(0, 5 * 1024 * 1024).Select(i => (byte)('a' + (i * 7 % 26)))];
        Assert.Contains("APPENDUID", await client.AppendAsync("INBOX", message), StringComparison.Ordinal);
        await client.DoAsync("EXAMINE INBOX");
        string text = Encoding.Latin1.GetString(message);
        Assert.StartsWith($"* 1 FETCH (BODY[] {{{message.Length}}}\r\n{text})\r\n", await client.DoRawAsync("FETCH 1 BODY[]"), StringComparison.Ordinal);
        Assert.StartsWith(
            $"* 1 FETCH (BODY[TEXT]<4000000> {{100}}\r\n{text.Substring(18 + 4_000_000, 100)})\r\n",
            await client.DoRawAsync("FETCH 1 BODY[TEXT]<4000000.100>"),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Changes_are_published_after_they_are_committed()
    {
        await using TestServer server = await TestServer.StartAsync();
        await using TestClient client = await server.SignInAsync();
        await client.DoAsync("CREATE Junk (USE (\\Junk))");
        await client.AppendAsync("INBOX", Small);
        await client.AppendAsync("INBOX", Small);
        await client.DoAsync("SELECT INBOX");
        await client.DoAsync("COPY 1 Junk");
        await client.DoAsync("MOVE 2 Junk");
        await client.DoAsync("STORE 1 +FLAGS.SILENT \\Deleted");
        await client.DoAsync("EXPUNGE");
        Assert.Equal(
            ["Appended INBOX  1", "Appended INBOX  2", "Copied Junk INBOX 1", "Moved Junk INBOX 2", "Expunged INBOX  1"],
            server.Events.Select(change => $"{change.Kind} {change.Folder.Name} {change.FromFolder?.Name} {string.Join(',', change.Uids)}"));
        Assert.Equal(SpecialUse.Junk, server.Events.First(change => change.Kind == MailboxChangeKind.Moved).Folder.SpecialUse);
    }

    [Fact]
    public async Task Keywords_end_where_the_mailbox_has_no_room()
    {
        await using TestServer server = await TestServer.StartAsync();
        await using TestClient client = await server.SignInAsync();
        await client.AppendAsync("INBOX", Small);
        await client.DoAsync("SELECT INBOX");
        string keywords = string.Join(' ', Enumerable.Range(0, MessageFlags.MaximumKeywords).Select(i => $"k{i}"));
        Assert.DoesNotContain(@"\*)", await client.DoAsync($"STORE 1 +FLAGS ({keywords})"), StringComparison.Ordinal);
        Assert.Contains("NO [LIMIT]", await client.TryAsync("STORE 1 +FLAGS (another)"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_many_errors_end_the_session()
    {
        await using TestServer server = await TestServer.StartAsync(options: TestServer.Options with { MaximumErrors = 3 });
        await using TestClient client = server.Connect();
        await client.ReadLineAsync();
        Assert.Contains("t1 BAD", await client.TryAsync("NONSENSE"), StringComparison.Ordinal);
        Assert.Contains("t2 NO", await client.TryAsync("LOGIN anna wrong"), StringComparison.Ordinal);
        Assert.Contains("t3 BAD", await client.TryAsync("NONSENSE"), StringComparison.Ordinal);
        Assert.Equal("* BYE Too many errors", await client.ReadLineAsync());
        Assert.Null(await client.ReadLineAsync());
    }

    [Fact]
    public async Task A_line_that_is_too_long_is_passed_over()
    {
        await using TestServer server = await TestServer.StartAsync();
        await using TestClient client = await server.SignInAsync();
        await client.SendLineAsync("a NOOP " + new string('x', CommandReader.MaximumLine));
        Assert.Equal("* BAD The line is too long", await client.ReadLineAsync());
        await client.DoAsync("NOOP");
    }

    [Fact]
    public async Task Commands_may_be_sent_ahead()
    {
        await using TestServer server = await TestServer.StartAsync();
        await using TestClient client = await server.SignInAsync();
        await client.SendAsync("a NOOP\r\nb APPEND INBOX {1+}\r\nx\r\nc SELECT INBOX\r\nd FETCH 1 RFC822.SIZE\r\ne LOGOUT\r\n"u8.ToArray());
        List<string> tagged = [];
        while (await client.ReadLineAsync() is { } line)
        {
            if (line[0] != '*')
            {
                tagged.Add(line[..4]);
            }
        }

        Assert.Equal(["a OK", "b OK", "c OK", "d OK", "e OK"], tagged);
    }
}
