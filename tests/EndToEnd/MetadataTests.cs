using PluginMail.Testing;
using Xunit.Abstractions;

namespace PluginMail.EndToEnd;

/// <summary>Annotations (RFC 5464): set by a client, beside Debian's Dovecot in the same session, then asked for by filters (RFC 5490).</summary>
public sealed class MetadataTests(Dovecot dovecot, ITestOutputHelper output) : IClassFixture<Dovecot>, IAsyncLifetime
{
    private const string Script = """
        require ["fileinto", "mboxmetadata", "servermetadata"];
        if allof (metadata :is "INBOX" "/private/vendor/acme/mode" "away", servermetadata :contains "/shared/admin" "postmaster") {
            fileinto "Away";
        }
        """;

    private MailServerProcess _server = null!;

    public async Task InitializeAsync()
    {
        _server = await MailServerProcess.StartAsync(new ServerSettings().With("annotations", "\"/shared/admin\" = \"mailto:postmaster@example.test\""));
        (await _server.RunAsync("domain", "add", "example.test")).Succeeded();
    }

    public async Task DisposeAsync()
    {
        output.WriteLine(string.Join('\n', _server.Log.Split('\n').TakeLast(50)));
        await _server.DisposeAsync();
    }

    [SkippableFact]
    public async Task A_client_keeps_annotations_here()
    {
        Login login = await _server.AddAccountAsync("anna");
        await Programs.PythonAsync("metadata_session.py", _server.Ports.ImapTls, login.Address, login.Password);
    }

    [SkippableFact]
    public async Task Dovecot_says_the_same()
    {
        dovecot.Require();
        dovecot.Deliver("metadata", "Subject: x\r\n\r\nx\r\n");
        await Programs.PythonAsync("metadata_session.py", dovecot.ImapTls, "metadata", Dovecot.Password);
    }

    [SkippableFact]
    public async Task A_filter_asks_for_what_a_client_has_set()
    {
        Login login = await _server.AddAccountAsync("bob");
        string script = Path.Combine(_server.Folder, "away.sieve");
        await File.WriteAllTextAsync(script, Script);
        (await _server.RunAsync("filter", "put", login.Address, script, "--name", "main", "--activate")).Succeeded();
        await SendAsync(login, "before");
        await SetAsync(login, "\"away\"");
        await SendAsync(login, "while away");
        Assert.Equal((1, 1), (await CountAsync(login, "INBOX"), await CountAsync(login, "Away")));

        string preview = (await _server.RunAsync("filter", "preview", login.Address, script)).Succeeded().Output;
        Assert.Contains("Away", preview, StringComparison.Ordinal);
        (await _server.RunAsync("filter", "apply", login.Address, script)).Succeeded();
        Assert.Equal((0, 2), (await CountAsync(login, "INBOX"), await CountAsync(login, "Away")));

        await SetAsync(login, "NIL");
        await SendAsync(login, "after");
        Assert.Equal((1, 2), (await CountAsync(login, "INBOX"), await CountAsync(login, "Away")));
    }

    [SkippableFact]
    public async Task They_outlive_the_server_and_settings_are_in_force_when_they_change()
    {
        Login login = await _server.AddAccountAsync("carl");
        await SetAsync(login, "\"kept\"");
        string backup = Path.Combine(_server.Folder, "backup");
        (await _server.RunAsync("backup", backup)).Succeeded();
        await _server.KillAsync();
        _server.Write(new ServerSettings().With("annotations", "\"/shared/comment\" = \"moved\""));
        await _server.StartAsync();
        (await _server.RunAsync("mailbox", "check")).Succeeded();
        await using ImapDialog imap = await ImapDialog.OpenAsync(_server, login, folder: null);
        Assert.Equal("* METADATA \"INBOX\" (/private/vendor/acme/mode \"kept\")\r\n", await imap.OkAsync("GETMETADATA INBOX /private/vendor/acme/mode"));
        Assert.Equal("* METADATA \"\" (/shared/comment \"moved\")\r\n", await imap.OkAsync("GETMETADATA (DEPTH infinity) \"\" /shared"));
    }

    private async Task SetAsync(Login login, string value)
    {
        await using ImapDialog imap = await ImapDialog.OpenAsync(_server, login, folder: null);
        await imap.OkAsync($"SETMETADATA INBOX (/private/vendor/acme/mode {value})");
    }

    private async Task SendAsync(Login to, string subject)
    {
        await using SmtpDialog smtp = await SmtpDialog.ConnectAsync(_server.Ports.Smtp);
        string reply = await smtp.SendAsync("a@example.org", to.Address, $"From: a@example.org\r\nTo: {to.Address}\r\nSubject: {subject}\r\n\r\nbody\r\n");
        Assert.StartsWith("250 ", reply, StringComparison.Ordinal);
    }

    private Task<int> CountAsync(Login login, string folder) => ImapDialog.CountAsync(_server, login, folder);
}
