using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace PluginMail.EndToEnd;

/// <summary>The filter for fail2ban that is shipped finds the client in the lines that the server writes.</summary>
[Collection(SharedServerCollection.Name)]
public sealed class Fail2BanTests(SharedServer shared, ITestOutputHelper output) : ServerTests(shared.Server, output)
{
    [SkippableFact]
    public async Task A_failed_login_is_found_with_its_address()
    {
        Login login = await AddAccountAsync("banned");
        await using (Dialog imap = await Dialog.ConnectAsync(Ports.ImapTls, tls: true))
        {
            await imap.ReadLineAsync();
            await imap.WriteLineAsync($"a LOGIN {login.Address} wrong");
            Assert.StartsWith("a NO ", await imap.ReadLineAsync(), StringComparison.Ordinal);
        }

        await Server.UntilLoggedAsync($"login failed: user=<{login.Address}>");
        Regex[] filters = [.. (await File.ReadAllLinesAsync(Path.Combine(Repository.Root, "scripts", "fail2ban", "pluginmail.conf")))
            .Select(line => line.Replace("failregex =", "", StringComparison.Ordinal).Trim())
            .Where(line => line.StartsWith('^') && !line.StartsWith("^%", StringComparison.Ordinal))
            .Select(line => new Regex(line.Replace("<HOST>", @"(?<host>[0-9a-fA-F.:]+)", StringComparison.Ordinal), RegexOptions.None, TimeSpan.FromMinutes(1)))];
        Assert.Equal(2, filters.Length);
        string[] hosts = [.. Server.Log.Split('\n').Where(line => line.Contains($"user=<{login.Address}>", StringComparison.Ordinal))
            .SelectMany(line => filters.Select(filter => filter.Match(line)).Where(match => match.Success)).Select(match => match.Groups["host"].Value)];
        Assert.Equal("127.0.0.1", Assert.Single(hosts));
    }
}
