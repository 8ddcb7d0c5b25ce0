using PluginMail.Testing;
using Xunit.Abstractions;

namespace PluginMail.EndToEnd;

/// <summary>Viruses, with the bundled plugin and a real clamd.</summary>
public sealed class ClamAvTests(ScanningServer scanning, ITestOutputHelper output) : ServerTests(scanning.Server, output), IClassFixture<ScanningServer>
{
    private static readonly string Infected = $"From: a@example.org\r\nSubject: a present\r\nMessage-ID: <infected@example.org>\r\n\r\n{Clamd.Eicar}\r\n";

    [SkippableFact]
    public async Task An_infected_message_is_replaced_by_a_report_with_the_original_attached()
    {
        scanning.Clamd.Require();
        Login login = await AddAccountAsync("clamav");
        await using SmtpDialog smtp = await SmtpDialog.ConnectAsync(Ports.Smtp);
        Assert.StartsWith("250 ", await smtp.SendAsync("a@example.org", login.Address, Infected), StringComparison.Ordinal);
        await using ImapDialog imap = await ImapDialog.OpenAsync(Server, login);
        string report = await imap.OkAsync("FETCH 1 (BODYSTRUCTURE BODY.PEEK[])");
        Assert.Contains("Subject: Virus found: a present\r\n", report, StringComparison.Ordinal);
        Assert.Contains("PluginMail.Eicar", report, StringComparison.Ordinal);
        Assert.Contains("\"message\" \"rfc822\"", report, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(Infected, report, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_filter_sorts_by_the_name_of_the_virus()
    {
        scanning.Clamd.Require();
        Login login = await AddAccountAsync("clamav");
        string script = Path.Combine(Server.Folder, $"{login.Name}.sieve");
        await File.WriteAllTextAsync(script, """if virus :contains "mail.eicar" { move "Infected"; } elsif virus { discard; }""");
        (await Server.RunAsync("filter", "put", login.Address, script, "--name", "main", "--activate")).Succeeded();
        await using SmtpDialog smtp = await SmtpDialog.ConnectAsync(Ports.Smtp);
        Assert.StartsWith("250 ", await smtp.SendAsync("a@example.org", login.Address, Infected), StringComparison.Ordinal);
        Assert.StartsWith("250 ", await smtp.SendAsync("a@example.org", login.Address, "Subject: clean\r\n\r\nclean\r\n"), StringComparison.Ordinal);
        Assert.Equal(1, await ImapDialog.CountAsync(Server, login, "Infected"));
        Assert.Equal(1, await ImapDialog.CountAsync(Server, login, "INBOX"));
        Assert.Contains(": up, ", (await Server.RunAsync("plugin", "run", "clamav", "status")).Succeeded().Output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task An_infected_message_is_not_sent()
    {
        scanning.Clamd.Require();
        Login login = await AddAccountAsync("clamav");
        await using SmtpDialog smtp = await SmtpDialog.ConnectAsync(Ports.SubmissionTls, tls: true);
        await smtp.SignInAsync(login);
        string reply = await smtp.SendAsync(login.Address, login.Address, Infected);
        Assert.StartsWith("550 5.7.1 ", reply, StringComparison.Ordinal);
        Assert.Contains("PluginMail.Eicar", reply, StringComparison.Ordinal);
        Assert.StartsWith("250 ", await smtp.SendAsync(login.Address, login.Address, "Subject: clean\r\n\r\nclean\r\n"), StringComparison.Ordinal);
        Assert.Equal(1, await ImapDialog.CountAsync(Server, login, "INBOX"));
    }

    [SkippableFact]
    public async Task Without_clamd_the_sender_is_asked_to_come_again()
    {
        scanning.Clamd.Require();
        var clamd = new Clamd();
        await clamd.InitializeAsync();
        await using MailServerProcess server = await ScanningServer.StartAsync(clamd);
        Login login = await server.AddAccountAsync("clamav");
        await using SmtpDialog smtp = await SmtpDialog.ConnectAsync(server.Ports.Smtp);
        const string Clean = "Subject: clean\r\n\r\nclean\r\n";
        Assert.StartsWith("250 ", await smtp.SendAsync("a@example.org", login.Address, Clean), StringComparison.Ordinal);
        await clamd.DisposeAsync();
        Assert.StartsWith("451 4.3.0 ", await smtp.SendAsync("a@example.org", login.Address, Clean), StringComparison.Ordinal);
        Assert.Equal(1, await ImapDialog.CountAsync(server, login, "INBOX"));
    }
}

/// <summary>A server with the ClamAv plugin, and its clamd.</summary>
public sealed class ScanningServer : IAsyncLifetime
{
    public Clamd Clamd { get; } = new();

    internal MailServerProcess Server { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await Clamd.InitializeAsync();
        Server = await StartAsync(Clamd);
    }

    public async Task DisposeAsync()
    {
        await Server.DisposeAsync();
        await Clamd.DisposeAsync();
    }

    /// <summary>Starts a server that asks a clamd; without one, a server without plugins.</summary>
    internal static async Task<MailServerProcess> StartAsync(Clamd clamd)
    {
        ServerSettings settings = new();
        MailServerProcess server = await MailServerProcess.StartAsync(clamd.Tcp.Length == 0
            ? settings
            : settings.With("plugins", $"order = [\"clamav\"]\n[plugins.clamav]\naddress = [\"{clamd.Tcp}\"]\nconnect_timeout = \"10s\""));
        (await server.RunAsync("domain", "add", "example.test")).Succeeded();
        return server;
    }
}
