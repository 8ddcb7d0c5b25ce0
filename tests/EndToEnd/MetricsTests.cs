using System.Globalization;
using PluginMail.Testing;
using Xunit.Abstractions;

namespace PluginMail.EndToEnd;

/// <summary>What a running server counts, as Prometheus reads it.</summary>
[Collection(SharedServerCollection.Name)]
public sealed class MetricsTests(SharedServer shared, ITestOutputHelper output) : ServerTests(shared.Server, output)
{
    [SkippableFact]
    public async Task Mail_and_logins_are_counted_and_Prometheus_accepts_the_text()
    {
        string token = await AddTokenAsync();
        Login login = await AddAccountAsync("metrics");
        string before = await ReadAsync(token);
        await using (SmtpDialog smtp = await SmtpDialog.ConnectAsync(Ports.Smtp))
        {
            Assert.StartsWith("250 ", await smtp.SendAsync("x@elsewhere.test", login.Address, "Subject: x\r\n\r\nx\r\n"), StringComparison.Ordinal);
        }

        await using (SmtpDialog smtp = await SmtpDialog.ConnectAsync(Ports.SubmissionTls, tls: true))
        {
            await smtp.SignInAsync(login);
            string after = await ReadAsync(token);
            Assert.True(Value(after, "pluginmail_sessions_active{protocol=\"submission\"}") >= 1);
            AssertMore(before, after, "pluginmail_messages_total{outcome=\"accepted\",protocol=\"smtp\",reason=\"none\"}");
            AssertMore(before, after, "pluginmail_recipients_total{outcome=\"accepted\",protocol=\"smtp\",reason=\"none\"}");
            AssertMore(before, after, "pluginmail_message_size_bytes_count{protocol=\"smtp\"}");
            AssertMore(before, after, "pluginmail_message_duration_seconds_count{outcome=\"accepted\",protocol=\"smtp\"}");
            AssertMore(before, after, "pluginmail_deliveries_total{outcome=\"delivered\"}");
            AssertMore(before, after, "pluginmail_store_commit_duration_seconds_count{outcome=\"ok\"}");
            AssertMore(before, after, "pluginmail_connections_total{outcome=\"served\",protocol=\"smtp\"}");
            AssertMore(before, after, "pluginmail_smtp_replies_total{code=\"2yz\",protocol=\"smtp\"}");
            Assert.Contains("pluginmail_logins_total{mechanism=\"", after, StringComparison.Ordinal);
            Assert.True(Value(after, "pluginmail_store_packs_size_bytes") > 0);
            Assert.DoesNotContain(login.Address, after, StringComparison.Ordinal);
            await PromTool.AcceptsAsync(after);
        }
    }

    [SkippableFact]
    public async Task A_token_for_metrics_reads_nothing_else_and_without_one_nothing_is_read()
    {
        string token = await AddTokenAsync();
        Assert.EndsWith("\n403", await AskAsync(token, "/api/v1/queue"), StringComparison.Ordinal);
        Assert.EndsWith("\n401", await AskAsync("", "/metrics"), StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Nothing_of_OpenTelemetry_is_loaded_where_nothing_is_sent()
    {
        Skip.IfNot(OperatingSystem.IsLinux());
        string maps = File.ReadAllText($"/proc/{Server.ProcessId}/maps");
        Assert.Contains("PluginMail.Admin.dll", maps, StringComparison.Ordinal);
        Assert.DoesNotContain("OpenTelemetry", maps, StringComparison.Ordinal);
    }

    private static void AssertMore(string before, string after, string series) =>
        Assert.True(Value(after, series) > Value(before, series), $"{series} was not counted:\n{after}");

    private static double Value(string text, string series) => text.Split('\n')
        .Where(line => line.StartsWith($"{series} ", StringComparison.Ordinal))
        .Select(line => double.Parse(line[(series.Length + 1)..], CultureInfo.InvariantCulture))
        .FirstOrDefault();

    private async Task<string> AddTokenAsync()
    {
        ProgramResult added = await Server.RunAsync("token", "add", NewName("prometheus"), "--metrics");
        return added.Succeeded().Output.Split('\n').Single(line => line.StartsWith("pluginmail_", StringComparison.Ordinal)).Trim();
    }

    private async Task<string> ReadAsync(string token)
    {
        string answer = await AskAsync(token, "/metrics");
        Assert.EndsWith("\n200", answer, StringComparison.Ordinal);
        return answer[..^3];
    }

    // The body, and the status behind it.
    private async Task<string> AskAsync(string token, string path)
    {
        Programs.Require("curl");
        ProgramResult result = await Programs.RunAsync(
            "curl", "--silent", "--show-error", "--cacert", Path.Combine(Server.Data, "tls/certificate.pem"), "--max-time", "30",
            "--write-out", "\n%{http_code}", "--header", token.Length > 0 ? $"Authorization: Bearer {token}" : "X-None: 1", $"https://127.0.0.1:{Ports.Http}{path}");
        return result.Succeeded().Output.TrimEnd();
    }
}
