using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace PluginMail.EndToEnd;

/// <summary>A server that is killed again and again while mail comes in: what it said 250 to is there, once.</summary>
public sealed class CrashTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Kills = 25;
    private const int Sessions = 6;
    private readonly ConcurrentDictionary<string, byte> _acknowledged = [];
    private int _next;
    private MailServerProcess _server = null!;
    private volatile bool _isUp;

    public async Task InitializeAsync() => _server = await MailServerProcess.StartAsync();

    public async Task DisposeAsync()
    {
        string[] interesting = [.. _server.Log.Split('\n').Where(line => !line.Contains(" INF ", StringComparison.Ordinal) || line.Contains("Storage", StringComparison.Ordinal))];
        output.WriteLine(string.Join('\n', interesting.TakeLast(150)));
        await _server.DisposeAsync();
    }

    [SkippableFact]
    public async Task What_was_acknowledged_survives_each_kill_exactly_once()
    {
        (await _server.RunAsync("domain", "add", "example.test")).Succeeded();
        Login[] logins = [await _server.AddAccountAsync("first"), await _server.AddAccountAsync("second")];
        _isUp = true;
        using var stop = new CancellationTokenSource();
        Task[] senders = [.. Enumerable.Range(0, Sessions).Select(i => Task.Run(() => SendAsync(logins[i % 2], stop.Token)))];
        var random = new Random(20261121);
        for (int i = 0; i < Kills; i++)
        {
            int enough = _acknowledged.Count + random.Next(10, 40);
            await Eventually.TrueAsync(() => _acknowledged.Count >= enough, "mail is accepted");
            await Task.Delay(random.Next(50)); // a random moment is what is wanted
            _isUp = false;
            await _server.KillAsync();
            await _server.StartAsync();
            _isUp = true;
        }

        await stop.CancelAsync();
        await Task.WhenAll(senders);
        output.WriteLine($"{_acknowledged.Count} acknowledged, {_next} begun");
        Assert.True(_acknowledged.Count >= Kills * 10, $"{_acknowledged.Count} messages are no load");

        (await _server.RunAsync("mailbox", "check")).Succeeded();
        List<string> found = [];
        foreach (Login login in logins)
        {
            await using ImapDialog imap = await ImapDialog.OpenAsync(_server, login);
            string all = await imap.OkAsync("UID FETCH 1:* (BODY.PEEK[])");
            foreach (Match message in Regex.Matches(all, "Message-ID: <(?<id>[0-9]+@crash)>\r\n\r\nbody (?<same>[0-9]+)\r\n", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(10)))
            {
                Assert.Equal(message.Groups["id"].Value, message.Groups["same"].Value + "@crash");
                found.Add(message.Groups["id"].Value);
            }

            Assert.Equal(await ImapDialog.CountAsync(_server, login, "INBOX"), all.Split("Message-ID: <").Length - 1);
        }

        Assert.Empty(found.GroupBy(id => id).Where(group => group.Count() > 1).Select(group => group.Key));
        Assert.Empty(_acknowledged.Keys.Except(found));
    }

    private async Task SendAsync(Login to, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await using SmtpDialog smtp = await SmtpDialog.ConnectAsync(_server.Ports.Smtp);
                while (!stop.IsCancellationRequested)
                {
                    int number = Interlocked.Increment(ref _next);
                    string reply = await smtp.SendAsync("a@example.org", to.Address, $"Subject: {number}\r\nMessage-ID: <{number}@crash>\r\n\r\nbody {number}\r\n");
                    Assert.StartsWith("250 ", reply, StringComparison.Ordinal);
                    _acknowledged[$"{number}@crash"] = 1;
                }
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                await Eventually.TrueAsync(() => _isUp || stop.IsCancellationRequested, "the server is up again");
            }
        }
    }
}
