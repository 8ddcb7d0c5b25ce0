using System.Net;
using PluginMail.Collector.Connections;
using PluginMail.Collector.Settings;
using PluginMail.Collector.SignIn;

namespace PluginMail.Connectors.Tests.Collector;

/// <summary>What is bought with a refresh token.</summary>
public sealed class AccessTokensTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tokens-").FullName;
    private readonly TurnedClock _clock = new();

    private string RefreshFile => Path.Combine(_folder, "refresh");

    [Fact]
    public async Task A_new_refresh_token_takes_the_old_ones_place()
    {
        await File.WriteAllTextAsync(RefreshFile, "r1\n");
        using var endpoint = new Endpoint("""{"access_token":"a1","expires_in":"3600","refresh_token":"r2"}""");
        using var http = new HttpClient(endpoint);
        var tokens = Tokens(http);
        Assert.Equal("a1", await tokens.GetAsync(CancellationToken.None));
        Assert.Equal("r2\n", await File.ReadAllTextAsync(RefreshFile));
        Assert.Single(Directory.GetFiles(_folder));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(RefreshFile));
        }

        _clock.Forward = TimeSpan.FromMinutes(50);
        await tokens.GetAsync(CancellationToken.None);
        Assert.Single(endpoint.Forms);
        _clock.Forward = TimeSpan.FromMinutes(61);
        await tokens.GetAsync(CancellationToken.None);
        Assert.Equal(["grant_type=refresh_token&refresh_token=r1", "grant_type=refresh_token&refresh_token=r2"], endpoint.Forms);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"access_token":7}""")]
    [InlineData("""{"access_token":"a b"}""")]
    [InlineData("""{"access_token":"a","refresh_token":{}}""")]
    [InlineData("""{"access_token":"a","refresh_token":"r\n2"}""")]
    public async Task What_is_malformed_is_told(string answer)
    {
        await File.WriteAllTextAsync(RefreshFile, "r1\n");
        using var endpoint = new Endpoint(answer);
        using var http = new HttpClient(endpoint);
        await Assert.ThrowsAsync<RemoteFault>(async () => await Tokens(http).GetAsync(CancellationToken.None));
        Assert.Equal("r1\n", await File.ReadAllTextAsync(RefreshFile));
    }

    [Theory]
    [InlineData("\"NaN\"")]
    [InlineData("[1]")]
    [InlineData("1e999")]
    [InlineData("\"soon\"")]
    public async Task A_token_of_any_life_is_used(string life)
    {
        await File.WriteAllTextAsync(RefreshFile, "r1\n");
        using var endpoint = new Endpoint($$"""{"access_token":"a1","expires_in":{{life}}}""");
        using var http = new HttpClient(endpoint);
        Assert.Equal("a1", await Tokens(http).GetAsync(CancellationToken.None));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private AccessTokens Tokens(HttpClient http)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(RefreshFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        var signIn = new SignInSettings(SignInMethod.Xoauth2, "anna") { TokenEndpoint = new Uri("https://example.test/token"), RefreshTokenFile = RefreshFile };
        return new AccessTokens(signIn, http, _clock);
    }

    private sealed class Endpoint(string answer) : HttpMessageHandler
    {
        public List<string> Forms { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Forms.Add(await request.Content!.ReadAsStringAsync(cancellationToken));
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(answer) };
        }
    }
}
