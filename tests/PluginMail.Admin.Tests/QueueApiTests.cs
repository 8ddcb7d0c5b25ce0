using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using PluginMail.Queue.Tests;

namespace PluginMail.Admin.Tests;

public sealed class QueueApiTests
{
    [Theory]
    [InlineData("GET", "queue")]
    [InlineData("DELETE", "queue?all=true")]
    [InlineData("POST", "queue/1/send")]
    [InlineData("GET", "nothing")]
    public async Task Nobody_gets_in_without_a_token(string method, string path)
    {
        await using ApiBench api = await ApiBench.OpenAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, (await api.AskAsync(method, path)).Status);
        foreach (string wrong in (string[])["Bearer pluginmail_AAAA", "Basic YTpi", "Bearer", "pluginmail_AAAA"])
        {
            api.Client.DefaultRequestHeaders.Remove("Authorization");
            api.Client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", wrong);
            Assert.Equal(HttpStatusCode.Unauthorized, (await api.AskAsync(method, path)).Status);
        }
    }

    [Fact]
    public async Task A_token_to_read_reads_and_does_not_change()
    {
        await using ApiBench api = await ApiBench.OpenAsync();
        await api.Queue.EnqueueAsync("anna", null, "x@elsewhere.test");
        api.SignIn(ApiScope.Read);
        (HttpStatusCode status, JsonElement page) = await api.AskAsync("GET", "queue");
        Assert.Equal(HttpStatusCode.OK, status);
        long id = page.GetProperty("messages")[0].GetProperty("id").GetInt64();
        Assert.Equal(HttpStatusCode.Forbidden, (await api.AskAsync("DELETE", $"queue/{id}")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await api.AskAsync("POST", "queue/hold?all=true")).Status);
        Assert.Single(await api.Queue.Mail.QueueAsync());
    }

    [Fact]
    public async Task A_message_is_shown_with_replies_history_and_pause()
    {
        await using ApiBench api = await ApiBench.OpenAsync();
        await api.Queue.EnqueueAsync("anna", null, "x@elsewhere.test");
        await api.Queue.RunAsync();
        api.SignIn(ApiScope.Read);
        JsonElement listed = (await api.AskAsync("GET", "queue")).Body.GetProperty("messages")[0];
        Assert.Equal("anna@example.test", listed.GetProperty("sender").GetString());
        Assert.Equal("waiting", listed.GetProperty("state").GetString());
        Assert.Contains("451 4.4.1", listed.GetProperty("lastReply").GetString(), StringComparison.Ordinal);
        JsonElement shown = (await api.AskAsync("GET", $"queue/{listed.GetProperty("id").GetInt64()}")).Body;
        JsonElement to = shown.GetProperty("recipients")[0];
        Assert.Equal(("x@elsewhere.test", "waiting", 1), (to.GetProperty("address").GetString(), to.GetProperty("status").GetString(), to.GetProperty("attempts").GetInt32()));
        Assert.True(to.GetProperty("nextAttempt").GetDateTimeOffset() > api.Queue.Clock.GetUtcNow());
        Assert.Contains("no answer", shown.GetProperty("history")[0].GetProperty("reply").GetString(), StringComparison.Ordinal);
        Assert.True(shown.GetProperty("paused").TryGetProperty("elsewhere.test", out _));
        Assert.Equal(api.Queue.Options.Expiry, shown.GetProperty("expires").GetDateTimeOffset() - shown.GetProperty("queued").GetDateTimeOffset());
    }

    [Fact]
    public async Task A_message_is_held_released_sent_and_removed()
    {
        await using ApiBench api = await ApiBench.OpenAsync();
        await api.Queue.EnqueueAsync("anna", null, "x@elsewhere.test");
        api.SignIn(ApiScope.Write);
        long id = (await api.AskAsync("GET", "queue")).Body.GetProperty("messages")[0].GetProperty("id").GetInt64();
        await ChangesAsync("POST", $"queue/{id}/hold");
        Assert.Equal("held", await StatusAsync());
        Assert.Equal(HttpStatusCode.Conflict, (await api.AskAsync("POST", $"queue/{id}/hold")).Status);
        await ChangesAsync("POST", $"queue/{id}/release");
        Assert.Equal("waiting", await StatusAsync());
        await api.Queue.RunAsync(); // the host is down: its destination is paused
        await ChangesAsync("DELETE", $"queue/{id}");
        Assert.Equal(HttpStatusCode.NotFound, (await api.AskAsync("GET", $"queue/{id}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await api.AskAsync("POST", $"queue/{id}/hold")).Status);

        async Task ChangesAsync(string method, string path)
        {
            (HttpStatusCode status, JsonElement body) = await api.AskAsync(method, path);
            Assert.Equal((HttpStatusCode.OK, 1), (status, body.GetProperty("changed").GetInt32()));
        }

        async Task<string?> StatusAsync() => (await api.AskAsync("GET", $"queue/{id}")).Body.GetProperty("recipients")[0].GetProperty("status").GetString();
    }

    [Fact]
    public async Task Sending_ends_the_pause_of_a_destination()
    {
        await using ApiBench api = await ApiBench.OpenAsync();
        await api.Queue.EnqueueAsync("anna", null, "x@elsewhere.test");
        await api.Queue.RunAsync();
        api.Answer = ScriptedTransport.Ok;
        await api.Queue.RunAsync();
        long id = Assert.Single(await api.Queue.Mail.QueueAsync()).Id.Value;
        api.SignIn(ApiScope.Write);
        Assert.Equal(HttpStatusCode.OK, (await api.AskAsync("POST", $"queue/{id}/send")).Status);
        await api.Queue.RunAsync();
        Assert.Empty(await api.Queue.Mail.QueueAsync());
    }

    [Fact]
    public async Task Many_are_changed_by_destination_and_all_only_when_said()
    {
        await using ApiBench api = await ApiBench.OpenAsync();
        await api.Queue.EnqueueAsync("anna", null, "x@elsewhere.test");
        await api.Queue.EnqueueAsync("anna", null, "y@elsewhere.test");
        await api.Queue.EnqueueAsync("bob", null, "z@other.test");
        api.SignIn(ApiScope.Write);
        Assert.Equal(2, (await api.AskAsync("POST", "queue/hold?destination=ELSEWHERE.test")).Body.GetProperty("changed").GetInt32());
        Assert.Equal(2, (await api.AskAsync("GET", "queue?state=held")).Body.GetProperty("messages").GetArrayLength());
        Assert.Equal(1, (await api.AskAsync("DELETE", "queue?sender=bob@example.test")).Body.GetProperty("changed").GetInt32());
        Assert.Equal(HttpStatusCode.BadRequest, (await api.AskAsync("DELETE", "queue")).Status);
        Assert.Equal(2, (await api.AskAsync("DELETE", "queue?all=true")).Body.GetProperty("changed").GetInt32());
        Assert.Empty(await api.Queue.Mail.QueueAsync());
    }

    [Fact]
    public async Task What_is_held_is_not_sent_but_released_or_returned()
    {
        await using ApiBench api = await ApiBench.OpenAsync();
        api.Answer = ScriptedTransport.Ok;
        await api.Queue.EnqueueAsync("anna", "odd", "x@elsewhere.test");
        await api.Queue.EnqueueAsync("bob", "odd", "y@elsewhere.test");
        await api.Queue.EnqueueAsync(null, "odd", "z@elsewhere.test");
        long id = (await api.Queue.Mail.QueueAsync())[0].Id.Value;
        api.SignIn(ApiScope.Read);
        Assert.Equal(HttpStatusCode.Forbidden, (await api.AskAsync("POST", $"queue/{id}/return")).Status);
        api.SignIn(ApiScope.Write);
        (HttpStatusCode status, JsonElement problem) = await api.AskAsync("POST", $"queue/{id}/send");
        Assert.Equal((HttpStatusCode.Conflict, true), (status, problem.GetProperty("detail").GetString()!.Contains("is held", StringComparison.Ordinal)));
        Assert.Equal(0, (await api.AskAsync("POST", "queue/send?all=true")).Body.GetProperty("changed").GetInt32());
        Assert.Equal(0, await api.Queue.RunAsync());

        (status, JsonElement body) = await api.AskAsync("POST", $"queue/{id}/return?reason=Not%20so");
        Assert.Equal((HttpStatusCode.OK, 1, 0), (status, body.GetProperty("changed").GetInt32(), body.GetProperty("unreported").GetInt32()));
        body = (await api.AskAsync("POST", "queue/return?state=held")).Body;
        Assert.Equal((2, 1), (body.GetProperty("changed").GetInt32(), body.GetProperty("unreported").GetInt32()));
        await api.Queue.RunAsync();
        Assert.Contains("550 5.7.1 Not so", Assert.Single(await api.Queue.Mail.ReadAsync("anna")), StringComparison.Ordinal);
        Assert.Single(await api.Queue.Mail.ReadAsync("bob"));
        Assert.Empty(await api.Queue.Mail.QueueAsync());
        Assert.Equal(HttpStatusCode.NotFound, (await api.AskAsync("POST", $"queue/{id}/return")).Status);
    }

    [Fact]
    public async Task Pages_follow_one_another()
    {
        await using ApiBench api = await ApiBench.OpenAsync();
        for (int i = 0; i < 5; i++)
        {
            await api.Queue.EnqueueAsync("anna", null, $"x{i}@elsewhere.test");
        }

        api.SignIn(ApiScope.Read);
        List<long> seen = [];
        for (string? path = "queue?limit=2"; path is not null;)
        {
            JsonElement page = (await api.AskAsync("GET", path)).Body;
            seen.AddRange(page.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("id").GetInt64()));
            path = page.TryGetProperty("next", out JsonElement next) ? $"queue?limit=2&after={next.GetInt64()}" : null;
        }

        Assert.Equal(5, seen.Distinct().Count());
        Assert.Equal(seen.Order(), seen);
    }

    [Theory]
    [InlineData("GET", "queue?limit=0", 400)]
    [InlineData("GET", "queue?limit=100000", 400)]
    [InlineData("GET", "queue?limit=5&limit=6", 400)]
    [InlineData("GET", "queue?destination=..", 400)]
    [InlineData("GET", "queue?state=1", 400)]
    [InlineData("GET", "queue?sender=no", 400)]
    [InlineData("GET", "queue?destinaton=a.test", 400)]
    [InlineData("DELETE", "queue?all=yes", 400)]
    [InlineData("POST", "queue/return", 400)]
    [InlineData("POST", "queue/return?all=true", 400)]
    [InlineData("POST", "queue/return?reason=no", 400)]
    [InlineData("POST", "queue/1/return?reason=a%0D%0Ab", 400)]
    [InlineData("GET", "queue/x", 404)]
    [InlineData("GET", "queue/99999999999999999999", 404)]
    [InlineData("GET", "", 404)]
    public async Task What_is_wrong_is_said(string method, string path, int status)
    {
        await using ApiBench api = await ApiBench.OpenAsync();
        api.SignIn(ApiScope.Write);
        (HttpStatusCode answered, JsonElement problem) = await api.AskAsync(method, path);
        Assert.Equal(status, (int)answered);
        Assert.NotEmpty(problem.GetProperty("detail").GetString()!);
    }

    [Fact]
    public async Task TLS_with_HTTP_2_is_spoken()
    {
        await using ApiBench api = await ApiBench.OpenAsync(tls: true);
        api.SignIn(ApiScope.Read);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("queue", UriKind.Relative))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using HttpResponseMessage response = await api.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(HttpVersion.Version20, response.Version);
    }

    [Fact]
    public async Task A_token_that_ended_is_refused_at_once()
    {
        await using ApiBench api = await ApiBench.OpenAsync();
        api.SignIn(ApiScope.Read);
        Assert.Equal(HttpStatusCode.OK, (await api.AskAsync("GET", "queue")).Status);
        Assert.True(api.Tokens.Remove("t0"));
        using HttpResponseMessage response = await api.Client.GetAsync(new Uri("queue", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal(new AuthenticationHeaderValue("Bearer", "error=\"invalid_token\""), Assert.Single(response.Headers.WwwAuthenticate));
    }
}
