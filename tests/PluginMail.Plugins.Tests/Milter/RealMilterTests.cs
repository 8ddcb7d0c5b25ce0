using System.Text;
using PluginMail.Abstractions;
using PluginMail.Plugins.Tests.ClamAv;
using PluginMail.Plugins.Tests.Support;

namespace PluginMail.Plugins.Tests.Milter;

/// <summary>The Milter plugin with milters that others wrote.</summary>
public sealed class RealMilterTests
{
    private const string Message =
        "From: Anna <anna@example.test>\r\nTo: bob@example.org\r\nSubject: a long subject  that is\r\n folded\r\nDate: Sun, 22 Nov 2026 01:00:00 +0000\r\n" +
        "Message-ID: <1@example.test>\r\n\r\nText  with spaces \r\n\r\n";

    [SkippableFact]
    public async Task What_opendkim_signs_opendkim_verifies()
    {
        await using var opendkim = await OpenDkim.StartAsync();
        await using var bench = await ListBench.StartAsync("milter", "hostname = \"mx.example.test\"\n" + MilterTests.Table(opendkim.Address));
        await using var sender = new MilterTalk(bench.Plugins) { Authenticated = new EmailAddress("anna", "example.test") };
        var signature = Assert.Single((await sender.SendAsync(Message)).Effects.OfType<HeaderEdit.Insert>(), edit => edit.Name == "DKIM-Signature");
        Assert.Equal(0, signature.Position);
        string signed = $"DKIM-Signature:{Encoding.Latin1.GetString(signature.RawValue.Span)}\r\n{Message}";

        await using var receiver = new MilterTalk(bench.Plugins);
        Assert.Contains("dkim=pass", await ResultsAsync(receiver, signed), StringComparison.Ordinal);
        Assert.Equal(["", ""], [await receiver.SenderAsync(), await receiver.RecipientAsync()]);
        string changed = await ResultsAsync(receiver, signed.Replace("spaces \r\n", "spaces\r\n", StringComparison.Ordinal), isBegun: true);
        Assert.Contains("dkim=fail", changed, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("Reject", "550 5.7.1 Infected by PluginMail.Own")]
    [InlineData("Quarantine", "hold")]
    [InlineData("Blackhole", "discard")]
    [InlineData("Defer", "451 4.7.1 ")]
    public async Task Clamav_milter_finds_what_is_infected(string onInfected, string expected)
    {
        await using var scanner = await ClamAvMilter.StartAsync(onInfected);
        await using var bench = await ListBench.StartAsync("milter", MilterTests.Table(scanner.Address));
        await using var talk = new MilterTalk(bench.Plugins);
        var clean = await talk.SendAsync(Message);
        Assert.IsType<Decision.Pass>(clean.Decision);
        Assert.Equal(onInfected == "Reject" ? 0 : 2, clean.Effects.OfType<HeaderEdit.Insert>().Count(edit => edit.Name.StartsWith("X-Virus-", StringComparison.Ordinal)));
        Assert.Equal(["", ""], [await talk.SenderAsync(), await talk.RecipientAsync()]);
        string said = (await talk.MessageAsync(Message + Clamd.OwnSignature + "\r\n")).Decision switch
        {
            Decision.Refuse refuse => refuse.Reply.ToString(),
            Decision.Defer defer => defer.Reply.ToString(),
            Decision.Hold => "hold",
            Decision.Discard => "discard",
            var other => other.ToString(),
        };
        Assert.StartsWith(expected, said, StringComparison.Ordinal);
    }

    private static async Task<string> ResultsAsync(MilterTalk talk, string message, bool isBegun = false)
    {
        var verdict = isBegun ? await talk.MessageAsync(message) : await talk.SendAsync(message);
        return string.Concat(verdict.Effects.OfType<HeaderEdit.Insert>()
            .Where(edit => edit.Name == "Authentication-Results").Select(edit => Encoding.Latin1.GetString(edit.RawValue.Span)));
    }
}
