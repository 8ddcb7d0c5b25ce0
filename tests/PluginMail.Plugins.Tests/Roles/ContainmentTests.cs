using System.Diagnostics;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Pipeline;
using PluginMail.Plugins.Roles;
using PluginMail.Plugins.Tests.Support;
using PluginMail.Storage;
using PluginMail.Testing.Plugins;

namespace PluginMail.Plugins.Tests.Roles;

public sealed class ContainmentTests
{
    private static readonly string[] AllRoles =
    [
        "session_check", "message_check", "message_editor", "outbound_editor", "authenticator", "directory", "mailbox_observer",
    ];

    [Theory]
    [InlineData("throw", "ProbeException: call failed")]
    [InlineData("unspeakable", "ProbeException (its text cannot be had)")]
    [InlineData("cancel", "OperationCanceledException")]
    [InlineData("hang", "no answer within")]
    [InlineData("wait", "no answer within")]
    [InlineData("block", "no answer within")]
    [InlineData("nonsense", "answered")]
    public async Task A_fault_of_any_role_is_an_answer(string act, string fault)
    {
        await using var bench = await WithAsync(act, OnFault.Defer);
        foreach (var (role, answer) in await EveryRole.AskAsync(bench.Roles))
        {
            if (act == "nonsense" && role == "mailbox observer")
            {
                continue;
            }

            Assert.StartsWith($"{role}: ", answer.Fault, StringComparison.Ordinal);
            Assert.Contains(fault, answer.Fault!, StringComparison.Ordinal);
        }

        var status = bench.Status();
        Assert.InRange(status.Faults, 6, 8);
        Assert.Equal(fault == "no answer within" ? status.Faults : 0, status.Timeouts);
        Assert.Contains(fault, status.LastFault!, StringComparison.Ordinal);
        Assert.Single(bench.Loggers.Lines, line => line.Level == LogLevel.Warning && line.Text.Contains("fault in", StringComparison.Ordinal));
        Assert.All(bench.Loggers.Lines, line => Assert.True(line.Exception is null or LoggedFault)); // never the plugin's own
    }

    [Theory]
    [InlineData(OnFault.Pass, "Pass", "Unknown")]
    [InlineData(OnFault.Defer, "451 4.3.0 A check of this message could not be made; please try again later", "Unknown")]
    [InlineData(OnFault.Refuse, "550 5.7.1 A check that this message must pass could not be made", "Rejected")]
    public async Task On_fault_says_what_a_fault_answers(OnFault onFault, string verdict, string login)
    {
        await using var bench = await WithAsync("throw", onFault);
        var answers = await EveryRole.AskAsync(bench.Roles);
        Assert.All(
            answers.Where(answer => answer.Key is "session check" or "message check" or "message editor" or "outbound editor"),
            answer => Assert.Equal(verdict, answer.Value.Value));
        Assert.Equal(login, answers["authenticator"].Value);
        Assert.Equal(onFault == OnFault.Pass ? "0" : "none", answers["directory"].Value);
        Assert.Equal("False", answers["mailbox observer"].Value);
    }

    [Theory]
    [InlineData("pass")]
    [InlineData("yield")]
    [InlineData("slow")]
    public async Task A_good_answer_passes_through(string act)
    {
        await using var bench = await WithAsync(act, OnFault.Refuse);
        for (int i = 0; i < 5; i++)
        {
            var answers = await EveryRole.AskAsync(bench.Roles);
            Assert.All(answers.Values, answer => Assert.Null(answer.Fault));
            Assert.Equal("Accepted", answers["authenticator"].Value);
            Assert.Equal("1", answers["directory"].Value);
        }

        Assert.InRange(bench.Status().Calls, 35, 45);
    }

    [Theory]
    [InlineData("hang", true)]
    [InlineData("throw", false)]
    [InlineData("slow", false)]
    public async Task A_message_whose_call_goes_on_keeps_its_memory(string act, bool isOutlived)
    {
        await using var bench = await WithAsync(act, OnFault.Pass);
        foreach (var role in (Role<IMessageView, Verdict>[])[bench.Roles.MessageChecks[0], bench.Roles.MessageEditors[0]])
        {
            var message = FakeMessage.FromText("Subject: hello\r\n\r\nText\r\n");
            await role.AskAsync(message, CancellationToken.None);
            Assert.Equal(isOutlived, message.IsOutlived);
        }
    }

    [Theory]
    [InlineData("hang", true)]
    [InlineData("throw", false)]
    [InlineData("slow", false)]
    public async Task A_stored_message_whose_observer_goes_on_keeps_its_memory(string act, bool isOutlived)
    {
        await using var bench = await WithAsync(act, OnFault.Pass);
        using var content = new StoredContent();
        var change = new MailboxChange(new EmailAddress("anna", "example.test"), MailboxChangeKind.Appended, "INBOX", FromFolder: null, 1, content);
        await bench.Roles.MailboxObservers[0].AskAsync(change, CancellationToken.None);
        Assert.Equal(isOutlived, content.IsOutlived);
    }

    [Fact]
    public async Task The_end_of_the_transaction_is_no_fault()
    {
        await using var bench = await PluginBench.WithProbeAsync(DictionarySettings.For("probe", ("act", "wait")));
        using var ended = new CancellationTokenSource();
        var call = bench.Roles.MessageChecks[0].AskAsync(FakeMessage.Plain, ended.Token).AsTask();
        await ended.CancelAsync();
        var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(ended.Token, thrown.CancellationToken);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => bench.Roles.MessageChecks[0].AskAsync(FakeMessage.Plain, ended.Token).AsTask());
        Assert.Equal(0, bench.Status().Faults);
        Assert.False(bench.Status().BlocksThreads, "a client that goes away says nothing of the plugin");
    }

    [Fact]
    public async Task The_end_of_the_stage_is_a_time_out_that_counts()
    {
        await using var bench = await PluginBench.WithProbeAsync(DictionarySettings.For("probe", ("act", "wait")) with { OnFault = OnFault.Refuse, FaultLimit = 2 });
        for (int i = 1; i <= 2; i++)
        {
            using var stage = new CancellationTokenSource();
            var call = bench.Roles.MessageChecks[0].AskAsync(FakeMessage.Plain, stage.Token, CancellationToken.None).AsTask();
            await stage.CancelAsync();
            var answer = await call.WaitAsync(PluginBench.Patience);
            Assert.Equal("message check: no answer before the stage's time was over", answer.Fault);
            Assert.IsType<Decision.Refuse>(answer.Value.Decision);
            Assert.Equal(i, bench.Status().Timeouts);
        }

        Assert.Contains("switched off", (await bench.CheckAsync()).Fault!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_that_no_place_was_free_for_ends_with_its_stage()
    {
        await using var bench = await PluginBench.WithProbeAsync(DictionarySettings.For("probe", ("act", "wait")) with { Concurrency = 1 });
        using var ended = new CancellationTokenSource();
        using var stage = new CancellationTokenSource();
        var first = bench.Roles.MessageChecks[0].AskAsync(FakeMessage.Plain, ended.Token).AsTask();
        var second = bench.Roles.MessageChecks[0].AskAsync(FakeMessage.Plain, stage.Token, CancellationToken.None).AsTask();
        await stage.CancelAsync();
        Assert.Contains("no place was free", (await second.WaitAsync(PluginBench.Patience)).Fault!, StringComparison.Ordinal);
        await ended.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
    }

    [Fact]
    public async Task Calls_beyond_the_concurrency_wait_for_their_turn()
    {
        await using var bench = await PluginBench.WithProbeAsync(DictionarySettings.For("probe", ("act", "slow")) with { Concurrency = 2 });
        long begun = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => bench.CheckAsync().AsTask()));
        Assert.True(Stopwatch.GetElapsedTime(begun) >= TimeSpan.FromMilliseconds(75), "five rounds of 20 ms, by a clock that is coarse");
        Assert.Equal(0, bench.Status().Faults);
    }

    [Fact]
    public async Task Calls_that_never_end_keep_their_places_and_the_others_time_out()
    {
        await using var bench = await PluginBench.WithProbeAsync(
            DictionarySettings.For("probe", ("act", "hang")) with { Concurrency = 2, TimeLimit = TimeSpan.FromSeconds(2) },
            options => options with { DrainLimit = TimeSpan.FromMilliseconds(10) });
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => bench.CheckAsync().AsTask()));
        Assert.Equal(2, answers.Count(answer => answer.Fault!.Contains("to let this call begin", StringComparison.Ordinal)));
        Assert.Equal(4, bench.Status().Timeouts);
    }

    [Fact]
    public async Task A_role_that_blocked_its_thread_once_runs_on_workers_of_its_own()
    {
        await using var bench = await PluginBench.WithProbeAsync(
            DictionarySettings.For("probe", ("act", "stall")), options => options with { BlockingThreshold = TimeSpan.FromSeconds(1) });
        for (int i = 0; i < 9; i++)
        {
            await bench.CheckAsync();
        }

        Assert.False(bench.Status().BlocksThreads);
        Assert.True(bench.CheckAsync().IsCompleted, "the tenth call blocks this thread");
        Assert.True(bench.Status().BlocksThreads);
        Assert.True(bench.Logged(LogLevel.Warning, "blocked its thread"));
        Assert.Equal("v1", (await bench.CheckAsync()).Version());
    }

    [Fact]
    public async Task A_role_that_never_gives_a_thread_back_takes_no_other_session_along()
    {
        await using var bench = await PluginBench.WithProbeAsync(
            DictionarySettings.For("probe", ("act", "block-later")) with { TimeLimit = TimeSpan.FromSeconds(3) },
            options => options with { DrainLimit = TimeSpan.FromMilliseconds(10) });
        for (int i = 0; i < 9; i++)
        {
            Assert.Null((await bench.CheckAsync()).Fault);
        }

        // Inline, and not a thread that anything else needs.
        new Thread(() => _ = bench.CheckAsync().AsTask()) { IsBackground = true }.Start();
        await PluginBench.UntilAsync(() => bench.State.Counters.ContainsKey("blocked"), "the tenth call holds its thread");
        long now = Environment.TickCount64;
        await PluginBench.UntilAsync(() => Environment.TickCount64 > now + 60, "it has held it for longer than 50 ms");
        var next = Task.Factory.StartNew(() => bench.CheckAsync().AsTask(), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
        Assert.Contains("no answer within", (await next.WaitAsync(PluginBench.Patience)).Fault!, StringComparison.Ordinal);
        Assert.True(bench.Status().BlocksThreads);
        Assert.True(bench.Logged(LogLevel.Warning, "blocked its thread"));
    }

    [Fact]
    public async Task What_a_role_on_threads_of_its_own_awaits_goes_on_there()
    {
        await using var bench = await PluginBench.WithProbeAsync(DictionarySettings.For("probe", ("act", "thread")));
        Assert.Contains("on plugin probe", (await bench.CheckAsync()).Fault!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_nobody_awaits_is_a_fault_and_not_the_end_of_the_process()
    {
        await using var bench = await PluginBench.WithProbeAsync(DictionarySettings.For("probe", ("act", "async-void")));
        Assert.Null((await bench.CheckAsync()).Fault);
        await PluginBench.UntilAsync(() => bench.Status().Faults == 1, "the exception is told");
        Assert.Contains("work that nobody awaits: ProbeException", bench.Status().LastFault!, StringComparison.Ordinal);
    }

    [Fact]
    public void A_role_that_blocked_is_trusted_again_after_a_long_row_of_calls_and_after_a_longer_one_the_second_time()
    {
        var role = new HostedRole<object>(new object(), concurrency: 0, new Breaker(), new Workers("test", 1, _ => { }));
        CallsInTime(role, 3);
        Assert.True(role.RunsInline);
        Assert.True(role.Judge(100, 50));
        Assert.False(role.Judge(100, 50), "it is said once");
        CallsInTime(role, 999);
        Assert.True(role.BlocksThreads);
        CallsInTime(role, 1);
        Assert.True(role.RunsInline);
        Assert.True(role.Judge(100, 50));
        CallsInTime(role, 1999);
        Assert.True(role.BlocksThreads);
        CallsInTime(role, 1);
        Assert.True(role.RunsInline);
    }

    private static void CallsInTime(HostedRole<object> role, int calls)
    {
        for (int i = 0; i < calls; i++)
        {
            role.Judge(0, 50);
        }
    }

    [Fact]
    public async Task A_session_whose_call_has_not_ended_is_not_asked_again()
    {
        await using var bench = await PluginBench.WithProbeAsync(
            DictionarySettings.For("probe", ("act", "hang"), ("roles", AllRoles)) with { TimeLimit = TimeSpan.FromMilliseconds(20) },
            options => options with { DrainLimit = TimeSpan.FromMilliseconds(10) });
        await using var session = bench.Roles.SessionChecks[0].Begin(new FakeSession());
        var connect = new SessionCheckContext(SessionStages.Connect, new FakeSession());
        Assert.Contains("no answer", (await session.AskAsync(connect, CancellationToken.None)).Fault!, StringComparison.Ordinal);
        Assert.Contains("not ended yet", (await session.AskAsync(connect, CancellationToken.None)).Fault!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stages_that_a_check_does_not_want_cost_nothing()
    {
        await using var bench = await PluginBench.WithProbeAsync(
            DictionarySettings.For("probe", ("act", "throw"), ("roles", new[] { "session_check" })));
        var role = bench.Roles.SessionChecks[0];
        Assert.Equal(SessionStages.Connect | SessionStages.Recipient, role.Stages);
        await using var session = role.Begin(new FakeSession());
        var answer = await session.AskAsync(new SessionCheckContext(SessionStages.Sender, new FakeSession()), CancellationToken.None);
        Assert.Same(Verdict.Pass, answer.Value);
        Assert.Equal(0, bench.Status().Calls);
    }

    [Fact]
    public async Task Words_of_a_vocabulary_are_contained_too()
    {
        var arguments = new FilterArguments(
            System.Collections.Immutable.ImmutableDictionary<string, System.Collections.Immutable.ImmutableArray<string>>.Empty,
            System.Collections.Immutable.ImmutableDictionary<string, long>.Empty,
            []);
        await using var bench = await PluginBench.WithProbeAsync(DictionarySettings.For("probe", ("roles", new[] { "vocabulary" })));
        var (plugin, words) = Assert.Single(bench.Roles.FilterVocabularies);
        Assert.Equal("probe", plugin);
        Assert.True(await words.Tests[0].Evaluate(FakeMessage.Plain, arguments, CancellationToken.None));
        Assert.False((await words.Actions[0].Run(FakeMessage.Plain, arguments, CancellationToken.None)).IsPlainPass);

        var throwing = DictionarySettings.For("probe", ("roles", new[] { "vocabulary" }), ("act", "throw"));
        Assert.Empty(await bench.ApplyAsync(throwing));
        var fault = await Assert.ThrowsAsync<FilterWordException>(
            () => words.Tests[0].Evaluate(FakeMessage.Plain, arguments, CancellationToken.None).AsTask());
        Assert.Contains("probed: filter test: ProbeException", fault.Message, StringComparison.Ordinal);

        Assert.Empty(await bench.ApplyAsync());
        await Assert.ThrowsAsync<FilterWordException>(
            () => words.Actions[0].Run(FakeMessage.Plain, arguments, CancellationToken.None).AsTask());
    }

    [Fact]
    public async Task A_background_service_that_fails_is_started_again()
    {
        await using var bench = await PluginBench.WithProbeAsync(
            DictionarySettings.For("probe", ("act", "throw"), ("roles", new[] { "background" })));
        await PluginBench.UntilAsync(() => bench.State.Counters.GetValueOrDefault("runs") >= 3, "three runs");
        Assert.True(bench.Logged(LogLevel.Error, "starts again in"));
    }

    [Fact]
    public async Task Commands_run_inside_the_plugin()
    {
        await using var bench = await PluginBench.WithProbeAsync(DictionarySettings.For("probe", ("roles", new[] { "command" })));
        Assert.Equal(new PluginCommand("probe", "probe", "Says its version."), Assert.Single(bench.Host.Commands));
        Assert.Equal((0, "v1 a,b"), await RunAsync(bench, "probe", "probe"));
        Assert.Equal(2, (await RunAsync(bench, "probe", "nothing")).Status);
        Assert.Equal(2, (await RunAsync(bench, "nobody", "probe")).Status);
        Assert.Empty(await bench.ApplyAsync(DictionarySettings.For("probe", ("roles", new[] { "command" }), ("act", "throw"))));
        Assert.Equal((1, "probe failed: ProbeException: call failed" + Environment.NewLine), await RunAsync(bench, "probe", "probe"));
    }

    private static async Task<(int Status, string Output)> RunAsync(PluginBench bench, string plugin, string command)
    {
        await using var output = new StringWriter();
        int status = await bench.Host.RunCommandAsync(plugin, command, ["a", "b"], output, output, CancellationToken.None);
        return (status, output.ToString());
    }

    private static Task<PluginBench> WithAsync(string act, OnFault onFault) => PluginBench.WithProbeAsync(
        DictionarySettings.For("probe", ("act", act), ("roles", AllRoles)) with
        {
            OnFault = onFault,
            TimeLimit = act is "hang" or "wait" or "block" ? TimeSpan.FromMilliseconds(40) : TimeSpan.FromSeconds(30),
        },
        options => options with { DrainLimit = TimeSpan.FromMilliseconds(50), StopLimit = TimeSpan.FromMilliseconds(200) });

    private sealed class StoredContent : MessageContent, IOutlivedContent
    {
        public bool IsOutlived { get; private set; }

        public override long Length => 0;

        public override int Read(long offset, Span<byte> destination) => 0;

        public void Outlive() => IsOutlived = true;
    }
}
