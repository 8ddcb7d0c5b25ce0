using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace PluginMail.EndToEnd;

/// <summary>Filters put by the command line, run on mail that comes by SMTP, seen by IMAP.</summary>
[Collection(SharedServerCollection.Name)]
public sealed class FilterTests(SharedServer shared, ITestOutputHelper output) : ServerTests(shared.Server, output)
{
    [SkippableFact]
    public async Task Plain_words_file_copy_and_delete()
    {
        Login login = await AddAccountAsync("filter");
        Login other = await AddAccountAsync("filter");
        await PutAsync(
            login,
            $$"""
            if subject "exactly this" { move "Strict"; }
            if subject :contains "needle" { move "Contains"; }
            if subject :starts_with "Invoice" { move "Starts"; }
            if subject :ends_with "regards" { move "Ends"; }
            if sender :within "lists.example.org" { copy "Lists"; }
            if subject :contains "for both" { copy "{{other.Address}}"; }
            if subject :contains "for the other" { move "{{other.Address}}"; }
            if subject "rubbish" { delete; }
            if subject "gone" { delete :forever; }
            if all (subject :contains "project", not subject :contains "spam") { move "Work/Projects"; }
            """);
        await SendAsync(login, "Exactly This");
        await SendAsync(login, "not exactly this");
        await SendAsync(login, "hay needle hay");
        await SendAsync(login, "Invoice 7");
        await SendAsync(login, "An Invoice");
        await SendAsync(login, "with regards");
        await SendAsync(login, "from a list", "someone@lists.example.org");
        await SendAsync(login, "this is for both");
        await SendAsync(login, "this is for the other");
        await SendAsync(login, "rubbish");
        await SendAsync(login, "gone");
        await SendAsync(login, "a project");
        await SendAsync(login, "a project of spam");

        Assert.Equal(["not exactly this", "An Invoice", "from a list", "this is for both", "a project of spam"], await SubjectsAsync(login, "INBOX"));
        Assert.Equal(["Exactly This"], await SubjectsAsync(login, "Strict"));
        Assert.Equal(["hay needle hay"], await SubjectsAsync(login, "Contains"));
        Assert.Equal(["Invoice 7"], await SubjectsAsync(login, "Starts"));
        Assert.Equal(["with regards"], await SubjectsAsync(login, "Ends"));
        Assert.Equal(["from a list"], await SubjectsAsync(login, "Lists"));
        Assert.Equal(["rubbish"], await SubjectsAsync(login, "Trash"));
        Assert.Equal(["a project"], await SubjectsAsync(login, "Work/Projects"));
        Assert.Equal(["this is for both", "this is for the other"], await SubjectsAsync(other, "INBOX"));
    }

    [SkippableFact]
    public async Task A_standard_script_runs_unchanged()
    {
        Login login = await AddAccountAsync("filter");
        await PutAsync(
            login,
            """
            require ["fileinto"];
            # rule:[Invoices]
            if allof (header :matches "Subject" "Invoice *", address :domain :is "from" "example.org", size :under 100K) {
                fileinto "Finance";
                stop;
            } elsif header :contains "subject" "discard me" {
                discard;
            }
            """);
        await SendAsync(login, "invoice 12");
        await SendAsync(login, "Discard me");
        await SendAsync(login, "hello");
        Assert.Equal(["hello"], await SubjectsAsync(login, "INBOX"));
        Assert.Equal(["invoice 12"], await SubjectsAsync(login, "Finance"));
    }

    [SkippableFact]
    public async Task A_script_with_errors_is_refused_and_the_old_one_goes_on()
    {
        Login login = await AddAccountAsync("filter");
        await PutAsync(login, """if subject "news" { move "News"; }""");
        string broken = await ScriptAsync("""if subjct "news" { move "Elsewhere" }""");
        ProgramResult refused = await Server.RunAsync("filter", "put", login.Address, broken, "--name", "main", "--activate");
        refused.Failed(1, "the script has errors and was not stored");
        Assert.Contains("subjct", refused.All, StringComparison.Ordinal);
        Assert.Contains("subject", refused.Error, StringComparison.Ordinal);
        await SendAsync(login, "news");
        Assert.Equal(["news"], await SubjectsAsync(login, "News"));
        Assert.Contains("move \"News\"", (await Server.RunAsync("filter", "get", login.Address, "main")).Succeeded().Output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_filter_that_fails_keeps_the_message_and_explain_says_why()
    {
        Login login = await AddAccountAsync("filter");
        await PutAsync(login, string.Concat(Enumerable.Range(1, 40).Select(i => $"copy \"Folder {i}\";\n")));
        string id = await SendAsync(login, "too many actions");
        Assert.Contains("too many actions", await SubjectsAsync(login, "INBOX")); // beside the word to the owner that his filter fails
        Assert.Empty(await SubjectsAsync(login, "Folder 1"));
        string explained = "";
        await Eventually.TrueAsync(
            async () =>
            {
                ProgramResult explain = await Server.RunAsync("explain", id);
                explained = explain.Output;
                return explain.Status == 0;
            },
            $"explain {id}");
        Assert.Contains("failed at line 33", explained, StringComparison.Ordinal);
        Assert.Contains("more than 32 actions", explained, StringComparison.Ordinal);
        Assert.Contains(login.Address, explained, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Filters_are_listed_exchanged_and_removed()
    {
        Login login = await AddAccountAsync("filter");
        await PutAsync(login, """if subject "a" { move "First"; }""");
        (await Server.RunAsync("filter", "put", login.Address, await ScriptAsync("""if subject "a" { move "Second"; }"""), "--name", "second")).Succeeded();
        await SendAsync(login, "a");
        (await Server.RunAsync("filter", "activate", login.Address, "second")).Succeeded();
        await SendAsync(login, "a");
        using (JsonDocument list = JsonDocument.Parse((await Server.RunAsync("filter", "list", login.Address, "--json")).Succeeded().Output))
        {
            Assert.Equal(["main no", "second yes"], list.RootElement.EnumerateArray()
                .Select(row => $"{row.GetProperty("name").GetString()} {row.GetProperty("active").GetString()}").Order(StringComparer.Ordinal));
        }

        (await Server.RunAsync("filter", "remove", login.Address, "second")).Failed(1, "is active");
        (await Server.RunAsync("filter", "deactivate", login.Address)).Succeeded();
        (await Server.RunAsync("filter", "remove", login.Address, "second")).Succeeded();
        await SendAsync(login, "a");
        Assert.Equal(["a"], await SubjectsAsync(login, "First"));
        Assert.Equal(["a"], await SubjectsAsync(login, "Second"));
        Assert.Equal(["a"], await SubjectsAsync(login, "INBOX"));
    }

    [SkippableFact]
    public async Task Replies_refusals_and_changed_headers_as_swaks_and_IMAP_see_them()
    {
        Programs.Require("swaks");
        Login owner = await AddAccountAsync("filter");
        Login friend = await AddAccountAsync("filter");
        await PutAsync(
            owner,
            """
            require ["vacation", "ereject", "editheader"];
            if header :contains "subject" "offer" {
                ereject text:
            Offers are not read here.
            Write to sales instead.
            .
                ;
                stop;
            }
            deleteheader "X-Mailer";
            addheader "X-Sorted" "Süden";
            vacation :subject "Away until Monday" "I read this on Monday.";
            """);
        ProgramResult refused = await SwaksAsync(friend, owner, "Subject: an offer");
        refused.Failed(26, "<** 550-5.7.1 Offers are not read here.");
        Assert.Contains("<** 550 5.7.1 Write to sales instead.", refused.Output, StringComparison.Ordinal);

        (await SwaksAsync(friend, owner, "Subject: hello")).Succeeded();
        await using ImapDialog imap = await ImapDialog.OpenAsync(Server, owner);
        string header = await imap.OkAsync("FETCH 1:* (BODY.PEEK[HEADER])");
        Assert.Contains("X-Sorted: =?utf-8?", header, StringComparison.Ordinal);
        Assert.DoesNotContain("X-Mailer", header, StringComparison.Ordinal);
        Assert.DoesNotContain("an offer", header, StringComparison.Ordinal);

        (await SwaksAsync(friend, owner, "Subject: hello again")).Succeeded();
        await Eventually.TrueAsync(
            async () => await ImapDialog.CountAsync(Server, friend, "INBOX") > 0,
            "the reply has come"); // the queue looks every 30 s
        Assert.Equal(["Away until Monday"], await SubjectsAsync(friend, "INBOX"));
        await using ImapDialog reply = await ImapDialog.OpenAsync(Server, friend);
        string text = await reply.OkAsync("FETCH 1 (BODY.PEEK[])");
        Assert.Contains("Return-Path: <>", text, StringComparison.Ordinal);
        Assert.Contains("Auto-Submitted: auto-replied", text, StringComparison.Ordinal);
        Assert.Contains("In-Reply-To: <", text, StringComparison.Ordinal);
        Assert.Contains("I read this on Monday.", text, StringComparison.Ordinal);
    }

    private Task<ProgramResult> SwaksAsync(Login from, Login to, string field) => Programs.RunAsync(
        "swaks",
        ["--server", "127.0.0.1", "--port", $"{Ports.Smtp}", "--timeout", "120s", "--from", from.Address, "--to", to.Address, "--header", field]);

    [SkippableFact]
    public async Task Filter_run_measures_itself()
    {
        string script = await ScriptAsync("""if subject :contains "news" { move "News"; }""");
        string message = Path.Combine(Server.Folder, NewName("message"));
        await File.WriteAllTextAsync(message, "Subject: the news\r\n\r\nbody\r\n");
        ProgramResult run = await Server.RunAsync("filter", "run", script, "--message", message, "--repeat", "200", "--json");
        using JsonDocument json = JsonDocument.Parse(run.Succeeded().Output);
        Assert.InRange(json.RootElement.GetProperty("microseconds_per_message").GetDouble(), 0.001, double.MaxValue);
        Assert.Contains("News", json.RootElement.GetProperty("effects")[0].GetProperty("effect").GetString(), StringComparison.Ordinal);

        using JsonDocument traced = JsonDocument.Parse((await Server.RunAsync("filter", "run", script, "--message", message, "--trace", "--json")).Succeeded().Output);
        JsonElement test = traced.RootElement.GetProperty("trace").EnumerateArray().First(entry => entry.GetProperty("kind").GetString() == "test");
        Assert.True(test.GetProperty("outcome").GetBoolean());
        Assert.Equal("the news", test.GetProperty("value").GetString());
        Assert.Equal(2, (await Server.RunAsync("filter", "run", script, "--message", message, "--repeat", "0")).Status);
        Assert.Equal(2, (await Server.RunAsync("filter", "test", script)).Status);
        Assert.EndsWith(": 0 errors, 0 warnings", (await Server.RunAsync("filter", "check", script)).Succeeded().Output.TrimEnd(), StringComparison.Ordinal);
        string wrong = await ScriptAsync("keep");
        Assert.EndsWith(": 1 error, 0 warnings", (await Server.RunAsync("filter", "check", wrong)).Output.TrimEnd(), StringComparison.Ordinal);
    }

    private async Task<string> ScriptAsync(string text)
    {
        string file = Path.Combine(Server.Folder, NewName("script"));
        await File.WriteAllTextAsync(file, text);
        return file;
    }

    private async Task PutAsync(Login login, string script) =>
        (await Server.RunAsync("filter", "put", login.Address, await ScriptAsync(script), "--name", "main", "--activate")).Succeeded();

    private async Task<string> SendAsync(Login to, string subject, string from = "a@example.org")
    {
        await using SmtpDialog smtp = await SmtpDialog.ConnectAsync(Ports.Smtp);
        string reply = await smtp.SendAsync(from, to.Address, $"From: {from}\r\nTo: {to.Address}\r\nSubject: {subject}\r\n\r\nbody\r\n");
        Assert.StartsWith("250 2.0.0 Ok ", reply, StringComparison.Ordinal);
        return reply["250 2.0.0 Ok ".Length..];
    }

    private async Task<IEnumerable<string>> SubjectsAsync(Login login, string folder)
    {
        if (await ImapDialog.CountAsync(Server, login, folder) == 0)
        {
            return [];
        }

        await using ImapDialog imap = await ImapDialog.OpenAsync(Server, login, folder);
        string headers = await imap.OkAsync("FETCH 1:* (BODY.PEEK[HEADER.FIELDS (SUBJECT)])");
        return Regex.Matches(headers, "^Subject: (.*)\r$", RegexOptions.Multiline, TimeSpan.FromMinutes(1)).Select(match => match.Groups[1].Value);
    }
}
