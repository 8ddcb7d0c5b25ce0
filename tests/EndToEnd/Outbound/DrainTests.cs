using System.Diagnostics;
using System.Globalization;
using System.Text;
using Xunit.Abstractions;

namespace PluginMail.EndToEnd;

/// <summary>
/// A server that is killed again and again while its queue empties: every message arrives, and twice only where a kill came between the other
/// side's 250 and the row that keeps it.
/// </summary>
public sealed class DrainTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Messages = 5_000;
    private const int Kills = 20;
    private const int Connections = 20;
    private const int Sessions = 8;
    private const int Seed = 20261122;
    private readonly CountingSink _sink = new();
    private MailServerProcess? _server;
    private string? _first;

    private MailServerProcess Server => _server!;

    public async Task InitializeAsync() => _server = await MailServerProcess.StartAsync(new ServerSettings()
        .With("relay", "networks = [\"127.0.0.1\"]")
        .With("queue", FormattableString.Invariant($"""
            minimum_wait = "1s"
            maximum_wait = "1s"
            minimum_pause = "1s"
            maximum_pause = "1s"
            parallelism = {Connections}
            destination_parallelism = {Connections}
            """))
        .WithRoute("sink.test", _sink.Port));

    public async Task DisposeAsync()
    {
        if (_server is not null)
        {
            output.WriteLine(string.Join('\n', Server.Log.Split('\n').Where(line => !line.Contains(" INF ", StringComparison.Ordinal)).TakeLast(100)));
            await Server.DisposeAsync();
        }

        await _sink.DisposeAsync();
    }

    [SkippableFact]
    public async Task What_waits_arrives_through_every_kill()
    {
        long begun = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Sessions).Select(InjectAsync));
        output.WriteLine($"{Messages} queued after {Stopwatch.GetElapsedTime(begun).TotalSeconds:0.0} s");
        Assert.Equal(0, _sink.Count);
        _sink.IsOpen = true;

        var random = new Random(Seed);
        int kills = 0;
        while (_sink.Count < Messages - Connections)
        {
            Assert.True(kills < Kills * 5, "the queue does not empty");
            int share = (Messages - _sink.Count) / Math.Max(1, Kills - kills); // what arrives until a kill comes is the loss of the later ones
            await _sink.UntilAsync(Math.Min(_sink.Count + random.Next(share / 2, (share * 3 / 2) + 1), Messages)).WaitAsync(TimeSpan.FromMinutes(2));
            await Task.Delay(random.Next(5)); // a random moment is what is wanted
            await Server.KillAsync();
            _sink.Life = ++kills;
            await Server.StartAsync();
            if (kills % 6 == 0)
            {
                await Task.Delay(random.Next(100));
                await Server.KillAsync(); // hardly awake
                _sink.Life = ++kills;
                await Server.StartAsync();
            }
        }

        await Eventually.TrueAsync(IsEmptyAsync, "the queue is empty");
        CheckArrivals(kills);
        await CheckTracesAsync();
        await Server.StopAsync();
        output.WriteLine($"{kills} kills, {Stopwatch.GetElapsedTime(begun).TotalSeconds:0.0} s");
    }

    private static string IdOf(int number) => string.Create(CultureInfo.InvariantCulture, $"m{number}@drain.test");

    private void CheckArrivals(int kills)
    {
        Assert.True(kills >= Kills / 2, $"{kills} kills are too few");
        IReadOnlyList<CountingSink.Arrival> arrivals = _sink.Arrivals;
        Assert.Empty(Enumerable.Range(0, Messages).Select(IdOf).Except(arrivals.Select(arrival => arrival.MessageId))); // nothing lost
        Assert.Empty(arrivals.Select(arrival => arrival.MessageId).Except(Enumerable.Range(0, Messages).Select(IdOf)));
        Assert.Equal(arrivals[0].Lines, Assert.Single(arrivals.Select(arrival => arrival.Lines).Distinct())); // each one whole

        // Twice only in different lives of the server, and no more of them than a kill can have met under way or not yet kept.
        Assert.Empty(arrivals.GroupBy(arrival => (arrival.MessageId, arrival.Life)).Where(group => group.Count() > 1).Select(group => group.Key));
        int twice = arrivals.Count - Messages;
        output.WriteLine($"{twice} arrived twice");
        Assert.True(twice <= kills * 2 * Connections, $"{twice} duplicates after {kills} kills");
        foreach (IGrouping<int, CountingSink.Arrival> life in arrivals.GroupBy(arrival => arrival.Life))
        {
            int again = life.Count(arrival => arrivals.Any(other => other.Life > life.Key && other.MessageId == arrival.MessageId));
            Assert.True(again <= 2 * Connections, $"life {life.Key}: {again} were sent again");
        }
    }

    // The record of decisions was cut off at each kill; what was written before and after can be read.
    private async Task CheckTracesAsync()
    {
        await using SmtpDialog smtp = await SmtpDialog.ConnectAsync(Server.Ports.Smtp);
        string id = (await smtp.SendAsync("a@drain.test", "last@sink.test", Text(Messages))).Split(' ')[^1].Trim();
        await Server.UntilLoggedAsync("to=<last@sink.test>");
        Assert.Contains("last@sink.test", (await Server.RunAsync("explain", id)).Succeeded().Output, StringComparison.Ordinal);
        Assert.Contains("b@sink.test", (await Server.RunAsync("explain", _first!)).Succeeded().Output, StringComparison.Ordinal);
        (await Server.RunAsync("mailbox", "check")).Succeeded();
    }

    private async Task<bool> IsEmptyAsync() =>
        !(await Server.RunAsync("queue", "list")).Succeeded().Output.Contains("sink.test", StringComparison.Ordinal);

    private async Task InjectAsync(int session)
    {
        await using SmtpDialog smtp = await SmtpDialog.ConnectAsync(Server.Ports.Smtp);
        for (int number = session; number < Messages; number += Sessions)
        {
            string reply = await smtp.SendAsync("a@drain.test", "b@sink.test", Text(number));
            Assert.StartsWith("250 ", reply, StringComparison.Ordinal);
            _first ??= reply.Split(' ')[^1].Trim();
        }
    }

    private static string Text(int number)
    {
        var text = new StringBuilder($"From: a@drain.test\r\nMessage-ID: <{IdOf(number)}>\r\nSubject: {number}\r\n\r\n");
        for (int i = 0; i < 40; i++)
        {
            text.Append("a line of a message that waits for its turn to be sent\r\n");
        }

        return text.ToString();
    }
}
