using PluginMail.Abstractions;
using PluginMail.Pipeline;
using PluginMail.Testing.Plugins;

namespace PluginMail.Plugins.Tests.Reloading;

/// <summary>What a session check remembers, seen by the plugin's other roles and across reloads.</summary>
public sealed class SessionStateTests
{
    private static readonly string[] Roles = ["session_check", "message_check", "message_editor"];

    [Fact]
    public async Task Message_roles_reach_what_the_session_check_remembers()
    {
        await using var bench = await PluginBench.WithProbeAsync(Settings("count"));
        var session = new LeasedSession();
        await using var lease = session.Begin(bench.Roles.SessionChecks[0]);
        Assert.Equal("v1 call 1", await ConnectAsync(lease, session));
        Assert.Equal("v1 call 2", await AskAsync(bench.Roles.MessageChecks[0], session));
        Assert.Equal("v1 call 3", await AskAsync(bench.Roles.MessageEditors[0], session));
        Assert.Equal("v1", await AskAsync(bench.Roles.MessageEditors[0], new LeasedSession()));
    }

    [Fact]
    public async Task Message_roles_of_a_remembered_session_stay_with_the_version_that_remembers_it()
    {
        await using var bench = await PluginBench.WithProbeAsync(Settings("count"));
        var session = new LeasedSession();
        var roles = bench.Roles;
        await using (var lease = session.Begin(roles.SessionChecks[0]))
        {
            await ConnectAsync(lease, session);
            bench.Install("probe", "2");
            Assert.Null(await bench.Host.ReloadAsync("probe", CancellationToken.None));
            Assert.Equal("v1 call 2", await AskAsync(roles.MessageChecks[0], session));
            Assert.Equal("v1 call 3", await AskAsync(roles.MessageEditors[0], session));
            Assert.Equal("v1 call 4", await ConnectAsync(lease, session));
            Assert.Equal("v2", await AskAsync(roles.MessageEditors[0], new LeasedSession()));
        }

        Assert.Equal("v2", await AskAsync(roles.MessageEditors[0], session));
        await bench.UntilUnloadedAsync();
        await bench.UntilEndedAsync(1);
    }

    [Fact]
    public async Task Message_roles_of_a_session_that_is_not_remembered_go_to_the_newest_version()
    {
        await using var bench = await PluginBench.WithProbeAsync(Settings("stateless"));
        var session = new LeasedSession();
        await using var lease = session.Begin(bench.Roles.SessionChecks[0]);
        await ConnectAsync(lease, session);
        bench.Install("probe", "2");
        Assert.Null(await bench.Host.ReloadAsync("probe", CancellationToken.None));
        Assert.Equal("v2", await AskAsync(bench.Roles.MessageEditors[0], session));
    }

    [Fact]
    public async Task A_version_that_was_stopped_under_a_session_is_not_asked_any_more()
    {
        await using var bench = await PluginBench.WithProbeAsync(Settings("count"), options => options with { DrainLimit = TimeSpan.FromMilliseconds(20) });
        var session = new LeasedSession();
        await using var lease = session.Begin(bench.Roles.SessionChecks[0]);
        await ConnectAsync(lease, session);
        bench.Install("probe", "2");
        Assert.Null(await bench.Host.ReloadAsync("probe", CancellationToken.None));
        await PluginBench.UntilAsync(() => bench.Logged(Microsoft.Extensions.Logging.LogLevel.Warning, "still use it"), "the old version is stopped");
        Assert.Equal("v2", await AskAsync(bench.Roles.MessageEditors[0], session));
        Assert.Equal("v2 call 1", await ConnectAsync(lease, session));
        Assert.Equal("v2 call 2", await AskAsync(bench.Roles.MessageEditors[0], session));
    }

    [Fact]
    public async Task A_session_that_is_remembered_is_asked_at_the_stages_of_its_own_version()
    {
        await using var bench = await PluginBench.WithProbeAsync(Settings("each-pass"));
        var session = new LeasedSession();
        var role = bench.Roles.SessionChecks[0];
        await using var lease = session.Begin(role);
        await ConnectAsync(lease, session);
        var all = lease.Stages;
        Assert.Empty(await bench.ApplyAsync(Settings("pass")));
        Assert.Equal(SessionStages.Connect | SessionStages.Recipient, role.Stages);
        Assert.Equal(all, lease.Stages);
        Assert.True(lease.Stages.HasFlag(SessionStages.Sender));
    }

    private static PluginSettings Settings(string act) => DictionarySettings.For("probe", ("act", act), ("roles", Roles));

    private static async ValueTask<string> ConnectAsync(SessionRoleLease lease, ISessionView session) =>
        (await lease.AskAsync(new SessionCheckContext(SessionStages.Connect, session), CancellationToken.None)).Version();

    private static async ValueTask<string> AskAsync(Role<IMessageView, Verdict> role, ISessionView session) =>
        (await role.AskAsync(new FakeMessage(new MemoryContent("Subject: x\r\n\r\n"u8.ToArray())) { BroughtBy = session }, CancellationToken.None)).Version();
}
