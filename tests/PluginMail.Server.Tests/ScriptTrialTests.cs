using System.Net;
using PluginMail.Abstractions;
using PluginMail.Configuration.Options;
using PluginMail.Dns;

namespace PluginMail.Server.Tests;

/// <summary><c>script run</c>: a script is asked as it would be in the server.</summary>
public sealed class ScriptTrialTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("trial-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(false, "OnAuthenticate,OnOutbound,OnMailboxChange", "connect,greet,sender,recipient,data,message,message")]
    [InlineData(true, "OnMailboxChange", "authenticate,sender,recipient,data,message,message,outbound")]
    public async Task Every_hook_that_a_message_comes_to_is_asked_and_the_others_are_named(bool isOutgoing, string notAsked, string asked)
    {
        ScriptTrialResult result = await RunAsync(
            """
            OnConnect(context => Pass);
            OnGreet(context => Pass);
            OnAuthenticate(context => Pass);
            OnSender(context => Pass);
            OnRecipient(context => Pass);
            OnData(context => Pass);
            OnMessage(message => Pass);
            OnEdit(message => Pass);
            OnOutbound(message => SetHeader("X-Left", "yes"));
            OnMailboxChange((change, cancellationToken) => default);
            """,
            isOutgoing);
        Assert.Empty(result.Problems);
        Assert.Equal(asked, string.Join(',', result.Stages.Select(stage => stage.Stage)));
        Assert.Equal(notAsked, string.Join(',', result.NotAsked));
        Assert.Equal(250, result.Reply!.Code);
        Assert.Equal(isOutgoing, result.Delivered!.AddedFields.Contains("X-Left: yes"));
    }

    [Fact]
    public async Task What_is_refused_at_DATA_is_not_delivered_and_the_hooks_behind_it_are_named()
    {
        ScriptTrialResult result = await RunAsync("OnData(context => Refuse(\"not today\"));\nOnMessage(message => Pass);\nOnEdit(message => Pass);\n");
        Assert.StartsWith("550 5.7.1 not today", result.Reply!.ToString(), StringComparison.Ordinal);
        Assert.Null(result.Delivered);
        Assert.Equal("OnMessage,OnEdit", string.Join(',', result.NotAsked));
        Assert.Equal(["data"], result.Stages.Select(stage => stage.Stage));
    }

    [Fact]
    public async Task An_editor_behind_a_check_that_refuses_was_not_asked()
    {
        ScriptTrialResult result = await RunAsync("OnMessage(message => Refuse(\"no\"));\nOnEdit(message => Pass);\n");
        Assert.Equal("OnEdit", string.Join(',', result.NotAsked));
    }

    [Fact]
    public void One_file_has_one_path_whatever_links_lead_to_it()
    {
        string real = Directory.CreateDirectory(Path.Combine(RealPath.Of(_folder), "releases", "1")).FullName;
        File.WriteAllText(Path.Combine(real, "tag.csx"), "");
        Directory.CreateSymbolicLink(Path.Combine(_folder, "current"), "releases/1");
        File.CreateSymbolicLink(Path.Combine(real, "other.csx"), "tag.csx");
        Assert.Equal(Path.Combine(real, "tag.csx"), RealPath.Of(Path.Combine(_folder, "current", "other.csx")));
        Assert.Equal(Path.Combine(real, "none", "x"), RealPath.Of(Path.Combine(_folder, "current", "none", "x")));
        File.CreateSymbolicLink(Path.Combine(_folder, "circle"), "circle");
        Assert.Equal(Path.Combine(RealPath.Of(_folder), "circle"), RealPath.Of(Path.Combine(_folder, "circle")));
    }

    private async Task<ScriptTrialResult> RunAsync(string text, bool isOutgoing = false)
    {
        string path = Path.Combine(_folder, "tag.csx");
        await File.WriteAllTextAsync(path, text);
        var entry = new ScriptEntry { Path = path, Plugin = new PluginEntry { Name = "tag" } };
        using var loggers = new TrialLoggers(TextWriter.Null);
        using var resolver = new StubResolver(() => new MailServerOptions().ToResolver(), TimeProvider.System, loggers.CreateLogger("dns"));
        return await new ScriptTrial(entry.ToPlugin(), resolver, loggers).RunAsync(
            new TrialMessage(
                "Subject: hello\r\n\r\nbody\r\n"u8.ToArray(), new EmailAddress("a", "example.org"), [new EmailAddress("b", "example.net")], isOutgoing, IPAddress.Parse("192.0.2.1"), "client.example"),
            CancellationToken.None);
    }
}
