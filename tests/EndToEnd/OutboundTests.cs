using Xunit.Abstractions;

namespace PluginMail.EndToEnd;

/// <summary>Mail from one server to another one of its kind, over TLS: delivered, reported, and put off while the other one is away.</summary>
public sealed class OutboundTests(ITestOutputHelper output) : IAsyncLifetime
{
    private MailServerProcess? _there;
    private MailServerProcess? _here;

    private MailServerProcess There => _there!;

    private MailServerProcess Here => _here!;

    public async Task InitializeAsync()
    {
        _there = await MailServerProcess.StartAsync(new ServerSettings().With("server", "hostname = \"mx.there.test\""));
        (await There.RunAsync("domain", "add", "there.test")).Succeeded();
        _here = await MailServerProcess.StartAsync(new ServerSettings()
            .With("queue", "minimum_wait = \"1s\"\nmaximum_wait = \"1s\"\nminimum_pause = \"1s\"\nmaximum_pause = \"1s\"")
            .WithRoute("there.test", There.Ports.Smtp));
        (await Here.RunAsync("domain", "add", "example.test")).Succeeded();
    }

    public async Task DisposeAsync()
    {
        foreach (MailServerProcess? server in (MailServerProcess?[])[_here, _there])
        {
            if (server is not null)
            {
                output.WriteLine(server.Log);
                await server.DisposeAsync();
            }
        }
    }

    [SkippableFact]
    public async Task What_is_taken_arrives_and_what_is_refused_comes_back_as_a_report()
    {
        Login from = await Here.AddAccountAsync("sender");
        Login to = await There.AddAccountAsync("reader", "there.test");
        await SendAsync(from, $"{to.Address},nobody@there.test");
        await Here.UntilLoggedAsync($"to=<{to.Address}>");
        await Here.UntilLoggedAsync("status=bounced");
        await using (ImapDialog imap = await ImapDialog.OpenAsync(There, to))
        {
            string header = await imap.OkAsync("FETCH 1 (BODY[HEADER])");
            Assert.Contains("by mx.there.test with ESMTPS id", header, StringComparison.Ordinal);
            Assert.Contains("DKIM-Signature: ", header, StringComparison.Ordinal);
            Assert.Contains($"Return-Path: <{from.Address}>", header, StringComparison.Ordinal);
        }

        await Here.UntilLoggedAsync($"delivered to=<{from.Address}>");
        await using ImapDialog own = await ImapDialog.OpenAsync(Here, from);
        string report = await own.OkAsync("FETCH 1 (BODY[])");
        Assert.Contains("Final-Recipient: rfc822; nobody@there.test", report, StringComparison.Ordinal);
        Assert.Contains("550 5.1.1", report, StringComparison.Ordinal);
        Assert.Contains("Return-Path: <>", report, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task What_cannot_be_sent_now_waits_can_be_held_and_removed()
    {
        Login from = await Here.AddAccountAsync("patient");
        Login to = await There.AddAccountAsync("away", "there.test");
        await There.StopAsync();
        await SendAsync(from, to.Address);
        await Here.UntilLoggedAsync("status=deferred");
        Assert.Contains(to.Address, (await Here.RunAsync("queue", "list")).Succeeded().Output, StringComparison.Ordinal);
        (await Here.RunAsync("queue", "hold", "1")).Succeeded();
        (await Here.RunAsync("queue", "remove", "1")).Succeeded();
        Assert.DoesNotContain(to.Address, (await Here.RunAsync("queue", "list")).Succeeded().Output, StringComparison.Ordinal);
    }

    private async Task SendAsync(Login from, string to) => (await Programs.RunAsync(
        "swaks",
        [
            "--server", $"127.0.0.1:{Here.Ports.Submission}", "--tls", "--auth-user", from.Address, "--auth-password", from.Password,
            "--from", from.Address, "--to", to, "--header", "Subject: outbound",
        ])).Succeeded();
}
