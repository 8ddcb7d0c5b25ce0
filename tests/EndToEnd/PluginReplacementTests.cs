using System.Globalization;
using System.Text.Json;
using PluginMail.Plugins.Tests.ClamAv;
using Xunit.Abstractions;

namespace PluginMail.EndToEnd;

/// <summary>A plugin is replaced again and again while mail comes in.</summary>
public sealed class PluginReplacementTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Replacements = 20;
    private const int Sessions = 8;
    private readonly Clamd _clamd = new();
    private MailServerProcess? _server;

    public Task InitializeAsync() => _clamd.InitializeAsync();

    public async Task DisposeAsync()
    {
        if (_server is not null)
        {
            output.WriteLine(string.Join('\n', _server.Log.Split('\n').Where(line => line.Contains(" plugins", StringComparison.Ordinal)).TakeLast(100)));
            await _server.DisposeAsync();
        }

        await _clamd.DisposeAsync();
    }

    [SkippableFact]
    public async Task No_delivery_fails_while_a_plugin_is_replaced_and_no_version_stays_in_memory()
    {
        _clamd.Require();
        _server = await MailServerProcess.StartAsync(
            new ServerSettings().With("plugins", $"order = [\"clamav\"]\n[plugins.clamav]\naddress = [\"{_clamd.Tcp}\"]"),
            server => Install(server, 0));
        (await _server.RunAsync("domain", "add", "example.test")).Succeeded();
        Login login = await _server.AddAccountAsync("busy");
        using var stop = new CancellationTokenSource();
        Task<IReadOnlyDictionary<string, int>>[] senders =
            [.. Enumerable.Range(0, Sessions).Select(session => Task.Run(() => SendAsync(_server.Ports.Smtp, login, session, stop.Token)))];
        for (int i = 1; i <= Replacements; i++)
        {
            int from = _server.Log.Length;
            Install(_server, i);
            await _server.UntilLoggedAsync("Plugin clamav: version ", from);
            await _server.UntilLoggedAsync($"Plugin clamav: version {(i + 1).ToString(CultureInfo.InvariantCulture)} (", from);
        }

        await stop.CancelAsync();
        Dictionary<string, int> replies = (await Task.WhenAll(senders)).SelectMany(session => session)
            .GroupBy(reply => reply.Key).ToDictionary(group => group.Key, group => group.Sum(reply => reply.Value));
        Assert.Equal(["250"], replies.Keys);
        Assert.True(replies["250"] > Replacements * Sessions, $"{replies["250"]} messages are no load");
        Assert.Equal(replies["250"], await ImapDialog.CountAsync(_server, login, "INBOX"));
        await Eventually.TrueAsync(async () => (await StatusAsync("in_memory")) == "1", "one version in memory", seconds: 45);
        Assert.Equal("Running", await StatusAsync("state"));
        Assert.Equal("0", await StatusAsync("faults"));
        Assert.Equal($"{replies["250"]}", await StatusAsync("calls"));
    }

    // Each version differs in one file, so that its content is another one.
    private static void Install(MailServerProcess server, int version)
    {
        string source = Repository.BundledPlugin("ClamAv");
        string folder = Path.Combine(server.Data, "plugins", "clamav");
        foreach (string file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(folder, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target, overwrite: true);
        }

        File.WriteAllText(Path.Combine(folder, "version.txt"), version.ToString(CultureInfo.InvariantCulture));
    }

    private static async Task<IReadOnlyDictionary<string, int>> SendAsync(int port, Login login, int session, CancellationToken stop)
    {
        Dictionary<string, int> replies = [];
        await using SmtpDialog smtp = await SmtpDialog.ConnectAsync(port);
        for (int i = 0; !stop.IsCancellationRequested; i++)
        {
            string reply = await smtp.SendAsync("a@example.org", login.Address, $"Subject: {session}-{i}\r\n\r\nbody\r\n");
            string code = reply.StartsWith("250 ", StringComparison.Ordinal) ? "250" : reply;
            replies[code] = replies.GetValueOrDefault(code) + 1;
        }

        return replies;
    }

    private async Task<string?> StatusAsync(string column)
    {
        using JsonDocument list = JsonDocument.Parse((await _server!.RunAsync("plugin", "list", "--json")).Succeeded().Output);
        return list.RootElement.EnumerateArray().Single().GetProperty(column).GetString();
    }
}
