using System.Text.Json;
using Xunit.Abstractions;

namespace PluginMail.EndToEnd;

/// <summary>A plugin from outside, from <c>dotnet new</c> to its removal from a server that runs all the time.</summary>
public sealed class ForeignPluginTests(ITestOutputHelper output) : IAsyncLifetime
{
    private readonly ForeignPlugin _plugin = new();
    private MailServerProcess _server = null!;
    private Login _login = null!;

    public async Task InitializeAsync()
    {
        _server = await MailServerProcess.StartAsync();
        (await _server.RunAsync("domain", "add", "example.test")).Succeeded();
        _login = await _server.AddAccountAsync("anna");
    }

    public async Task DisposeAsync()
    {
        output.WriteLine(_server.Log);
        await _server.DisposeAsync();
        _plugin.Dispose();
    }

    [Fact]
    public async Task It_is_made_from_the_template_tested_installed_replaced_while_mail_flows_and_removed()
    {
        await _plugin.MakeAsync();
        Assert.Empty(await _plugin.MissingOfAsync("my-plugin")); // in code the name is my_plugin
        await _plugin.WriteStampAsync("first");
        Assert.Contains("Passed:     6", await _plugin.TestAsync(), StringComparison.Ordinal);
        await RunAsync("acme-stamp", "plugin", "install", _plugin.BuiltFolder);
        Assert.DoesNotContain("X-Acme-Stamp", await SendAndReadAsync("before"), StringComparison.Ordinal);
        await RunAsync("enabled and running", "plugin", "enable", "acme-stamp");
        Assert.Contains("X-Acme-Stamp: first by Serilog 2.10.0.0\r\n", await SendAndReadAsync("one"), StringComparison.Ordinal);

        await _plugin.WriteStampAsync("second");
        string archive = await _plugin.PublishAsync();
        using var stop = new CancellationTokenSource();
        Task<int>[] senders = [.. Enumerable.Range(0, 4).Select(session => Task.Run(() => SendAsync(session, stop.Token)))];
        await RunAsync("replaced and running", "plugin", "install", archive);
        Assert.Contains("X-Acme-Stamp: second by Serilog 2.10.0.0\r\n", await SendAndReadAsync("two"), StringComparison.Ordinal);
        await stop.CancelAsync();
        int sent = (await Task.WhenAll(senders)).Sum() + 2;
        Assert.Equal(sent, await SearchAsync("HEADER X-Acme-Stamp \" by Serilog\""));
        await Eventually.TrueAsync(async () => await InMemoryAsync() == "1", "one version in memory");

        await RunAsync("disabled", "plugin", "disable", "acme-stamp");
        Assert.DoesNotContain("X-Acme-Stamp", await SendAndReadAsync("three"), StringComparison.Ordinal);
        await RunAsync("removed", "plugin", "remove", "acme-stamp");
        Assert.DoesNotContain("acme", (await _server.RunAsync("plugin", "list", "--all")).Succeeded().Output, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(".incoming", Path.GetFileName(Assert.Single(Directory.GetDirectories(Path.Combine(_server.Data, "plugins")))));
        await _server.UntilLoggedAsync("version 2 left memory");
    }

    private async Task RunAsync(string said, params string[] command) =>
        Assert.Contains(said, (await _server.RunAsync(command)).Succeeded().Output, StringComparison.Ordinal);

    private async Task<int> SendAsync(int session, CancellationToken stop)
    {
        await using SmtpDialog smtp = await SmtpDialog.ConnectAsync(_server.Ports.Smtp);
        int sent = 0;
        for (; !stop.IsCancellationRequested; sent++)
        {
            Assert.StartsWith("250 ", await smtp.SendAsync("a@example.org", _login.Address, $"Subject: {session}-{sent}\r\n\r\nbody\r\n"), StringComparison.Ordinal);
        }

        return sent;
    }

    /// <summary>The header of a message that was just sent, as IMAP shows it.</summary>
    private async Task<string> SendAndReadAsync(string subject)
    {
        await using SmtpDialog smtp = await SmtpDialog.ConnectAsync(_server.Ports.Smtp);
        await smtp.SubmitAsync("<a@example.org>", $"<{_login.Address}>", $"Subject: probe-{subject}\r\n\r\nbody\r\n");
        await using ImapDialog imap = await ImapDialog.OpenAsync(_server, _login);
        string found = await imap.OkAsync($"UID SEARCH SUBJECT probe-{subject}");
        string uid = found.Split("\r\n").Single(line => line.StartsWith("* SEARCH ", StringComparison.Ordinal))["* SEARCH ".Length..];
        return await imap.OkAsync($"UID FETCH {uid} BODY.PEEK[HEADER]");
    }

    private async Task<int> SearchAsync(string criteria)
    {
        await using ImapDialog imap = await ImapDialog.OpenAsync(_server, _login);
        string found = await imap.OkAsync($"UID SEARCH {criteria}");
        return found.Split("\r\n").Single(line => line.StartsWith("* SEARCH", StringComparison.Ordinal)).Split(' ').Length - 2;
    }

    private async Task<string?> InMemoryAsync()
    {
        using JsonDocument list = JsonDocument.Parse((await _server.RunAsync("plugin", "list", "--json")).Succeeded().Output);
        return list.RootElement.EnumerateArray().Single().GetProperty("in_memory").GetString();
    }
}
