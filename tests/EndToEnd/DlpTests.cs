using System.Globalization;
using System.Text.RegularExpressions;
using PluginMail.Connectors.Tests.Dlp;
using Xunit.Abstractions;

namespace PluginMail.EndToEnd;

/// <summary>The bundled Dlp plugin in a running server.</summary>
public sealed class DlpTests(ITestOutputHelper output)
{
    private static readonly string[] Words = new TextGenerator(31).Words(2000);

    [Fact]
    public async Task An_excerpt_is_held_until_it_is_released_also_after_a_kill_and_other_mail_passes()
    {
        await using MailServerProcess server = await StartAsync("action = \"hold\"\nnotify = [\"officer@example.test\"]");
        try
        {
            Login from = await server.AddAccountAsync("anna");
            Login to = await server.AddAccountAsync("bert");
            Login officer = await server.AddAccountAsync("officer");
            string documents = Path.Combine(server.Folder, "documents");
            Directory.CreateDirectory(documents);
            await File.WriteAllBytesAsync(Path.Combine(documents, "plan.docx"), SampleDocuments.Docx(new TextGenerator(1).Prose(Words)));
            ProgramResult registered = await server.RunAsync("plugin", "run", "dlp", "register", "plans", documents);
            Assert.Contains("1 documents read", registered.Succeeded().Output, StringComparison.Ordinal);

            await SendAsync(server, from, to, Excerpt(300));
            await SendAsync(server, from, to, new TextGenerator(32).Prose(300));
            await Eventually.TrueAsync(async () => await ImapDialog.CountAsync(server, to, "INBOX") == 1, "innocent mail arrives");
            await Eventually.TrueAsync(async () => await ImapDialog.CountAsync(server, officer, "INBOX") == 1, "a notice arrives");

            string list = (await server.RunAsync("queue", "list")).Succeeded().Output;
            output.WriteLine(list);
            string id = Regex.Match(list, @"(?m)^\W*(\d+)\b.*bert@example\.test", RegexOptions.None, TimeSpan.FromMinutes(1)).Groups[1].Value;
            (await server.RunAsync("queue", "release", id)).Succeeded();
            await Eventually.TrueAsync(async () => await ImapDialog.CountAsync(server, to, "INBOX") == 2, "what was released arrives");

            await server.KillAsync();
            await server.StartAsync();
            await SendAsync(server, from, to, Excerpt(900));
            await Eventually.TrueAsync(async () => await ImapDialog.CountAsync(server, officer, "INBOX") == 2, "a second notice arrives");
            Assert.Equal(2, await ImapDialog.CountAsync(server, to, "INBOX"));
        }
        finally
        {
            output.WriteLine(server.Log);
        }
    }

    [Fact]
    public async Task A_card_number_is_refused_on_its_way_out_and_not_on_its_way_in()
    {
        await using MailServerProcess server = await StartAsync("[[plugins.dlp.patterns]]\nname = \"cards\"\nkind = \"card\"\naction = \"refuse\"");
        Login login = await server.AddAccountAsync("anna");
        const string Card = "Subject: card\r\n\r\nmy card: 4012 8888 8888 1881\r\n";
        await using (SmtpDialog submission = await SmtpDialog.ConnectAsync(server.Ports.SubmissionTls, tls: true))
        {
            await submission.SignInAsync(login);
            string reply = await submission.SendAsync(login.Address, login.Address, Card);
            Assert.StartsWith("550 5.7.1 ", reply, StringComparison.Ordinal);
            Assert.Contains("(cards)", reply, StringComparison.Ordinal);
        }

        await using SmtpDialog smtp = await SmtpDialog.ConnectAsync(server.Ports.Smtp);
        Assert.StartsWith("250 ", await smtp.SendAsync("a@example.org", login.Address, Card), StringComparison.Ordinal);
        Assert.Equal(1, await ImapDialog.CountAsync(server, login, "INBOX"));
    }

    private static string Excerpt(int start) => string.Join(' ', Words[start..(start + 120)]).ToUpperInvariant();

    private static async Task SendAsync(MailServerProcess server, Login from, Login to, string text)
    {
        await using SmtpDialog smtp = await SmtpDialog.ConnectAsync(server.Ports.SubmissionTls, tls: true);
        await smtp.SignInAsync(from);
        string lines = string.Join("\r\n", text.ReplaceLineEndings(" ").Chunk(900).Select(line => new string(line)));
        Assert.StartsWith("250 ", await smtp.SendAsync(from.Address, to.Address, string.Create(CultureInfo.InvariantCulture, $"Subject: x\r\n\r\n{lines}\r\n")), StringComparison.Ordinal);
    }

    private static async Task<MailServerProcess> StartAsync(string keys)
    {
        MailServerProcess server = await MailServerProcess.StartAsync(new ServerSettings()
            .With("origin", "exempt = [\"127.0.0.0/8\"]")
            .With("plugins", $"order = [\"dlp\"]\n[plugins.dlp]\n{keys}"));
        (await server.RunAsync("domain", "add", "example.test")).Succeeded();
        return server;
    }
}
