using Xunit.Abstractions;

namespace PluginMail.EndToEnd;

/// <summary>
/// A message whose bare line ends hide the end of a message and a second one, sent on to a server that takes each of them for a line end: it sees
/// one message.
/// </summary>
public sealed class SmugglingTests(ITestOutputHelper output) : IAsyncLifetime
{
    // What stands between the message and the hidden commands.
    private static readonly string[] Payloads = ["\n.\n", "\r.\r", "\r\n.\n", "\n.\r\n", "\r.\r\n", "\r\n.\r", "\n\r.\n\r", "\r\r\n.\r\r\n"];
    private readonly CountingSink _sink = new() { IsOpen = true };
    private MailServerProcess? _server;

    private MailServerProcess Server => _server!;

    public async Task InitializeAsync()
    {
        _server = await MailServerProcess.StartAsync(new ServerSettings().WithRoute("sink.test", _sink.Port));
        (await Server.RunAsync("domain", "add", "example.test")).Succeeded();
    }

    public async Task DisposeAsync()
    {
        if (_server is not null)
        {
            output.WriteLine(Server.Log);
            await Server.DisposeAsync();
        }

        await _sink.DisposeAsync();
    }

    [SkippableFact]
    public async Task Nothing_that_was_submitted_leaves_as_two_messages()
    {
        Login user = await Server.AddAccountAsync("smuggler");
        for (int i = 0; i < Payloads.Length; i++)
        {
            (await Server.RunWithInputAsync(Hiding($"command{i}", Payloads[i]), ["sendmail", "-i", "-f", user.Address, "x@sink.test"])).Succeeded();
        }

        await _sink.UntilAsync(Payloads.Length).WaitAsync(TimeSpan.FromMinutes(2));
        await Eventually.TrueAsync(
            async () => !(await Server.RunAsync("queue", "list")).Succeeded().Output.Contains("sink.test", StringComparison.Ordinal), "the queue is empty");
        Assert.Equal(
            Enumerable.Range(0, Payloads.Length).Select(i => $"command{i}@smuggling.test"),
            _sink.Arrivals.Select(arrival => arrival.MessageId).Order(StringComparer.Ordinal));
    }

    [SkippableFact]
    public async Task Nothing_comes_in_as_two_messages()
    {
        Login user = await Server.AddAccountAsync("reader");
        foreach (string payload in Payloads)
        {
            await using SmtpDialog smtp = await SmtpDialog.ConnectAsync(Server.Ports.Smtp);
            string hidden = Hiding("in", payload).Replace("x@sink.test", user.Address, StringComparison.Ordinal);
            Assert.StartsWith("554 5.6.0", await smtp.SendAsync("a@smuggling.test", user.Address, hidden), StringComparison.Ordinal);
            Assert.StartsWith("250", await smtp.SendAsync("a@smuggling.test", user.Address, "Subject: in step\r\n\r\nhello\r\n"), StringComparison.Ordinal);
        }

        Assert.Equal(Payloads.Length, await ImapDialog.CountAsync(Server, user, "INBOX"));
    }

    private static string Hiding(string name, string end) =>
        $"Message-ID: <{name}@smuggling.test>\r\nSubject: {name}\r\n\r\nbefore{end}MAIL FROM:<evil@smuggling.test>\r\nRCPT TO:<x@sink.test>\r\nDATA\r\nMessage-ID: <evil@smuggling.test>\r\n\r\nhidden{end}";
}
