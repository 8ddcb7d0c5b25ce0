using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Testing.Plugins;

namespace PluginMail.Plugins.Tests.Roles;

/// <summary>Throwing, never returning, blocking and nonsense, where <see cref="ContainmentTests"/> has not been: each stage, words, background work, commands.</summary>
public sealed class EveryFaultTests
{
    private static readonly FilterArguments NoArguments = new(
        ImmutableDictionary<string, ImmutableArray<string>>.Empty, ImmutableDictionary<string, long>.Empty, []);

    public static TheoryData<string, SessionStages> EachStage()
    {
        var data = new TheoryData<string, SessionStages>();
        foreach (string act in (string[])["each-throw", "each-hang", "each-block", "each-nonsense"])
        {
            foreach (var stage in Enum.GetValues<SessionStages>().Where(stage => stage != SessionStages.None))
            {
                data.Add(act, stage);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(EachStage))]
    public async Task A_session_check_may_fail_at_each_stage(string act, SessionStages stage)
    {
        await using var bench = await WithAsync("session_check", act);
        await using var session = bench.Roles.SessionChecks[0].Begin(new FakeSession());
        var answer = await session.AskAsync(new SessionCheckContext(stage, new FakeSession()), CancellationToken.None);
        Assert.NotNull(answer.Fault);
        Assert.Equal(451, Assert.IsType<Decision.Defer>(answer.Value.Decision).Reply.Code);
        Assert.Equal(1, bench.Status().Faults);
    }

    [Theory]
    [InlineData("begin-throw", "ProbeException")]
    [InlineData("begin-block", "no answer within")]
    public async Task What_a_session_remembers_may_fail_to_be_made(string act, string fault)
    {
        await using var bench = await WithAsync("session_check", act);
        await using var session = bench.Roles.SessionChecks[0].Begin(new FakeSession());
        var answer = await session.AskAsync(new SessionCheckContext(SessionStages.Connect, new FakeSession()), CancellationToken.None);
        Assert.Contains(fault, answer.Fault!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("end-throw")]
    [InlineData("end-hang")]
    [InlineData("end-block")]
    public async Task What_a_session_remembers_may_fail_to_end(string act)
    {
        await using var bench = await WithAsync("session_check", act);
        var session = bench.Roles.SessionChecks[0].Begin(new FakeSession());
        Assert.Null((await session.AskAsync(new SessionCheckContext(SessionStages.Connect, new FakeSession()), CancellationToken.None)).Fault);
        Assert.True(session.DisposeAsync().IsCompleted, "nobody waits for it");
        await bench.UntilEndedAsync(1);
        await PluginBench.UntilAsync(() => bench.Status().Faults == 1, "the fault is told");
    }

    [Theory]
    [InlineData("throw", "ProbeException")]
    [InlineData("unspeakable", "ProbeException (its text cannot be had)")]
    [InlineData("hang", "no answer within")]
    [InlineData("block", "no answer within")]
    [InlineData("nonsense", "answered null")]
    public async Task A_word_of_the_filter_language_that_fails_is_a_run_time_error_of_the_script(string act, string fault)
    {
        await using var bench = await WithAsync("vocabulary", act);
        var (_, words) = Assert.Single(bench.Roles.FilterVocabularies);
        var action = await Assert.ThrowsAsync<FilterWordException>(
            () => words.Actions[0].Run(FakeMessage.Plain, NoArguments, CancellationToken.None).AsTask());
        Assert.Contains(fault, action.Message, StringComparison.Ordinal);
        if (act != "nonsense")
        {
            var test = await Assert.ThrowsAsync<FilterWordException>(
                () => words.Tests[0].Evaluate(FakeMessage.Plain, NoArguments, CancellationToken.None).AsTask());
            Assert.Contains(fault, test.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("vocabulary", "bad-name", "\"not a word\" is no use: expected an identifier")]
    [InlineData("vocabulary", "no-name", "filter test is null")]
    [InlineData("vocabulary", "bad-parameters", "\"probed\" is no use: expected a list of at most")]
    [InlineData("command", "bad-name", "\"not a name\" is no use")]
    [InlineData("command", "no-name", "command is null")]
    public async Task Words_and_commands_that_nobody_could_name_keep_the_version_from_serving(string role, string act, string error)
    {
        await using var bench = new PluginBench();
        bench.Install("probe", "1");
        Assert.Contains(error, Assert.Single(await bench.ApplyAsync(Settings(role, act))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("throw")]
    [InlineData("null-task")]
    public async Task A_background_service_that_fails_begins_again(string act)
    {
        await using var bench = await WithAsync("background", act);
        await PluginBench.UntilAsync(() => bench.State.Counters.GetValueOrDefault("runs") >= 3, "three runs");
        Assert.True(bench.Logged(LogLevel.Error, "starts again in"));
    }

    [Theory]
    [InlineData("hang")]
    [InlineData("block")]
    public async Task A_background_service_that_does_not_end_delays_its_successor_by_the_limit_alone(string act)
    {
        await using var bench = await WithAsync("background", act);
        await PluginBench.UntilAsync(() => bench.State.Counters.GetValueOrDefault("runs") == 1, "one run");
        bench.Install("probe", "2");
        Assert.Null(await bench.Host.ReloadAsync("probe", CancellationToken.None));
        await PluginBench.UntilAsync(() => bench.State.Counters["runs"] == 2, "the next version's run");
        Assert.True(bench.Logged(LogLevel.Warning, "background work did not stop"));
    }

    [Theory]
    [InlineData("throw", "probe failed: ProbeException: call failed")]
    [InlineData("nonsense", "probe failed: answered 256, which is no exit status")]
    public async Task A_command_that_fails_says_so(string act, string output)
    {
        await using var bench = await WithAsync("command", act);
        await using var written = new StringWriter();
        Assert.Equal(1, await bench.Host.RunCommandAsync("probe", "probe", [], written, written, CancellationToken.None));
        Assert.Contains(output, written.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hang")]
    [InlineData("block")]
    [InlineData("wait")]
    public async Task A_command_that_does_not_end_ends_for_the_person_who_gives_up(string act)
    {
        await using var bench = await WithAsync("command", act);
        await using var written = new StringWriter();
        using var patience = new CancellationTokenSource();
        var running = bench.Host.RunCommandAsync("probe", "probe", [], written, written, patience.Token);
        Assert.False(running.IsCompleted);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(PluginBench.Patience));
    }

    [Theory]
    [InlineData("hang")]
    [InlineData("block")]
    public async Task What_a_command_wrote_before_it_hangs_is_there_while_it_does(string act)
    {
        await using var bench = await WithAsync("command", act);
        using var written = new Heard();
        using var patience = new CancellationTokenSource();
        var running = bench.Host.RunCommandAsync("probe", "probe", ["first"], written, written, patience.Token);
        Assert.Equal("before" + Environment.NewLine, await written.First.Task.WaitAsync(PluginBench.Patience));
        Assert.False(running.IsCompleted);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(PluginBench.Patience));
    }

    /// <summary>Hears what it is given first.</summary>
    private sealed class Heard : StringWriter
    {
        public TaskCompletionSource<string> First { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override Task WriteAsync(ReadOnlyMemory<char> buffer, CancellationToken cancellationToken = default)
        {
            First.TrySetResult(buffer.ToString());
            return Task.CompletedTask;
        }
    }

    private static PluginSettings Settings(string role, string act) =>
        DictionarySettings.For("probe", ("act", act), ("roles", new[] { role })) with
        {
            OnFault = OnFault.Defer,
            TimeLimit = act switch
            {
                "hang" or "block" or "wait" or "each-hang" or "each-block" or "begin-block" => TimeSpan.FromMilliseconds(40),
                "end-hang" or "end-block" => TimeSpan.FromSeconds(3), // a good answer comes before
                _ => TimeSpan.FromSeconds(30),
            },
        };

    private static Task<PluginBench> WithAsync(string role, string act) => PluginBench.WithProbeAsync(
        Settings(role, act),
        options => options with { DrainLimit = TimeSpan.FromMilliseconds(50), StopLimit = TimeSpan.FromMilliseconds(200) });
}
