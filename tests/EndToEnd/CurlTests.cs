using Xunit.Abstractions;

namespace PluginMail.EndToEnd;

/// <summary>curl: imap(s), smtp(s) and pop3(s) addresses.</summary>
[Collection(SharedServerCollection.Name)]
public sealed class CurlTests(SharedServer shared, ITestOutputHelper output) : ServerTests(shared.Server, output)
{
    private const string Message = 
        "From: curl@example.org\r\nDate: Sat, 21 Nov 2026 10:00:00 +0000\r\nMessage-ID: <curl@example.org>\r\nSubject: from curl\r\n\r\nwith a body\r\n.and a dot\r\n";

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Sends_and_fetches(bool implicitTls)
    {
        Login login = await AddAccountAsync("curl");
        string file = Path.Combine(Server.Folder, NewName("message"));
        await File.WriteAllTextAsync(file, Message);
        await CurlAsync(
            login,
            implicitTls ? $"smtps://127.0.0.1:{Ports.SubmissionTls}" : $"smtp://127.0.0.1:{Ports.Submission}",
            "--mail-from", login.Address, "--mail-rcpt", login.Address, "--upload-file", file);

        string imap = implicitTls ? $"imaps://127.0.0.1:{Ports.ImapTls}" : $"imap://127.0.0.1:{Ports.Imap}";
        Assert.EndsWith(Message, await CurlAsync(login, $"{imap}/INBOX;MAILINDEX=1"), StringComparison.Ordinal);
        Assert.EndsWith("with a body\r\n.and a dot\r\n", await CurlAsync(login, $"{imap}/INBOX;UID=1;SECTION=TEXT"), StringComparison.Ordinal);
        Assert.Contains("* SEARCH 1", await CurlAsync(login, $"{imap}/INBOX?SUBJECT%20curl"), StringComparison.Ordinal);
        Assert.Matches(@"LIST .*\\Sent.* ""?Sent""?\r\n", await CurlAsync(login, imap));
        await CurlAsync(login, $"{imap}/Drafts", "--upload-file", file);
        Assert.Equal(Message, await CurlAsync(login, $"{imap}/Drafts;MAILINDEX=1"));

        string pop3 = implicitTls ? $"pop3s://127.0.0.1:{Ports.Pop3Tls}" : $"pop3://127.0.0.1:{Ports.Pop3}";
        Assert.StartsWith("1 ", await CurlAsync(login, pop3), StringComparison.Ordinal);
        Assert.EndsWith(Message, await CurlAsync(login, $"{pop3}/1"), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_wrong_password_is_refused()
    {
        Login login = await AddAccountAsync("curl");
        ProgramResult refused = await Programs.RunAsync(
            "curl", "--silent", "--show-error", "--insecure", "--user", $"{login.Address}:wrong", $"imaps://127.0.0.1:{Ports.ImapTls}/INBOX;MAILINDEX=1");
        refused.Failed(67, "denied");
    }

    private async Task<string> CurlAsync(Login login, string address, params string[] arguments)
    {
        Programs.Require("curl");
        string[] all = ["--silent", "--show-error", "--cacert", Path.Combine(Server.Data, "tls/certificate.pem"), "--ssl-reqd", "--max-time", "30", "--user", login.User, .. arguments, address];
        return (await Programs.RunAsync("curl", all)).Succeeded().Output;
    }
}
