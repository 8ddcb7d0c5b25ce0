using System.Text.RegularExpressions;

namespace PluginMail.Imap.Tests;

/// <summary>What is announced stands in the README's table, and the other way round.</summary>
public sealed class CapabilityTests
{
    [Fact]
    public async Task Announcement_and_documentation_agree()
    {
        await using TestServer server = await TestServer.StartAsync();
        await using TestClient client = await server.SignInAsync();
        string reply = await client.DoAsync("CAPABILITY");
        string[] announced = reply.Split("\r\n")[0]["* CAPABILITY ".Length..].Split(' ');
        string readme = await File.ReadAllTextAsync(Path.Combine(CorpusTests.Root(), "src", "PluginMail.Imap", "README.md"));
        string[] documented =
        [
            .. Regex.Matches(readme, @"^\| ([A-Z0-9=+, -]+?(?:rev1)?) \| [\d, ]+ \|", RegexOptions.Multiline)
                .SelectMany(row => row.Groups[1].Value.Split(", ")),
        ];
        string[] beforeLogin = ["STARTTLS", "LOGINDISABLED", "AUTH="];
        Assert.Equal(announced.Order(StringComparer.Ordinal), documented.Except(beforeLogin).Order(StringComparer.Ordinal));
    }
}
