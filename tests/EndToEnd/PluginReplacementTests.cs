using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace PluginMail.EndToEnd;

/// <summary>Plugins are replaced again and again while mail comes in: one that looks at each message, and one that plays every role.</summary>
public sealed partial class PluginReplacementTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Replacements = 50;
    private const int Sessions = 40;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500); // between a session's messages: 80 a second in all, at most
    private static readonly string[] Plugins = ["Template", "NoOp"];
    private MailServerProcess? _server;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_server is not null)
        {
            output.WriteLine(string.Join('\n', _server.Log.Split('\n').Where(line => line.Contains(" plugins", StringComparison.Ordinal)).TakeLast(100)));
            await _server.DisposeAsync();
        }
    }

    [Fact]
    public async Task No_delivery_fails_while_plugins_are_replaced_and_no_version_stays_in_memory()
    {
        _server = await MailServerProcess.StartAsync(
            new ServerSettings().With("plugins", "order = [\"template\", \"noop\"]"),
            server => Array.ForEach(Plugins, plugin => new BundledPlugin(server, plugin).Install(0)));
        BundledPlugin[] plugins = [.. Plugins.Select(plugin => new BundledPlugin(_server, plugin))];
        (await _server.RunAsync("domain", "add", "example.test")).Succeeded();
        Login login = await _server.AddAccountAsync("busy");
        using var stop = new CancellationTokenSource();
        Task<List<string>>[] senders = [.. Enumerable.Range(0, Sessions).Select(session => Task.Run(() => SendAsync(_server.Ports.Smtp, login, session, stop.Token)))];
        for (int i = 1; i <= Replacements; i++)
        {
            await BundledPlugin.ReplaceAsync(plugins, i);
        }

        await stop.CancelAsync();
        List<string> sent = [.. (await Task.WhenAll(senders)).SelectMany(subjects => subjects)];
        output.WriteLine($"{sent.Count} messages");
        Assert.True(sent.Count > Replacements * Sessions / 2, $"{sent.Count} messages are no load");
        Assert.Equal(sent.Order(StringComparer.Ordinal), (await SubjectsAsync(login)).Order(StringComparer.Ordinal));
        foreach (BundledPlugin plugin in plugins)
        {
            await plugin.HasServedWellAsync();
        }

        Assert.Equal(sent.Count, await plugins[0].CallsAsync());
    }

    private static async Task<List<string>> SendAsync(int port, Login login, int session, CancellationToken stop)
    {
        List<string> subjects = [];
        await using SmtpDialog smtp = await SmtpDialog.ConnectAsync(port);
        while (!stop.IsCancellationRequested)
        {
            string subject = $"{session}-{subjects.Count}";
            await smtp.SubmitAsync("<a@example.org>", $"<{login.Address}>", $"Subject: {subject}\r\n\r\nbody\r\n");
            subjects.Add(subject);
            await Task.Delay(Pause, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return subjects;
    }

    private async Task<IEnumerable<string>> SubjectsAsync(Login login)
    {
        await using ImapDialog imap = await ImapDialog.OpenAsync(_server!, login);
        string fetched = await imap.OkAsync("FETCH 1:* (BODY.PEEK[HEADER.FIELDS (SUBJECT)])");
        return Subject().Matches(fetched).Select(match => match.Groups["subject"].Value);
    }

    [GeneratedRegex(@"^Subject: (?<subject>\S+)\r$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 60_000)]
    private static partial Regex Subject();
}
