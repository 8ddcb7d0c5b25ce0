using Microsoft.Extensions.Logging;
using PluginMail.Pipeline;
using PluginMail.Plugins.Roles;
using PluginMail.Testing.Plugins;

namespace PluginMail.Plugins.Tests.Roles;

/// <summary>A role that faults again and again is switched off, and tried again after growing pauses.</summary>
public sealed class BreakerTests
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(3);
    private readonly SetClock _clock = new();

    [Fact]
    public void Faults_in_a_row_switch_off_and_a_good_answer_between_starts_the_count_anew()
    {
        var breaker = new Breaker(3, Pause, _clock);
        Fault(breaker, 2);
        Assert.True(breaker.TryEnter(out _));
        breaker.Succeeded(0);
        Fault(breaker, 2);
        Assert.False(breaker.IsOpen);
        Assert.True(breaker.TryEnter(out _));
        Assert.Equal(Pause, breaker.Faulted(0));
        Assert.True(breaker.IsOpen);
        Assert.False(breaker.TryEnter(out _));
        Assert.Equal(Pause, breaker.Left);
    }

    [Fact]
    public void After_the_pause_one_call_is_let_through_and_its_fault_doubles_the_pause_up_to_ten_minutes()
    {
        var breaker = Open();
        var expected = Pause;
        for (int i = 0; i < 10; i++)
        {
            _clock.Pass(expected - TimeSpan.FromTicks(1));
            Assert.False(breaker.TryEnter(out _));
            _clock.Pass(TimeSpan.FromTicks(1));
            Assert.True(breaker.TryEnter(out int trial));
            Assert.False(breaker.TryEnter(out _), "one at a time");
            expected = expected * 2 < TimeSpan.FromMinutes(10) ? expected * 2 : TimeSpan.FromMinutes(10);
            Assert.Equal(expected, breaker.Faulted(trial));
        }
    }

    [Fact]
    public void A_good_answer_of_that_call_switches_on_again_and_the_next_pause_is_the_first_one()
    {
        var breaker = Open();
        _clock.Pass(Pause);
        Assert.True(breaker.TryEnter(out int first));
        breaker.Faulted(first);
        _clock.Pass(Pause * 2);
        Assert.True(breaker.TryEnter(out int second));
        Assert.True(breaker.Succeeded(second));
        Assert.False(breaker.IsOpen);
        Assert.Null(breaker.Left);
        Fault(breaker, 2);
        Assert.Equal(Pause, breaker.Faulted(0));
    }

    [Fact]
    public void A_call_that_began_before_it_was_switched_off_decides_nothing()
    {
        var breaker = Open();
        Assert.False(breaker.Succeeded(0));
        Assert.Null(breaker.Faulted(0));
        Assert.True(breaker.IsOpen);
        Assert.Equal(Pause, breaker.Left);

        _clock.Pass(Pause); // and nothing while another tries it
        Assert.True(breaker.TryEnter(out int trial));
        Assert.Null(breaker.Faulted(0));
        breaker.Abandoned(0);
        Assert.False(breaker.TryEnter(out _), "the trial is still under way");
        Assert.True(breaker.Succeeded(trial));
        Assert.False(breaker.IsOpen);
    }

    [Fact]
    public void A_trial_whose_client_went_away_is_made_again()
    {
        var breaker = Open();
        _clock.Pass(Pause);
        Assert.True(breaker.TryEnter(out int trial));
        breaker.Abandoned(trial);
        Assert.True(breaker.TryEnter(out int next));
        Assert.NotEqual(trial, next);
    }

    [Fact]
    public void Without_a_limit_nothing_is_switched_off()
    {
        var breaker = new Breaker(0, Pause, _clock);
        Fault(breaker, 1000);
        Assert.False(breaker.IsOpen);
    }

    [Theory]
    [InlineData(OnFault.Pass, "Pass")]
    [InlineData(OnFault.Defer, "Defer")]
    [InlineData(OnFault.Refuse, "Refuse")]
    public async Task A_role_that_is_switched_off_is_not_called_and_answers_what_on_fault_says(OnFault onFault, string decision)
    {
        var alerts = new ListAlerts();
        await using var bench = new PluginBench(alerts: alerts);
        bench.Install("probe", "1");
        Assert.Empty(await bench.ApplyAsync(Settings("throw") with { OnFault = onFault }));
        for (int i = 0; i < 10; i++)
        {
            var answer = await bench.CheckAsync();
            Assert.Equal(decision, answer.Value.Decision.GetType().Name);
            Assert.Contains(i < 4 ? "ProbeException" : "switched off after 4 faults in a row", answer.Fault!, StringComparison.Ordinal);
        }

        var status = bench.Status();
        Assert.Equal((4, 4, 6), (status.Calls, status.Faults, status.Skipped));
        Assert.Equal(PluginState.SwitchedOff, status.State);
        var role = Assert.Single(status.SwitchedOff);
        Assert.Equal(("message check", 4), (role.Role, role.Faults));
        Assert.InRange(role.Left, TimeSpan.FromSeconds(1), Pause);
        Assert.True(bench.Logged(LogLevel.Warning, "its message check is switched off after 4 faults in a row"));
        Assert.Contains("on_fault", Assert.Single(alerts.Raised), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_roles_of_the_plugin_go_on()
    {
        await using var bench = await PluginBench.WithProbeAsync(
            DictionarySettings.For("probe", ("act", "throw"), ("roles", new[] { "message_check", "message_editor" })) with { FaultLimit = 1 });
        await bench.CheckAsync();
        Assert.Contains("switched off", (await bench.CheckAsync()).Fault!, StringComparison.Ordinal);
        Assert.Contains("ProbeException", (await bench.Roles.MessageEditors[0].AskAsync(FakeMessage.Plain, default)).Fault!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_tried_again_after_the_pause_and_switched_on_when_it_answers()
    {
        await using var bench = await PluginBench.WithProbeAsync(Settings("throw-first") with { FaultLimit = 3, FaultPause = TimeSpan.FromMilliseconds(30) });
        for (int i = 0; i < 3; i++)
        {
            Assert.NotNull((await bench.CheckAsync()).Fault);
        }

        var answer = await bench.CheckAsync();
        for (int i = 0; i < 10_000 && answer.Fault is not null; i++)
        {
            Assert.Contains("switched off", answer.Fault, StringComparison.Ordinal);
            await Task.Delay(5);
            answer = await bench.CheckAsync();
        }

        Assert.Equal("v1", answer.Version());
        Assert.Equal(PluginState.Running, bench.Status().State);
        Assert.True(bench.Logged(LogLevel.Information, "answers again"));
    }

    [Fact]
    public async Task A_reload_switches_it_on()
    {
        await using var bench = await PluginBench.WithProbeAsync(Settings("throw") with { FaultLimit = 1 });
        await bench.CheckAsync();
        Assert.Equal(PluginState.SwitchedOff, bench.Status().State);
        Assert.Null(await bench.Host.ReloadAsync("probe", CancellationToken.None));
        Assert.Equal(PluginState.Running, bench.Status().State);
        Assert.Contains("ProbeException", (await bench.CheckAsync()).Fault!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Calls_that_wait_for_ever_cost_their_time_limit_only_until_the_role_is_switched_off()
    {
        await using var bench = await PluginBench.WithProbeAsync(
            Settings("hang") with { FaultLimit = 2, TimeLimit = TimeSpan.FromMilliseconds(30) },
            options => options with { DrainLimit = TimeSpan.FromMilliseconds(10) });
        await bench.CheckAsync();
        await bench.CheckAsync();
        Assert.True(bench.CheckAsync().IsCompleted, "answered at once");
        Assert.Equal(2, bench.Status().Timeouts);
    }

    [Fact]
    public async Task Calls_that_never_end_switch_off_even_where_they_hold_all_places_before_there_are_enough_of_them()
    {
        await using var bench = await PluginBench.WithProbeAsync(
            Settings("hang") with { Concurrency = 2, FaultLimit = 4, TimeLimit = TimeSpan.FromSeconds(1), FaultPause = TimeSpan.FromMilliseconds(50) },
            options => options with { DrainLimit = TimeSpan.FromMilliseconds(10) });
        for (int i = 0; i < 4; i++)
        {
            Assert.NotNull((await bench.CheckAsync()).Fault);
        }

        Assert.Single(bench.Status().SwitchedOff);
        await PluginBench.UntilAsync(() => Left() == TimeSpan.Zero, "the pause ends");
        var trial = bench.CheckAsync();
        Assert.True(trial.IsCompleted, "there is no place for a trial, and nobody waits for one");
        Assert.Contains("switched off", (await trial).Fault!, StringComparison.Ordinal);
        Assert.True(Left() > TimeSpan.Zero, "a longer pause has begun");

        TimeSpan Left() => bench.Status().SwitchedOff.Single().Left;
    }

    [Fact]
    public async Task Memory_of_a_plugin_is_shown()
    {
        await using var bench = await PluginBench.WithProbeAsync(DictionarySettings.For("probe"));
        Assert.Null(bench.Status().OctetsPerCall);
        for (int i = 0; i < 64; i++)
        {
            await bench.CheckAsync();
        }

        Assert.InRange(bench.Status().OctetsPerCall!.Value, 24, 2000); // a verdict with a tag whose name is made anew
        long assembly = new FileInfo(Path.Combine(bench.Installed, "probe", "Probe.dll")).Length;
        Assert.Equal(assembly, bench.Status().CodeOctets);
    }

    private static PluginSettings Settings(string act) =>
        DictionarySettings.For("probe", ("act", act)) with { FaultLimit = 4, FaultPause = Pause };

    private static void Fault(Breaker breaker, int times)
    {
        for (int i = 0; i < times; i++)
        {
            Assert.True(breaker.TryEnter(out _));
            Assert.Null(breaker.Faulted(0));
        }
    }

    private Breaker Open()
    {
        var breaker = new Breaker(3, Pause, _clock);
        Fault(breaker, 2);
        Assert.True(breaker.TryEnter(out _));
        breaker.Faulted(0);
        return breaker;
    }

    private sealed class SetClock : TimeProvider
    {
        private long _now = 1;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Pass(TimeSpan time) => _now += time.Ticks;

        public override long GetTimestamp() => _now;
    }

    private sealed class ListAlerts : IAdministratorAlerts
    {
        public List<string> Raised { get; } = [];

        public void Raise(string key, string subject, string text) => Raised.Add($"{key}: {subject}: {text}");
    }
}
