using System.Diagnostics;
using System.Globalization;
using PluginMail.Abstractions;
using PluginMail.Pipeline;
using PluginMail.Testing.Plugins;
using Xunit.Abstractions;

namespace PluginMail.Plugins.Tests.Reloading;

/// <summary>Plugins of several kinds are replaced again and again while many sessions ask them.</summary>
public sealed class ReplacementUnderLoadTests(ITestOutputHelper output)
{
    private const int Replacements = 50;
    private const int Sessions = 40;

    private static readonly FilterArguments NoArguments = new(
        System.Collections.Immutable.ImmutableDictionary<string, System.Collections.Immutable.ImmutableArray<string>>.Empty,
        System.Collections.Immutable.ImmutableDictionary<string, long>.Empty,
        []);

    /// <summary>Judges sessions and messages with a state; works by itself; adds words.</summary>
    private static readonly (string Name, string[] Roles)[] Kinds =
    [
        ("judge", ["session_check", "message_check", "message_editor"]),
        ("worker", ["message_check", "background"]),
        ("words", ["vocabulary", "directory", "command"]),
    ];

    [Fact]
    public async Task Fifty_replacements_of_each_while_forty_sessions_send_fail_no_session_and_leave_no_version_in_memory()
    {
        await using var bench = new PluginBench();
        foreach (var (name, _) in Kinds)
        {
            bench.Install(name, "0");
        }

        Assert.Empty(await bench.ApplyAsync([.. Kinds.Select(kind => Settings(kind.Name, kind.Roles))]));
        using var stop = new CancellationTokenSource();
        var token = stop.Token;
        Task<(long Asked, TimeSpan Longest)>[] sessions =
            [.. Enumerable.Range(0, Sessions).Select(_ => Task.Run(() => SendAsync(bench, token), CancellationToken.None))];
        for (int i = 1; i <= Replacements; i++)
        {
            foreach (var (name, _) in Kinds)
            {
                bench.Install(name, i.ToString(CultureInfo.InvariantCulture));
                Assert.Null(await bench.Host.ReloadAsync(name, CancellationToken.None));
            }
        }

        await stop.CancelAsync();
        var sent = await Task.WhenAll(sessions);
        output.WriteLine(
            $"{sent.Sum(session => session.Asked)} messages; the longest took {sent.Max(session => session.Longest).TotalMilliseconds:F1} ms");
        Assert.All(sent, session => Assert.True(session.Asked > Replacements, "no session was starved"));
        Assert.All(Kinds, kind => Assert.Equal(0, bench.Status(kind.Name).Faults));
        await bench.UntilUnloadedAsync();
        Assert.True(bench.State.Counters["runs"] > 1, "background services of later versions ran"); // one that is replaced at once may not have begun
    }

    private static PluginSettings Settings(string name, string[] roles) => name == "worker"
        ? DictionarySettings.For(name, ("roles", roles), ("act", "yield"), ("schedule", "ticks"))
        : DictionarySettings.For(name, ("roles", roles), ("act", name == "judge" ? "count" : "pass"));

    /// <summary>Sends messages in sessions of five until it is told to stop. Each message of a session is judged by the version that began it.</summary>
    private static async Task<(long Asked, TimeSpan Longest)> SendAsync(PluginBench bench, CancellationToken stop)
    {
        long asked = 0;
        var longest = TimeSpan.Zero;
        while (!stop.IsCancellationRequested)
        {
            var roles = bench.Roles;
            var session = new LeasedSession();
            await using var lease = session.Begin(roles.SessionChecks[0]);
            string version = Version(await lease.AskAsync(new SessionCheckContext(SessionStages.Connect, session), CancellationToken.None));
            for (int i = 0; i < 5; i++, asked++)
            {
                long begun = Stopwatch.GetTimestamp();
                var message = new FakeMessage(new MemoryContent("Subject: x\r\n\r\n"u8.ToArray())) { BroughtBy = session };
                Assert.Equal(version, Version(await lease.AskAsync(new SessionCheckContext(SessionStages.Recipient, session), CancellationToken.None)));
                Assert.Equal(version, Version(await roles.MessageChecks[0].AskAsync(message, CancellationToken.None)));
                Assert.Null((await roles.MessageChecks[1].AskAsync(message, CancellationToken.None)).Fault);
                Assert.Equal(version, Version(await roles.MessageEditors[0].AskAsync(message, CancellationToken.None)));
                Assert.Single((await roles.Directories[0].AskAsync(new EmailAddress("a", "example.test"), CancellationToken.None)).Value);
                Assert.True(await roles.FilterVocabularies[0].Vocabulary.Tests[0].Evaluate(message, NoArguments, CancellationToken.None));
                var took = Stopwatch.GetElapsedTime(begun);
                longest = took > longest ? took : longest;
                await Task.Yield();
            }
        }

        return (asked, longest);
    }

    private static string Version(RoleAnswer<Verdict> answer)
    {
        Assert.Null(answer.Fault);
        return answer.Version().Split(' ')[0];
    }
}
