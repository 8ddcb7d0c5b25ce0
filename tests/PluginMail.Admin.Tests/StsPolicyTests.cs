using System.Net;

namespace PluginMail.Admin.Tests;

/// <summary>The MTA-STS policy, which other mail servers ask for.</summary>
public sealed class StsPolicyTests
{
    [Theory]
    [InlineData("mta-sts.example.test", "/.well-known/mta-sts.txt", HttpStatusCode.OK)]
    [InlineData("MTA-STS.example.test", "/.well-known/mta-sts.txt", HttpStatusCode.OK)]
    [InlineData("mta-sts.elsewhere.test", "/.well-known/mta-sts.txt", HttpStatusCode.NotFound)]
    [InlineData("example.test", "/.well-known/mta-sts.txt", HttpStatusCode.NotFound)]
    [InlineData("mta-sts.example.test", "/", HttpStatusCode.Unauthorized)]
    public async Task It_is_served_to_anybody_by_the_name_that_is_asked(string host, string path, HttpStatusCode status)
    {
        await using ApiBench api = await ApiBench.OpenAsync(tls: true);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative)) { Headers = { Host = host } };
        using HttpResponseMessage response = await api.Client.SendAsync(request);
        Assert.Equal(status, response.StatusCode);
        if (status == HttpStatusCode.OK)
        {
            Assert.Equal("text/plain", response.Content.Headers.ContentType?.MediaType);
            Assert.Equal("version: STSv1\r\nmode: testing\r\n", await response.Content.ReadAsStringAsync());
        }
    }
}
