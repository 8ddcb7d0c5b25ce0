using PluginMail.Abstractions;
using PluginMail.Pipeline;

namespace PluginMail.Plugins.Tests.Scripts;

/// <summary>The scripts that ship with the server, run by its plugin host on messages as the pipeline shows them.</summary>
public sealed class ExampleTests
{
    [Fact]
    public async Task Tag_subject_marks_mail_from_outside_once()
    {
        await using var bench = new ScriptBench();
        Assert.Empty(await bench.ApplyAsync(ScriptBench.Shipped("tag-subject"), ("tag", "[OUT]")));
        var edit = Assert.IsType<HeaderEdit.Replace>(Effect(await bench.EditAsync(ScriptBench.Message("Subject: =?utf-8?q?gr=C3=BC=C3=9Fe?=\n\nx\n"))));
        Assert.Equal(("Subject", "[OUT] grüße"), (edit.Name, edit.Value));
        edit = Assert.IsType<HeaderEdit.Replace>(Effect(await bench.EditAsync(ScriptBench.Message("From: a@elsewhere.test\n\nx\n"))));
        Assert.Equal(("Subject", "[OUT]", 1), (edit.Name, edit.Value.TrimEnd(), edit.Index)); // the first is added where there is none
        Assert.True((await bench.EditAsync(ScriptBench.Message("Subject: [OUT] hello\n\nx\n"))).Value.IsPlainPass);
        Assert.True((await bench.EditAsync(ScriptBench.Message("Subject: hello\n\nx\n", Direction.Outgoing))).Value.IsPlainPass);
    }

    [Fact]
    public async Task Route_by_header_sends_mail_to_the_team_that_it_names()
    {
        await using var bench = new ScriptBench();
        Assert.Empty(await bench.ApplyAsync(ScriptBench.Shipped("route-by-header")));
        var answer = await bench.EditAsync(ScriptBench.Message("X-Team: Billing\n\nx\n", to: ["b@example.org", "accounts@example.org"]));
        Assert.Equal(["remove recipient b@example.org"], answer.Value.Effects.Select(VerdictText.Of));
        answer = await bench.EditAsync(ScriptBench.Message("X-Team: press\n\nx\n"));
        Assert.Equal(["remove recipient b@example.org", "add recipient office@example.org"], answer.Value.Effects.Select(VerdictText.Of));
        Assert.True((await bench.EditAsync(ScriptBench.Message("X-Team: nobody\n\nx\n"))).Value.IsPlainPass);
        Assert.True((await bench.EditAsync(ScriptBench.Message("Subject: hello\n\nx\n"))).Value.IsPlainPass);
    }

    [Theory]
    [InlineData("filename=\"invoice.pdf.EXE\"", true)]
    [InlineData("filename*=utf-8''%E2%82%AC.js", true)]
    [InlineData("filename=\"run.scr. \"", true)]
    [InlineData("filename=\"invoice.pdf\"", false)]
    [InlineData("filename=\"exe\"", false)]
    public async Task Refuse_attachments_refuses_programs_by_their_names(string parameter, bool refused)
    {
        await using var bench = new ScriptBench();
        Assert.Empty(await bench.ApplyAsync(ScriptBench.Shipped("refuse-attachments")));
        var answer = await bench.CheckAsync(ScriptBench.Message($"""
            Subject: invoice
            MIME-Version: 1.0
            Content-Type: multipart/mixed; boundary=b

            --b
            Content-Type: text/plain

            see below
            --b
            Content-Type: application/octet-stream
            Content-Disposition: attachment; {parameter}

            MZ
            --b--

            """));
        Assert.Null(answer.Fault);
        Assert.Equal(refused, answer.Value.Decision is Decision.Refuse { Reply.Code: 550 });
        Assert.Equal(!refused, answer.Value.IsPlainPass);
    }

    [Theory]
    [InlineData("a@example.com", "b@example.org", true)]
    [InlineData("a@mail.EXAMPLE.com", "b@example.org", true)]
    [InlineData("a@example.org", "b@example.com", true)]
    [InlineData("a@badexample.com", "b@example.org", false)]
    [InlineData(null, "b@example.org", false)]
    public async Task Archive_by_domain_copies_what_comes_from_or_goes_to_a_domain(string? from, string to, bool copied)
    {
        await using var bench = new ScriptBench();
        Assert.Empty(await bench.ApplyAsync(
            ScriptBench.Shipped("archive-by-domain"), ("domains", new[] { "example.com" }), ("archive", "keep@example.org")));
        var answer = await bench.CheckAsync(ScriptBench.Message("Subject: x\n\nx\n", from: from, to: [to]));
        Assert.Null(answer.Fault);
        Assert.Equal(copied ? ["add recipient keep@example.org"] : [], answer.Value.Effects.Select(VerdictText.Of));
    }

    [Theory]
    [InlineData("EXAMPLE.org", "192.0.2.1", true)]
    [InlineData("example.org", "127.0.0.1", false)]
    [InlineData("example.net", "192.0.2.1", false)]
    public async Task Refuse_greeting_refuses_who_uses_our_name(string hello, string client, bool refused)
    {
        await using var bench = new ScriptBench();
        Assert.Empty(await bench.ApplyAsync(ScriptBench.Shipped("refuse-greeting"), ("names", new[] { "example.org" })));
        var role = Assert.Single(bench.Host.Current.SessionChecks);
        Assert.Equal(SessionStages.Greet, role.Stages);
        var question = ScriptBench.Question(SessionStages.Greet, hello, client);
        await using var lease = role.Begin(question.Session);
        Assert.Equal(refused, (await lease.AskAsync(question, CancellationToken.None)).Value.Decision is Decision.Refuse);
    }

    [Fact]
    public async Task First_contact_marks_the_first_mail_of_a_domain()
    {
        await using var bench = new ScriptBench();
        Assert.Empty(await bench.ApplyAsync(ScriptBench.Shipped("first-contact")));
        var message = ScriptBench.Message("Subject: x\n\nx\n", from: "a@New.test");
        Assert.Equal("New.test", Assert.IsType<HeaderEdit.Add>(Effect(await bench.CheckAsync(message))).Value);
        Assert.True((await bench.CheckAsync(message)).Value.IsPlainPass);
        Assert.Contains("seen/new.test", bench.Plugins.State.Counters.Keys);
    }

    [Fact]
    public async Task Every_example_compiles_without_a_warning_and_runs_beside_the_others()
    {
        string[] scripts = Directory.GetFiles(Path.GetDirectoryName(ScriptBench.Shipped("x"))!, "*.csx");
        Assert.True(scripts.Length >= 6, "examples are found");
        Assert.All(scripts, script => Assert.Empty(ScriptChecker.Check(script, CancellationToken.None)));
        await using var bench = new ScriptBench();
        Assert.Empty(await bench.Plugins.ApplyAsync([.. scripts.Select(script => ScriptBench.Settings(script))]));
        Assert.All(bench.Host.List(), row => Assert.Equal(PluginState.Running, row.State));
    }

    private static Effect Effect(RoleAnswer<Verdict> answer)
    {
        Assert.Null(answer.Fault);
        return Assert.Single(answer.Value.Effects);
    }
}
