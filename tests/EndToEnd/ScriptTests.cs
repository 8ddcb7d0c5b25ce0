using System.Globalization;
using System.Text.Json;
using Xunit.Abstractions;

namespace PluginMail.EndToEnd;

/// <summary>C# scripts in a server that serves, and the commands that try them without one.</summary>
public sealed class ScriptTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string Compiler = "Microsoft.CodeAnalysis.CSharp.dll";
    private MailServerProcess? _server;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_server is not null)
        {
            output.WriteLine(_server.Log);
            await _server.DisposeAsync();
        }
    }

    [SkippableFact]
    public async Task An_edited_script_takes_effect_and_a_broken_one_leaves_the_old_one_serving()
    {
        _server = await StartAsync("[ONE]");
        Login login = await _server.AddAccountAsync("scripted");
        await SendAsync(login);
        Assert.Equal(["Subject: [ONE] hello"], await SubjectsAsync(login));
        Assert.Contains(Compiler, await File.ReadAllTextAsync($"/proc/{_server.ProcessId}/maps"), StringComparison.Ordinal);

        int from = _server.Log.Length;
        Write(_server, Script("[TWO]"));
        await _server.UntilLoggedAsync("Plugin mark: version 2 ", from);
        await SendAsync(login);

        from = _server.Log.Length;
        Write(_server, "OnEdit(message => Pas);\n");
        await _server.UntilLoggedAsync("scripts/mark.csx(1,19): error CS0103", from);
        await SendAsync(login);
        Assert.Equal(["Subject: [ONE] hello", "Subject: [TWO] hello", "Subject: [TWO] hello"], await SubjectsAsync(login));
        using (JsonDocument list = JsonDocument.Parse((await _server.RunAsync("script", "list", "--json")).Succeeded().Output))
        {
            JsonElement row = list.RootElement.EnumerateArray().Single();
            Assert.Equal("RunningOld", row.GetProperty("state").GetString());
            Assert.Equal("3", row.GetProperty("calls").GetString());
            Assert.Contains("error CS0103", row.GetProperty("last_problem").GetString(), StringComparison.Ordinal);
        }

        (await _server.RunAsync("config", "check")).Failed(1, "scripts/mark.csx(1,19): error CS0103");
        (await _server.RunAsync("plugin", "reload", "mark")).Failed(1, "error CS0103");
        Write(_server, Script("[TWO]"));
        (await _server.RunAsync("config", "check")).Succeeded();
    }

    [SkippableFact]
    public async Task A_start_without_changes_does_not_load_the_compiler_and_one_with_a_broken_script_says_why()
    {
        _server = await StartAsync("[ONE]");
        await _server.StopAsync();
        await _server.StartAsync();
        Login login = await _server.AddAccountAsync("scripted");
        await SendAsync(login);
        Assert.Equal(["Subject: [ONE] hello"], await SubjectsAsync(login));
        string maps = await File.ReadAllTextAsync($"/proc/{_server.ProcessId}/maps");
        Assert.DoesNotContain("Microsoft.CodeAnalysis", maps, StringComparison.Ordinal);
        Assert.Contains("mark.dll", maps, StringComparison.Ordinal);
        await _server.StopAsync();

        Write(_server, "OnEdit(message => Pas);\n");
        (await _server.RunAsync("serve")).Failed(1, "plugin mark: ");
    }

    [SkippableFact]
    public async Task Run_says_what_a_script_does_with_a_message()
    {
        _server = await StartAsync("[ONE]", "tag = \"[SET]\"");
        string script = Path.Combine(_server.Folder, "scripts", "mark.csx");
        string message = Path.Combine(_server.Folder, "m.eml");
        await File.WriteAllTextAsync(message, "From: A <a@example.net>\r\nSubject: hello\r\n\r\nbody\r\n");
        string said = (await _server.RunAsync("script", "run", script, "--message", message)).Succeeded().Output;
        Assert.Contains("hooks: message editor\nmessage: pass; replace header Subject, ", said, StringComparison.Ordinal);
        Assert.Contains("\nreply: 250 ", said, StringComparison.Ordinal);
        Assert.Contains("\nrecipients: you@example.org\n- Subject: hello\n+ Subject: [SET] hello\n", said, StringComparison.Ordinal);
        using JsonDocument json = JsonDocument.Parse((await _server.RunAsync(
            "script", "run", script, "--message", message, "--json", "--envelope-from", "", "--envelope-to", "b@example.org", "--outgoing")).Succeeded().Output);
        Assert.Equal("b@example.org", json.RootElement.GetProperty("delivered").GetProperty("to")[0].GetString());
        Assert.Equal("Subject: [SET] hello", json.RootElement.GetProperty("delivered").GetProperty("added_fields")[0].GetString());

        string nameless = Path.Combine(_server.Folder, "n.eml");
        await File.WriteAllTextAsync(nameless, "From: A <a@example.net>\r\n\r\nbody\r\n");
        said = (await _server.RunAsync("script", "run", script, "--message", nameless)).Succeeded().Output;
        Assert.Contains("\n+ Subject: [SET]", said, StringComparison.Ordinal); // added where there is none

        string other = Path.Combine(_server.Folder, "other.csx"); // mail.toml does not name it
        await File.WriteAllTextAsync(other, "OnMessage(message =>\n    throw new InvalidOperationException(message.Subject));\n");
        (await _server.RunAsync("script", "run", other, "--message", message)).Failed(1, "other.csx(2): InvalidOperationException: hello");
        await File.WriteAllTextAsync(other, "OnRecipient(context => Refuse(\"not here\"));\n");
        said = (await _server.RunAsync("script", "run", other, "--message", message)).Succeeded().Output;
        Assert.Contains("recipient: refuse (550 5.7.1 not here)", said, StringComparison.Ordinal);
        await File.WriteAllTextAsync(other, "OnMessage(message => 1);\n");
        (await _server.RunAsync("script", "check", script, other)).Failed(1, "other.csx(1,");
        (await _server.RunAsync("script", "run", script, "--message", script + ".none")).Failed(2, "cannot be read");
    }

    private static string Script(string tag) =>
        $"var tag = Settings.GetString(\"tag\", \"{tag}\");\nOnEdit(message => SetHeader(\"Subject\", $\"{{tag}} {{message.Subject}}\"));\n";

    private static void Write(MailServerProcess server, string script)
    {
        string path = Path.Combine(server.Folder, "scripts", "mark.csx");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path + ".new", script);
        File.Move(path + ".new", path, overwrite: true); // nobody sees it half written
    }

    private static async Task<MailServerProcess> StartAsync(string tag, string table = "")
    {
        MailServerProcess server = await MailServerProcess.StartAsync(
            new ServerSettings().With("scripts", $"order = [\"scripts/mark.csx\"]\n[scripts.mark]\n{table}"),
            server => Write(server, Script(tag)));
        (await server.RunAsync("domain", "add", "example.test")).Succeeded();
        return server;
    }

    private async Task SendAsync(Login login)
    {
        await using SmtpDialog smtp = await SmtpDialog.ConnectAsync(_server!.Ports.Smtp);
        Assert.StartsWith("250 ", await smtp.SendAsync("a@example.org", login.Address, "Subject: hello\r\n\r\nbody\r\n"), StringComparison.Ordinal);
    }

    private async Task<string[]> SubjectsAsync(Login login)
    {
        await using ImapDialog imap = await ImapDialog.OpenAsync(_server!, login);
        string all = await imap.OkAsync("FETCH 1:* (BODY.PEEK[HEADER.FIELDS (SUBJECT)])");
        return [.. all.Split("\r\n").Where(line => line.StartsWith("Subject: ", true, CultureInfo.InvariantCulture))];
    }
}
