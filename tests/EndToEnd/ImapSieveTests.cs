using Xunit.Abstractions;

namespace PluginMail.EndToEnd;

/// <summary>Scripts on what clients do over IMAP (RFC 6785); the session is Python's imaplib.</summary>
public sealed class ImapSieveTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string Rules = """
        [[filters.events]]
        mailbox = "\\Junk"
        from = "INBOX"
        causes = ["copy"]
        before = ["moved-to-junk.sieve"]
        """;

    private const string MovedToJunk = """
        require ["imapsieve", "environment", "imap4flags", "fileinto", "copy"];
        # rule:[learn]
        if environment "imap.cause" "COPY" {
            addflag "$Learned";
            fileinto :copy :flags "" "Learn/Spam";
        }
        """;

    private const string Sent = """
        require ["imapsieve", "environment", "imap4flags", "fileinto", "copy", "variables"];
        if environment "imap.cause" "APPEND" { setflag "\\Seen"; stop; }
        if environment "imap.cause" "COPY" { fileinto :copy "INBOX"; stop; }
        if allof (hasflag "\\Flagged", environment :contains "imap.changedflags" "\\Flagged") {
            addflag "$Important";
            fileinto :copy "Important";
        }
        """;

    private const string Failing = """
        require ["imapsieve", "fileinto", "variables"];
        fileinto "${nothing}";
        """;

    private const string Loop = """
        require ["imapsieve", "imap4flags", "fileinto", "copy"];
        if hasflag "\\Answered" { removeflag "\\Answered"; } else { addflag "\\Answered"; }
        fileinto :copy "Sent";
        """;

    private MailServerProcess _server = null!;

    public async Task InitializeAsync() => _server = await MailServerProcess.StartAsync(
        new ServerSettings().WithTables(Rules), server => File.WriteAllText(Path.Combine(server.Folder, "moved-to-junk.sieve"), MovedToJunk));

    public async Task DisposeAsync()
    {
        output.WriteLine(string.Join('\n', _server.Log.Split('\n').TakeLast(60)));
        await _server.DisposeAsync();
    }

    [SkippableFact]
    public async Task Scripts_run_on_what_a_client_does()
    {
        (await _server.RunAsync("domain", "add", "example.test")).Succeeded();
        Login anna = await _server.AddAccountAsync("anna");
        Login bob = await _server.AddAccountAsync("bob");
        foreach ((string name, string script) in new[] { ("sent", Sent), ("failing", Failing), ("loop", Loop) })
        {
            string file = Path.Combine(_server.Folder, $"{name}.sieve");
            await File.WriteAllTextAsync(file, script);
            (await _server.RunAsync("filter", "put", anna.Address, file, "--name", name)).Succeeded();
        }

        await Programs.PythonAsync("imapsieve_session.py", _server.Ports.ImapTls, anna.Address, anna.Password, bob.Address, bob.Password);

        // The log names the transaction; explain shows the rule that decided.
        string line = _server.Log.Split('\n').First(text => text.Contains("IMAP event Copy", StringComparison.Ordinal) && text.Contains("in Junk", StringComparison.Ordinal));
        int end = line.IndexOf(": scripts on IMAP event", StringComparison.Ordinal);
        string explained = (await _server.RunAsync("explain", line[(end - 16)..end])).Succeeded().Output;
        Assert.Contains("rule \"learn\"", explained, StringComparison.Ordinal);
        Assert.Contains("Learn/Spam", explained, StringComparison.Ordinal);
        Assert.Contains("moved-to-junk.sieve", (await _server.RunAsync("filter", "list", "--server")).Succeeded().Output, StringComparison.Ordinal);
        string counts = (await _server.RunAsync("filter", "list", anna.Address)).Succeeded().Output;
        Assert.Matches("sent .*[1-9]", counts);
        Assert.Equal(0, await ImapDialog.CountAsync(_server, bob, "Learn/Spam"));
        await _server.StopAsync();
        (await _server.RunAsync("mailbox", "check")).Succeeded();
    }
}
