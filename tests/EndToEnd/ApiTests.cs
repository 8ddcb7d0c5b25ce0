using System.Text.Json;
using Xunit.Abstractions;

namespace PluginMail.EndToEnd;

/// <summary>The HTTP API of a running server, as curl sees it.</summary>
[Collection(SharedServerCollection.Name)]
public sealed class ApiTests(SharedServer shared, ITestOutputHelper output) : ServerTests(shared.Server, output)
{
    [SkippableFact]
    public async Task Mail_that_waits_is_listed_shown_held_and_removed()
    {
        Login login = await AddAccountAsync("api");
        await using (SmtpDialog smtp = await SmtpDialog.ConnectAsync(Ports.SubmissionTls, tls: true))
        {
            await smtp.SignInAsync(login);
            Assert.StartsWith("250 ", await smtp.SendAsync(login.Address, "x@api.elsewhere.test", "Subject: x\r\n\r\nx\r\n"), StringComparison.Ordinal);
        }

        string token = await AddTokenAsync();
        JsonElement message = (await AskAsync(token, "GET", "queue?destination=api.elsewhere.test")).GetProperty("messages")[0];
        Assert.Equal(login.Address, message.GetProperty("sender").GetString());
        long id = message.GetProperty("id").GetInt64();
        Assert.Equal("x@api.elsewhere.test", (await AskAsync(token, "GET", $"queue/{id}")).GetProperty("recipients")[0].GetProperty("address").GetString());
        Assert.Equal(1, (await AskAsync(token, "POST", $"queue/{id}/hold")).GetProperty("changed").GetInt32());
        Assert.Contains(" held", (await Server.RunAsync("queue", "show", $"{id}")).Succeeded().Output, StringComparison.Ordinal);
        Assert.Equal(1, (await AskAsync(token, "DELETE", $"queue/{id}")).GetProperty("changed").GetInt32());
        (await Server.RunAsync("queue", "show", $"{id}")).Failed(1, "there is no message");
    }

    [SkippableFact]
    public async Task A_token_is_needed_holds_until_it_is_removed_and_is_not_logged()
    {
        Assert.Equal(401, (await AskAsync("pluginmail_AAAA", "GET", "queue")).GetProperty("status").GetInt32());
        string name = NewName("token");
        string token = await AddTokenAsync(name, "--read-only", "--days", "1");
        Assert.Equal(JsonValueKind.Array, (await AskAsync(token, "GET", "queue")).GetProperty("messages").ValueKind);
        Assert.Equal(403, (await AskAsync(token, "DELETE", "queue?all=true")).GetProperty("status").GetInt32());
        Assert.Contains(name, (await Server.RunAsync("token", "list")).Succeeded().Output, StringComparison.Ordinal);
        (await Server.RunAsync("token", "remove", name)).Succeeded();
        Assert.Equal(401, (await AskAsync(token, "GET", "queue")).GetProperty("status").GetInt32());
        Assert.Contains("login failed: user=<> method=BEARER remote=127.0.0.1 ", Server.Log, StringComparison.Ordinal);
        Assert.DoesNotContain(token["pluginmail_".Length..], Server.Log, StringComparison.Ordinal);
    }

    private Task<string> AddTokenAsync() => AddTokenAsync(NewName("token"));

    private async Task<string> AddTokenAsync(params string[] arguments)
    {
        ProgramResult added = await Server.RunAsync(["token", "add", .. arguments]);
        return added.Succeeded().Output.Split('\n').Single(line => line.StartsWith("pluginmail_", StringComparison.Ordinal)).Trim();
    }

    private async Task<JsonElement> AskAsync(string token, string method, string path)
    {
        Programs.Require("curl");
        ProgramResult result = await Programs.RunAsync(
            "curl", "--silent", "--show-error", "--cacert", Path.Combine(Server.Data, "tls/certificate.pem"), "--max-time", "30",
            "--request", method, "--header", $"Authorization: Bearer {token}", $"https://127.0.0.1:{Ports.Http}/api/v1/{path}");
        using JsonDocument answer = JsonDocument.Parse(result.Succeeded().Output);
        return answer.RootElement.Clone();
    }
}
