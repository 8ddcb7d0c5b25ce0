using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace PluginMail.EndToEnd;

/// <summary>A script carried out on mail that is there, by a server that is killed on the way; IMAP sees what became of it.</summary>
public sealed class FilterApplyTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Doublings = 14;
    private const int Messages = 1 << Doublings;
    private MailServerProcess _server = null!;

    public async Task InitializeAsync() => _server = await MailServerProcess.StartAsync();

    public async Task DisposeAsync()
    {
        output.WriteLine(string.Join('\n', _server.Log.Split('\n').TakeLast(50)));
        await _server.DisposeAsync();
    }

    [SkippableFact]
    public async Task An_apply_that_was_killed_goes_on_and_is_taken_back()
    {
        (await _server.RunAsync("domain", "add", "example.test")).Succeeded();
        Login login = await _server.AddAccountAsync("anna");
        string script = Path.Combine(_server.Folder, "sort.sieve");
        await File.WriteAllTextAsync(script, "require [\"fileinto\", \"copy\", \"imap4flags\"];\nfileinto :copy \"Copies\";\nfileinto :flags \"\\\\Flagged\" \"Moved\";\n");
        await using (ImapDialog imap = await ImapDialog.OpenAsync(_server, login))
        {
            await FillAsync(imap);
        }

        await ApplyAndKillAsync(login, script);
        JsonElement job = Assert.Single(
            JsonDocument.Parse((await _server.RunAsync("filter", "jobs", login.Address, "--json")).Succeeded().Output).RootElement.EnumerateArray(),
            one => one.GetProperty("state").GetString() == "running");
        Assert.InRange(int.Parse(job.GetProperty("messages").GetString()!, CultureInfo.InvariantCulture), 500, Messages);

        await _server.StartAsync();
        await using ImapDialog watching = await ImapDialog.OpenAsync(_server, login);
        ProgramResult resumed = (await _server.RunAsync("filter", "apply", login.Address, script, "--json")).Succeeded();
        Assert.Contains($"{{\"done\":{Messages},\"total\":{Messages}}}", resumed.Error, StringComparison.Ordinal);
        string seen = await watching.OkAsync("NOOP");
        Assert.Contains("EXPUNGE", seen, StringComparison.Ordinal);
        Assert.Equal((0, Messages, Messages), (await CountAsync(watching, "INBOX"), await CountAsync(watching, "Moved"), await CountAsync(watching, "Copies")));
        (await _server.RunAsync("mailbox", "check")).Succeeded();

        Assert.Contains($"{2 * Messages} changes taken back", (await _server.RunAsync("filter", "undo", login.Address)).Succeeded().Output, StringComparison.Ordinal);
        Assert.Contains($"* {Messages} EXISTS", await watching.OkAsync("NOOP"), StringComparison.Ordinal);
        Assert.Equal((Messages, 0, 0), (await CountAsync(watching, "INBOX"), await CountAsync(watching, "Moved"), await CountAsync(watching, "Copies")));
        Assert.DoesNotContain("Flagged", await watching.OkAsync("FETCH 1 (FLAGS)"), StringComparison.Ordinal);
        await _server.StopAsync();
        (await _server.RunAsync("mailbox", "check")).Succeeded();
    }

    // Where the kill comes too late, all is taken back and done again.
    private async Task ApplyAndKillAsync(Login login, string script)
    {
        for (int i = 0; i < 10; i++)
        {
            await using ImapDialog imap = await ImapDialog.OpenAsync(_server, login);
            Task<ProgramResult> apply = _server.RunAsync("filter", "apply", login.Address, script, "--json");
            await Eventually.TrueAsync(async () => await CountAsync(imap, "Moved") > 0, "messages are moved");
            await _server.KillAsync();
            if ((await apply).Status == 1)
            {
                return;
            }

            await _server.StartAsync();
            (await _server.RunAsync("filter", "undo", login.Address)).Succeeded();
        }

        Assert.Fail("every kill came too late");
    }

    private static async Task FillAsync(ImapDialog imap)
    {
        const string Message = "From: bob@example.org\r\nSubject: report\r\n\r\nbody\r\n";
        await imap.OkAsync($"APPEND INBOX {{{Message.Length}+}}\r\n{Message}");
        await imap.OkAsync("CREATE Moved");
        for (int i = 0; i < Doublings; i++)
        {
            await imap.OkAsync("NOOP");
            await imap.OkAsync("COPY 1:* INBOX");
        }
    }

    private static async Task<int> CountAsync(ImapDialog imap, string folder) => int.Parse(
        Regex.Match(await imap.OkAsync($"STATUS {folder} (MESSAGES)"), @"MESSAGES (\d+)", RegexOptions.None, TimeSpan.FromMinutes(1)).Groups[1].ValueSpan,
        CultureInfo.InvariantCulture);
}
