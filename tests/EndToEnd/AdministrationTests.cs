using System.Text.Json;
using Xunit.Abstractions;

namespace PluginMail.EndToEnd;

/// <summary>The command line beside a server that serves: accounts, aliases, domains, sendmail.</summary>
[Collection(SharedServerCollection.Name)]
public sealed class AdministrationTests(SharedServer shared, ITestOutputHelper output) : ServerTests(shared.Server, output)
{
    [SkippableFact]
    public async Task Sendmail_takes_a_message_from_standard_input()
    {
        Login login = await AddAccountAsync("sendmail");
        Login hidden = await AddAccountAsync("sendmail");
        const string Text = "Subject: from cron\n\nthe output\n..of a job\n";
        (await Server.RunWithInputAsync(Text, "sendmail", "-i", "-f", "cron@example.test", login.Address)).Succeeded();
        (await Server.RunWithInputAsync($"To: {login.Address}\nBcc: {hidden.Address}\n{Text}", "sendmail", "-t", "-f", "cron@example.test")).Succeeded();
        await using ImapDialog imap = await ImapDialog.OpenAsync(Server, login);
        string all = await imap.OkAsync("FETCH 1:* (BODY.PEEK[])");
        Assert.Contains("Subject: from cron\r\n", all, StringComparison.Ordinal);
        Assert.Contains("\r\n\r\nthe output\r\n..of a job\r\n", all, StringComparison.Ordinal);
        Assert.Contains("* 2 FETCH", all, StringComparison.Ordinal);
        Assert.DoesNotContain("Bcc:", all, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(1, await ImapDialog.CountAsync(Server, hidden, "INBOX"));
        (await Server.RunWithInputAsync(Text, "sendmail", "-f", "cron@example.test", "nobody@example.test")).Failed(1, "could not be delivered");
        (await Server.RunWithInputAsync(Text, "sendmail", "-t")).Failed(2, "no recipients");
    }

    [SkippableFact]
    public async Task Aliases_lead_to_their_targets()
    {
        Login first = await AddAccountAsync("alias");
        Login second = await AddAccountAsync("alias");
        string team = $"{NewName("team")}@example.test";
        string chain = $"{NewName("chain")}@example.test";
        (await Server.RunAsync("alias", "add", team, first.Address, second.Address)).Succeeded();
        (await Server.RunAsync("alias", "add", chain, team, first.Address)).Succeeded();
        (await Server.RunAsync("alias", "add", team, first.Address)).Failed(1, "is there already");
        Assert.StartsWith("250 ", await SendAsync(team), StringComparison.Ordinal);
        Assert.StartsWith("250 ", await SendAsync(chain), StringComparison.Ordinal);
        Assert.Equal(2, await ImapDialog.CountAsync(Server, first, "INBOX"));
        Assert.Equal(2, await ImapDialog.CountAsync(Server, second, "INBOX"));

        // Who owns an alias may send as it.
        await using SmtpDialog smtp = await SmtpDialog.ConnectAsync(Ports.SubmissionTls, tls: true);
        await smtp.SignInAsync(first);
        Assert.StartsWith("250 ", await smtp.SendAsync(team, second.Address, "Subject: x\r\n\r\nx\r\n"), StringComparison.Ordinal);
        (await Server.RunAsync("alias", "remove", team)).Succeeded();
        Assert.StartsWith("550 5.1.1 ", await SendAsync(team), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Aliases_that_lead_in_a_circle_end()
    {
        Login login = await AddAccountAsync("loop");
        string a = $"{NewName("a")}@example.test";
        string b = $"{NewName("b")}@example.test";
        (await Server.RunAsync("alias", "add", a, b)).Succeeded();
        (await Server.RunAsync("alias", "add", b, a)).Succeeded();
        Assert.StartsWith("550 5.1.1 ", await SendAsync(a), StringComparison.Ordinal);
        (await Server.RunAsync("alias", "remove", b)).Succeeded();
        (await Server.RunAsync("alias", "add", b, a, login.Address)).Succeeded();
        Assert.StartsWith("250 ", await SendAsync(a), StringComparison.Ordinal);
        Assert.Equal(1, await ImapDialog.CountAsync(Server, login, "INBOX"));
    }

    [SkippableFact]
    public async Task A_changed_password_counts_at_once()
    {
        Login login = await AddAccountAsync("password");
        await SignInAsync(login, "OK");
        await SignInAsync(login, "OK"); // remembered now
        (await Server.RunWithInputAsync("another secret\n", "account", "password", login.Address, "--password-stdin")).Succeeded();
        await SignInAsync(login, "NO");
        await SignInAsync(login with { Password = "\"another secret\"" }, "OK");
        (await Server.RunAsync("account", "remove", login.Address)).Succeeded();
        await SignInAsync(login with { Password = "\"another secret\"" }, "NO");
        Assert.StartsWith("550 5.1.1 ", await SendAsync(login.Address), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Lists_are_JSON_for_programs()
    {
        Login login = await AddAccountAsync("json");
        string alias = $"{NewName("json")}@example.test";
        Login other = await AddAccountAsync("json-other");
        (await Server.RunAsync("alias", "add", alias, login.Address, other.Address)).Succeeded();
        await SendAsync(login.Address);
        Assert.True(await ListAsync("domain", "domain", "example.test") is { } domain && int.Parse(domain.GetProperty("accounts").GetString()!, null) > 0);
        Assert.Equal("1", (await ListAsync("account", "address", login.Address)).GetProperty("messages").GetString());
        Assert.Equal($"{login.Address}, {other.Address}", (await ListAsync("alias", "alias", alias)).GetProperty("targets").GetString());
    }

    [SkippableFact]
    public async Task Commands_say_what_is_wrong()
    {
        (await Server.RunAsync("account", "add", "nobody", "--password", "x")).Failed(2, "is not an address");
        (await Server.RunAsync("account", "add", "a@nowhere.test", "--password", "x")).Failed(1, "is not served here");
        (await Server.RunAsync("domain", "add", "example.test")).Failed(1, "is there already");
        (await Server.RunAsync("domain", "remove", "example.test")).Failed(1, "remove them first");
        (await Server.RunAsync("domain", "add", "not a domain")).Failed(2, "");
        (await Server.RunAsync("explain", "NOSUCHID")).Failed(1, "nothing is known");
        (await Server.RunAsync("frobnicate")).Failed(2, "frobnicate");
        (await Server.RunAsync("filter", "put", "nobody@example.test", "/nowhere")).Failed(2, "cannot be read");
    }

    private async Task<JsonElement> ListAsync(string noun, string key, string value)
    {
        using JsonDocument list = JsonDocument.Parse((await Server.RunAsync(noun, "list", "--json")).Succeeded().Output);
        return list.RootElement.EnumerateArray().Single(row => row.GetProperty(key).GetString() == value).Clone();
    }

    private async Task SignInAsync(Login login, string completion)
    {
        await using ImapDialog imap = await ImapDialog.ConnectAsync(Server);
        Assert.StartsWith(completion, (await imap.CommandAsync($"LOGIN {login.Address} {login.Password}")).Completion, StringComparison.Ordinal);
    }

    private async Task<string> SendAsync(string to)
    {
        await using SmtpDialog smtp = await SmtpDialog.ConnectAsync(Ports.Smtp);
        return await smtp.SendAsync("a@example.org", to, "Subject: x\r\n\r\nx\r\n");
    }
}
