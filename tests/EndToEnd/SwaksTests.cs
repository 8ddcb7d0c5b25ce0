using System.Globalization;
using Xunit.Abstractions;

namespace PluginMail.EndToEnd;

/// <summary>Sending by swaks: what is taken, and what is refused with which reply.</summary>
[Collection(SharedServerCollection.Name)]
public sealed class SwaksTests(SharedServer shared, ITestOutputHelper output) : ServerTests(shared.Server, output)
{
    private const string Stranger = "stranger@example.org";

    [SkippableFact]
    public async Task A_stranger_reaches_a_mailbox()
    {
        Login to = await AddAccountAsync("swaks");
        ProgramResult sent = await SwaksAsync(Ports.Smtp, "--from", Stranger, "--to", to.Address, "--header", "Subject: from swaks");
        Assert.Contains("<-  250 2.0.0 Ok", sent.Succeeded().Output, StringComparison.Ordinal);
        await using ImapDialog imap = await ImapDialog.OpenAsync(Server, to);
        Assert.Contains("Subject: from swaks", await imap.OkAsync("FETCH 1 (BODY[HEADER])"), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_stranger_reaches_a_mailbox_with_STARTTLS()
    {
        Login to = await AddAccountAsync("swaks");
        ProgramResult sent = (await SwaksAsync(Ports.Smtp, "--tls", "--from", Stranger, "--to", to.Address)).Succeeded();
        Assert.Contains("TLS started with cipher TLSv1.3", sent.Output, StringComparison.Ordinal);
        await using ImapDialog imap = await ImapDialog.OpenAsync(Server, to);
        Assert.Contains("with ESMTPS id", await imap.OkAsync("FETCH 1 (BODY[HEADER])"), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task An_unknown_recipient_is_refused() => (await SwaksAsync(Ports.Smtp, "--from", Stranger, "--to", "nobody@example.test"))
        .Failed(24, "<** 550 5.1.1 ");

    [SkippableFact]
    public async Task A_stranger_cannot_relay() => (await SwaksAsync(Ports.Smtp, "--from", Stranger, "--to", "someone@elsewhere.test"))
        .Failed(24, "<** 550 5.7.1 ");

    [SkippableTheory]
    [InlineData("postmaster")]
    [InlineData("postmaster@example.test")]
    [InlineData("Postmaster@Example.Test")]
    public async Task Postmaster_is_taken(string postmaster)
    {
        await AddAccountAsync("swaks");
        (await SwaksAsync(Ports.Smtp, "--from", Stranger, "--to", postmaster)).Succeeded();
    }

    [SkippableFact]
    public async Task A_declared_size_beyond_the_limit_is_refused_at_once()
    {
        ProgramResult offered = await SwaksAsync(Ports.Smtp, "--quit-after", "EHLO");
        Assert.Contains("<-  250-SIZE 52428800", offered.Succeeded().Output, StringComparison.Ordinal);
        await using SmtpDialog smtp = await SmtpDialog.ConnectAsync(Ports.Smtp);
        await smtp.WriteAsync($"MAIL FROM:<{Stranger}> SIZE=52428801\r\n");
        Assert.StartsWith("552 5.3.4 ", await smtp.ReadReplyAsync(), StringComparison.Ordinal);
        await smtp.WriteAsync($"MAIL FROM:<{Stranger}> SIZE=52428800\r\n");
        Assert.StartsWith("250 ", await smtp.ReadReplyAsync(), StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("PLAIN")]
    [InlineData("LOGIN")]
    public async Task Submission_takes_a_login_with_TLS(string mechanism)
    {
        Login from = await AddAccountAsync("swaks");
        ProgramResult sent = await SwaksAsync(
            Ports.Submission, ["--tls", "--auth", mechanism, "--auth-user", from.Address, "--auth-password", from.Password, "--from", from.Address, "--to", from.Address]);
        Assert.Contains("235 2.7.0", sent.Succeeded().Output, StringComparison.Ordinal);
        await using ImapDialog imap = await ImapDialog.OpenAsync(Server, from);
        Assert.Contains("with ESMTPSA id", await imap.OkAsync("FETCH 1 (BODY[HEADER])"), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Submission_takes_a_login_over_implicit_TLS()
    {
        Login from = await AddAccountAsync("swaks");
        (await SwaksAsync(
            Ports.SubmissionTls,
            ["--tls-on-connect", "--auth", "PLAIN", "--auth-user", from.Address, "--auth-password", from.Password, "--from", from.Address, "--to", from.Address]))
            .Succeeded();
    }

    [SkippableFact]
    public async Task Submission_takes_no_password_without_TLS()
    {
        Login from = await AddAccountAsync("swaks");
        ProgramResult refused = (await SwaksAsync(
            Ports.Submission, ["--auth", "PLAIN", "--auth-user", from.Address, "--auth-password", from.Password, "--from", from.Address, "--to", from.Address]))
            .Failed(28, "Auth not attempted, requested type not available");
        Assert.DoesNotMatch("250.AUTH.*(PLAIN|LOGIN)", refused.Output);
        await using SmtpDialog smtp = await SmtpDialog.ConnectAsync(Ports.Submission);
        await smtp.WriteAsync("AUTH PLAIN AGEAYg==\r\n");
        Assert.Matches("^5(30|38|04|02) ", await smtp.ReadReplyAsync());
    }

    [SkippableFact]
    public async Task Submission_wants_a_login() => (await SwaksAsync(Ports.Submission, "--tls", "--from", "a@example.test", "--to", "b@example.test"))
        .Failed(23, "<~* 530 5.7.0 ");

    [SkippableFact]
    public async Task A_wrong_password_is_refused()
    {
        Login from = await AddAccountAsync("swaks");
        (await SwaksAsync(
            Ports.Submission, ["--tls", "--auth", "PLAIN", "--auth-user", from.Address, "--auth-password", "wrong", "--from", from.Address, "--to", from.Address]))
            .Failed(28, "535 5.7.8 ");
    }

    [SkippableFact]
    public async Task A_login_cannot_send_as_another_address()
    {
        Login from = await AddAccountAsync("swaks");
        Login other = await AddAccountAsync("swaks");
        (await SwaksAsync(
            Ports.Submission,
            ["--tls", "--auth", "PLAIN", "--auth-user", from.Address, "--auth-password", from.Password, "--from", other.Address, "--to", from.Address]))
            .Failed(23, "553 5.7.1 ");
    }

    [SkippableFact]
    public async Task A_full_mailbox_is_refused()
    {
        Login to = await AddAccountAsync("swaks", quota: "20K");
        string body = Path.Combine(Server.Folder, NewName("body"));
        await File.WriteAllTextAsync(body, string.Concat(Enumerable.Repeat("a line of sixty-four octets, with the line end that it is sent\n", 250)));
        (await SwaksAsync(Ports.Smtp, "--from", Stranger, "--to", to.Address, "--body", body)).Succeeded();
        ProgramResult refused = await SwaksAsync(Ports.Smtp, "--from", Stranger, "--to", to.Address, "--body", body);
        Assert.NotEqual(0, refused.Status);
        Assert.Contains("<** 552 5.2.2 ", refused.Output, StringComparison.Ordinal);
        Assert.Equal(1, await ImapDialog.CountAsync(Server, to, "INBOX"));
    }

    [SkippableFact]
    public async Task Details_catch_alls_and_alias_domains_lead_to_mailboxes()
    {
        Login to = await AddAccountAsync("swaks");
        string domain = $"{NewName("domain")}.test";
        string alias = $"{NewName("domain")}.test";
        foreach (string name in (string[])[domain, alias])
        {
            (await Server.RunAsync("domain", "add", name)).Succeeded();
        }

        (await Server.RunAsync("domain", "set", domain, "--catch-all", to.Address)).Succeeded();
        (await Server.RunAsync("domain", "set", alias, "--alias-of", domain)).Succeeded();
        string detailed = to.Address.Replace("@", "+shop@", StringComparison.Ordinal);
        foreach (string address in (string[])[detailed, $"anybody@{domain}", $"somebody@{alias}"])
        {
            (await SwaksAsync(Ports.Smtp, "--from", Stranger, "--to", address)).Succeeded();
        }

        Assert.Equal(3, await ImapDialog.CountAsync(Server, to, "INBOX"));
        (await Server.RunAsync("domain", "set", domain, "--catch-all", "none")).Succeeded();
        (await SwaksAsync(Ports.Smtp, "--from", Stranger, "--to", $"somebody@{alias}")).Failed(24, "<** 550 5.1.1 ");
    }

    [SkippableFact]
    public async Task A_list_takes_mail_from_its_members_alone_and_marks_it()
    {
        Login member = await AddAccountAsync("swaks");
        string list = $"{NewName("list")}@example.test";
        (await Server.RunAsync("list", "add", list, member.Address, "outsider@example.org", "--name", "Our list")).Succeeded();
        (await SwaksAsync(Ports.Smtp, "--from", Stranger, "--to", list)).Failed(24, "<** 550 5.7.1 ");
        (await SwaksAsync(Ports.Smtp, "--from", member.Address, "--to", list)).Failed(24, "<** 550 5.7.1 "); // forged: no login
        (await SwaksAsync(Ports.Smtp, "--from", "outsider@example.org", "--to", list)).Succeeded();
        await Eventually.TrueAsync(async () => await ImapDialog.CountAsync(Server, member, "INBOX") == 1, "the member has the list's mail");
        await using ImapDialog imap = await ImapDialog.OpenAsync(Server, member);
        string header = await imap.OkAsync("FETCH 1 (BODY[HEADER])");
        Assert.Contains($"Return-Path: <{list.Replace("@", "-bounces@", StringComparison.Ordinal)}>", header, StringComparison.Ordinal);
        Assert.Contains("List-Id: \"Our list\" <", header, StringComparison.Ordinal);
        Assert.Contains($"List-Post: <mailto:{list}>", header, StringComparison.Ordinal);
    }

    private static Task<ProgramResult> SwaksAsync(int port, params string[] arguments)
    {
        Programs.Require("swaks");
        return Programs.RunAsync("swaks", ["--server", "127.0.0.1", "--port", port.ToString(CultureInfo.InvariantCulture), "--timeout", "120s", .. arguments]);
    }
}
