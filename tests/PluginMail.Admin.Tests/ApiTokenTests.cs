using PluginMail.Testing;

namespace PluginMail.Admin.Tests;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class ApiTokenTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pluginmail-tokens").FullName;
    private readonly FakeTime _clock = new();

    private string File => Path.Combine(_folder, "tokens.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_secret_is_found_after_a_restart_and_is_not_in_the_file()
    {
        string secret = ApiTokens.Open(File, _clock).Add("monitoring", ApiScope.Read, null)!;
        ApiToken? found = ApiTokens.Open(File, _clock).Find(secret);
        Assert.Equal(("monitoring", ApiScope.Read), (found?.Name, found?.Scope));
        Assert.DoesNotContain(secret[ApiTokens.Prefix.Length..], System.IO.File.ReadAllText(File), StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
    }

    [Fact]
    public void Another_secret_is_not_found()
    {
        ApiTokens tokens = ApiTokens.Open(File, _clock);
        string secret = tokens.Add("a", ApiScope.Write, null)!;
        Assert.Null(tokens.Find(secret[..^1] + (secret[^1] == 'A' ? 'B' : 'A')));
        Assert.Null(tokens.Find(tokens.All[0].Hash));
        Assert.Null(tokens.Find(""));
    }

    [Fact]
    public void A_token_ends_at_its_time()
    {
        ApiTokens tokens = ApiTokens.Open(File, _clock);
        string secret = tokens.Add("a", ApiScope.Write, TimeSpan.FromDays(1))!;
        _clock.Advance(TimeSpan.FromHours(23));
        Assert.NotNull(tokens.Find(secret));
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Null(tokens.Find(secret));
    }

    [Fact]
    public void A_token_that_was_removed_is_gone_after_a_restart_too()
    {
        ApiTokens tokens = ApiTokens.Open(File, _clock);
        string secret = tokens.Add("a", ApiScope.Write, null)!;
        Assert.True(tokens.Remove("A"));
        Assert.False(tokens.Remove("a"));
        Assert.Null(tokens.Find(secret));
        Assert.Null(ApiTokens.Open(File, _clock).Find(secret));
    }

    [Fact]
    public void A_name_is_used_once()
    {
        ApiTokens tokens = ApiTokens.Open(File, _clock);
        Assert.NotNull(tokens.Add("a", ApiScope.Write, null));
        Assert.Null(tokens.Add("A", ApiScope.Read, null));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[{}]")]
    [InlineData("""[{"name":"a","scope":"Read","hash":null,"created":"2026-01-01T00:00:00Z","expires":null}]""")]
    public void A_broken_file_stops_the_start(string text)
    {
        System.IO.File.WriteAllText(File, text);
        Assert.Contains("tokens.json", Assert.Throws<IOException>(() => ApiTokens.Open(File, _clock)).Message, StringComparison.Ordinal);
    }
}
