using System.Text.RegularExpressions;
using PluginMail.Testing;
using Xunit.Abstractions;

namespace PluginMail.EndToEnd;

/// <summary>Milters, with the bundled plugin in a running server.</summary>
public sealed partial class MilterTests(ITestOutputHelper output)
{
    private const string Verify = """
        import sys, dkim
        key = sys.argv[1].encode()
        print(dkim.verify(sys.stdin.buffer.read(), dnsfunc=lambda name, timeout=5: key if name.startswith(b"s1._domainkey.example.test") else None))
        """;

    [SkippableFact]
    public async Task What_opendkim_signs_on_the_way_arrives_so_that_the_signature_holds()
    {
        await using OpenDkim opendkim = await OpenDkim.StartAsync();
        await using MailServerProcess server = await MailServerProcess.StartAsync(new ServerSettings().With("plugins", $"""
            order = ["milter"]
            [[plugins.milter.servers]]
            name = "opendkim"
            address = "{opendkim.Address}"
            """));
        (await server.RunAsync("domain", "add", "example.test")).Succeeded();
        Login login = await server.AddAccountAsync("milter");
        try
        {
            await using (SmtpDialog smtp = await SmtpDialog.ConnectAsync(server.Ports.SubmissionTls, tls: true))
            {
                await smtp.SignInAsync(login);
                Assert.StartsWith("250 ", await smtp.SendAsync(login.Address, login.Address, Message(login.Address, "signed")), StringComparison.Ordinal);
            }

            await using ImapDialog imap = await ImapDialog.OpenAsync(server, login);
            string message = Literal().Match(await imap.OkAsync("FETCH 1 (BODY.PEEK[])")).Groups[1].Value;
            Assert.Contains("d=example.test; s=s1;", message, StringComparison.Ordinal);
            ProgramResult verified = await Programs.RunAsync(
                "/usr/bin/python3", ["-c", Verify, opendkim.Record], message[message.LastIndexOf("DKIM-Signature:", StringComparison.Ordinal)..]);
            Skip.If(verified.Error.Contains("No module named", StringComparison.Ordinal) && Environment.GetEnvironmentVariable("CI") is null, "python3-dkim is not installed");
            Assert.Equal("True", verified.Succeeded().Output.Trim());
        }
        finally
        {
            output.WriteLine(server.Log);
        }
    }

    private static string Message(string from, string subject) =>
        $"From: {from}\r\nTo: {from}\r\nSubject: {subject}\r\n  and folded\r\nDate: Sun, 22 Nov 2026 01:00:00 +0000\r\nMessage-ID: <1@example.test>\r\n\r\nText  with spaces \r\n";

    [GeneratedRegex(@"\{\d+\}\r\n(.*)\)\r\n", RegexOptions.Singleline, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Literal();
}
