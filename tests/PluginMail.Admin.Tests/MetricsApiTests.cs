using System.Net;
using System.Net.Http.Headers;

namespace PluginMail.Admin.Tests;

/// <summary>Who may read metrics, and in which form.</summary>
public sealed class MetricsApiTests
{
    private static readonly Uri Metrics = new("/metrics", UriKind.Relative);

    [Fact]
    public async Task A_token_is_needed_and_one_for_metrics_reads_nothing_else()
    {
        await using ApiBench api = await ApiBench.OpenAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, (await api.AskAsync("GET", "/metrics")).Status);
        api.SignIn(ApiScope.Metrics);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(api)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await api.AskAsync("GET", "queue")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await api.AskAsync("DELETE", "queue?all=true")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await api.AskAsync("POST", "/metrics")).Status);
        api.SignIn(ApiScope.Read);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(api)).Status);
    }

    [Fact]
    public async Task Loopback_is_open_where_the_settings_say_so_and_nobody_asks_for_another()
    {
        await using ApiBench api = await ApiBench.OpenAsync();
        api.IsOpenOnLoopback = true;
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(api)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await api.AskAsync("GET", "queue")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(api, request => request.Headers.Add("X-Forwarded-For", "192.0.2.1"))).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(api, request => request.Headers.Authorization = new("Bearer", "pluginmail_wrong"))).Status);
        api.IsOpenOnLoopback = false;
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(api)).Status);
    }

    [Theory]
    [InlineData("text/plain", "text/plain", false)]
    [InlineData("application/openmetrics-text;version=1.0.0;q=0.8,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", "application/openmetrics-text", true)]
    public async Task The_form_is_what_the_reader_asks_for(string accepts, string type, bool hasEnd)
    {
        await using ApiBench api = await ApiBench.OpenAsync();
        api.SignIn(ApiScope.Metrics);
        (_, MediaTypeHeaderValue? given, string text) = await GetAsync(api, request => request.Headers.TryAddWithoutValidation("Accept", accepts));
        Assert.Equal(type, given!.MediaType);
        Assert.Equal(hasEnd, text.EndsWith("# EOF\n", StringComparison.Ordinal));
        Assert.Contains("pluginmail_store_packs ", text, StringComparison.Ordinal); // of the bench's store
    }

    private static async Task<(HttpStatusCode Status, MediaTypeHeaderValue? Type, string Text)> GetAsync(ApiBench api, Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Metrics);
        change?.Invoke(request);
        using HttpResponseMessage response = await api.Client.SendAsync(request);
        return (response.StatusCode, response.Content.Headers.ContentType, await response.Content.ReadAsStringAsync());
    }
}
