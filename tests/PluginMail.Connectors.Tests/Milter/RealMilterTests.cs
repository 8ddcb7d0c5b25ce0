using System.Diagnostics;
using System.Text;
using PluginMail.Abstractions;
using PluginMail.Connectors.Tests.Support;
using PluginMail.Testing;
using PluginMail.Testing.Plugins;

namespace PluginMail.Connectors.Tests.Milter;

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

    [SkippableFact]
    public async Task A_milter_on_libmilter_hears_all_and_is_heard()
    {
        await using var milter = await LibMilter.StartAsync();
        await using var bench = await ListBench.StartAsync("milter", MilterTests.Table(milter.Address));
        Verdict verdict;
        await using (var talk = new MilterTalk(bench.Plugins) { TransactionId = "t1" })
        {
            await talk.ConnectAsync();
            await talk.GreetAsync();
            Assert.Equal("502 5.5.9 No 100% of it never", await talk.UnknownAsync("XYZZY a b"));
            await talk.SenderAsync("a@example.org", new("SIZE", "10"), new("BODY", "8BITMIME"));
            await talk.RefusedAsync(new SmtpReply(550, new EnhancedStatusCode(5, 1, 1), "No such mailbox"));
            await talk.RecipientAsync("b@example.test", new EsmtpParameter("NOTIFY", "NEVER"));
            Assert.Equal("", await talk.DataAsync());
            verdict = await talk.MessageAsync("Subject: x\r\n\r\n" + new string('x', 100_000));
        }

        await PluginBench.UntilAsync(() => milter.Told.Contains("CLOSE"), "the milter hears of the end");
        Assert.Equal(
            [
                "UNKNOWN|XYZZY a b", "MAIL|<a@example.org>|SIZE=10|BODY=8BITMIME", "RCPT|<nobody@example.test>|error|5.1.1|No such mailbox|t1",
                "RCPT|<b@example.test>|NOTIFY=NEVER|local|example.test|b@example.test|t1", "DATA|t1", "HEADER|Subject| x", "BODY|65535", "CLOSE",
            ],
            milter.Told);
        Assert.Equal($"milter {milter.Address}: seen", Assert.IsType<Decision.Hold>(verdict.Decision).Reason);
        Assert.Equal(
            ["+c@example.net Success, Delay rfc822;o@example.org", "from s@example.net Headers QQ1", "0 X-Peer: yes"], verdict.Effects.Select(MilterTalk.Text));
    }

    [SkippableTheory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_field_longer_than_libmilter_takes_is_told_as_far_as_it_goes(int lines)
    {
        await using var milter = await LibMilter.StartAsync();
        await using var bench = await ListBench.StartAsync("milter", MilterTests.Table(milter.Address));
        await using var talk = new MilterTalk(bench.Plugins) { TransactionId = "t1" };
        string value = string.Join("\r\n ", Enumerable.Repeat(new string('x', 150_000 / lines), lines));
        var verdict = await talk.SendAsync($"X-Long: {value}\r\nMessage-ID: <{new string('m', 70_000)}@example.org>\r\nSubject: x\r\n\r\nbody\r\n");
        Assert.IsType<Decision.Hold>(verdict.Decision);
        string told = string.Join('\n', milter.Told);
        Assert.Equal(65535, told[(told.IndexOf("X-Long", StringComparison.Ordinal))..told.IndexOf("\nHEADER|Message-ID", StringComparison.Ordinal)].Length + 1);
        Assert.Contains("\nHEADER|Subject| x\n", told, StringComparison.Ordinal);
    }

    // What another client of the protocol says: miltertest, with which OpenDKIM and OpenDMARC are tested.
    [SkippableFact]
    public async Task What_miltertest_says_this_says()
    {
        PeerProgram.Require("/usr/bin/miltertest", "miltertest");
        await using var theirs = new FakeMilter();
        string port = theirs.Address[(theirs.Address.LastIndexOf(':') + 1)..];
        string script = Path.Combine(Directory.CreateTempSubdirectory("miltertest-").FullName, "session.lua");
        await File.WriteAllTextAsync(script, $"""
            conn = mt.connect("inet:{port}@127.0.0.1", 10, 0.1)
            mt.conninfo(conn, "[192.0.2.7]", "192.0.2.7")
            mt.helo(conn, "client.example.org")
            mt.unknown(conn, "XYZZY a b")
            mt.mailfrom(conn, "<a@example.org>", "SIZE=10", "BODY=8BITMIME")
            mt.rcptto(conn, "<b@example.test>", "NOTIFY=NEVER")
            mt.data(conn)
            mt.header(conn, "Subject", "x")
            mt.eoh(conn)
            mt.bodystring(conn, "body\r\n")
            mt.eom(conn)
            mt.disconnect(conn)
            """);
        using (var program = Process.Start(new ProcessStartInfo("/usr/bin/miltertest", ["-w", "-s", script]) { UseShellExecute = false, RedirectStandardError = true })!)
        {
            string error = await program.StandardError.ReadToEndAsync();
            await program.WaitForExitAsync();
            Assert.Equal("", error);
        }

        Directory.Delete(Path.GetDirectoryName(script)!, recursive: true);
        await using var ours = new FakeMilter();
        await using var bench = await MilterTests.StartAsync(ours);
        await using (var talk = new MilterTalk(bench.Plugins))
        {
            await talk.ConnectAsync();
            await talk.GreetAsync();
            await talk.UnknownAsync("XYZZY a b");
            await talk.SenderAsync("a@example.org", new("SIZE", "10"), new("BODY", "8BITMIME"));
            await talk.RecipientAsync("b@example.test", new EsmtpParameter("NOTIFY", "NEVER"));
            await talk.DataAsync();
            await talk.MessageAsync();
        }

        await MilterTests.HeardAsync(ours, "Q");
        await MilterTests.HeardAsync(theirs, "Q");
        Assert.Equal(theirs.Heard.Select(WithoutPort), ours.Heard.Select(WithoutPort));
    }

    private static string WithoutPort(string heard) => heard[0] == 'C' && heard.IndexOf("|4", StringComparison.Ordinal) is var at and > 0 ? heard[..(at + 2)] + heard[(at + 4)..] : heard;

    private static async Task<string> ResultsAsync(MilterTalk talk, string message, bool isBegun = false)
    {
        var verdict = isBegun ? await talk.MessageAsync(message) : await talk.SendAsync(message);
        return string.Concat(verdict.Effects.OfType<HeaderEdit.Insert>()
            .Where(edit => edit.Name == "Authentication-Results").Select(edit => Encoding.Latin1.GetString(edit.RawValue.Span)));
    }
}
