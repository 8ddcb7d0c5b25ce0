using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace PluginMail.Smtp.Tests;

/// <summary>What a transcript cannot say.</summary>
public sealed class SessionTests
{
    private static readonly SmtpOptions Options = SmtpOptions.For(SmtpFlavour.Smtp, "mx.example.test");

    [Theory]
    [MemberData(nameof(DataScannerTests.Smuggling), MemberType = typeof(DataScannerTests))]
    public async Task Smuggled_commands_are_never_seen(string payload)
    {
        await using InMemorySession session = await GreetedAsync(Options);
        await BeginDataAsync(session);
        await session.SendAsync(payload + "MAIL FROM:<smuggled@example.org>\r\n.\r\nNOOP\r\n");
        Assert.StartsWith("554 5.6.0 ", await session.ReadReplyAsync(), StringComparison.Ordinal);
        Assert.StartsWith("250 2.0.0 OK", await session.ReadReplyAsync(), StringComparison.Ordinal);
        Assert.Empty(session.Sessions.Messages);
    }

    [Fact]
    public async Task Replies_to_a_group_go_out_together()
    {
        await using InMemorySession session = await GreetedAsync(Options);
        await session.SendAsync("NOOP\r\nNOOP\r\nNO");
        Assert.Equal("250 2.0.0 OK", await session.ReadReplyAsync());
        Assert.Equal("250 2.0.0 OK", await session.ReadReplyAsync());
        await session.SendAsync("OP\r\n");
        Assert.Equal("250 2.0.0 OK", await session.ReadReplyAsync());
    }

    [Fact]
    public async Task A_client_that_sends_without_end_and_reads_nothing_is_held_back()
    {
        await using InMemorySession session = await GreetedAsync(Options);
        string group = string.Concat(Enumerable.Repeat("HELP\r\n", 2000));
        int sent = 0;
        ValueTask<System.IO.Pipelines.FlushResult> sending = session.SendAsync(group);
        while (sending.IsCompleted && sent < 200)
        {
            await sending;
            await Task.Delay(1);
            sent++;
            sending = session.SendAsync(group);
        }

        Assert.InRange(sent, 1, 100);
        Assert.InRange(session.Connection.Output.UnflushedBytes, 0, 70_000);
        await session.AdvanceWhileBlockedAsync(TimeSpan.FromMinutes(6));
        await sending;
    }

    [Fact]
    public async Task A_dialog_means_the_same_however_it_is_cut()
    {
        const string Dialog = "HELO c.example\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.test>\r\nDATA\r\n..one\r\n\r\n..\r\ntwo\r\n.\r\n"
            + "MAIL FROM:<>\r\nRCPT TO:<b@example.test>\r\nBDAT 7\r\none\r\n.\rBDAT 6 LAST\r\n\ntwo\r\nQUIT\r\n";
        string expected = await PlayAsync([Dialog.Length]);
        Assert.Contains("221 ", expected, StringComparison.Ordinal);
        for (int cut = 1; cut < Dialog.Length; cut += cut < 12 ? 1 : 17)
        {
            Assert.Equal(expected, await PlayAsync([cut]));
        }

        foreach (List<int> cuts in Gen.ListOf(Gen.Choose(1, 60)).Where(list => list.Count > 0).Sample(20))
        {
            Assert.Equal(expected, await PlayAsync([.. cuts]));
        }

        async Task<string> PlayAsync(int[] cuts)
        {
            await using var session = new InMemorySession(Options, new RecordingSessions());
            int at = 0;
            for (int i = 0; at < Dialog.Length; i++)
            {
                int length = Math.Min(cuts[i % cuts.Length], Dialog.Length - at);
                await session.SendAsync(Dialog.Substring(at, length));
                at += length;
            }

            var text = new StringBuilder();
            while (await session.ReadLineAsync() is { } line)
            {
                text.AppendLine(line);
            }

            return text.AppendJoin('\n', session.Sessions.Messages).ToString();
        }
    }

    [Theory]
    [InlineData("NOOP ", 510, "250")]
    [InlineData("NOOP ", 511, "500")]
    [InlineData("NOOP ", 12286, "500")]
    [InlineData("NOOP ", 12287, "500")]
    [InlineData("NOOP ", 500_000, "500")]
    [InlineData("MAIL FROM:<a@b> X=", 1189, "555")]
    [InlineData("MAIL FROM:<a@b> X=", 1190, "500")]
    public async Task Lines_are_bounded(string start, int length, string code)
    {
        await using InMemorySession session = await GreetedAsync(Options);
        Assert.StartsWith(code, await session.AskAsync(start.PadRight(length, 'x')), StringComparison.Ordinal);
        Assert.Equal("250 2.0.0 OK", await session.AskAsync("NOOP"));
    }

    [Fact]
    public async Task Exchange_lines_are_bounded_at_12288_octets()
    {
        SmtpOptions options = SmtpOptions.For(SmtpFlavour.Submission, "mx.example.test");
        await using var session = new InMemorySession(options, new RecordingSessions(), new ScriptedSignIn { AllowsPlainTextAlways = true });
        await session.ReadReplyAsync();
        await session.AskAsync("HELO c.example");
        Assert.Equal("334 ", await session.AskAsync("AUTH PLAIN"));
        Assert.StartsWith("500 5.5.6 ", await session.AskAsync(new string('A', 12288)), StringComparison.Ordinal);
        Assert.Equal("334 ", await session.AskAsync("AUTH PLAIN"));
        Assert.StartsWith("535 5.7.8 ", await session.AskAsync(new string('A', 12284)), StringComparison.Ordinal);
        Assert.StartsWith("535 5.7.8 ", await session.AskAsync("AUTH PLAIN " + new string('A', 12000)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Large_messages_pass_through_in_pieces()
    {
        await using InMemorySession session = await GreetedAsync(Options with { MaximumMessageSize = 3_000_000 });
        string text = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{i} {new string('x', i % 200)}\r\n"));
        await BeginDataAsync(session);
        await session.SendAsync(text + ".\r\n");
        Assert.StartsWith("250", await session.ReadReplyAsync(), StringComparison.Ordinal);
        Assert.Equal(text, Encoding.Latin1.GetString(Assert.Single(session.Sessions.Messages).Octets));
    }

    [Fact]
    public async Task Octets_are_not_altered()
    {
        await using InMemorySession session = await GreetedAsync(Options);
        byte[] octets = [.. Enumerable.Range(0, 256).Where(octet => octet is not '\r' and not '\n').Select(octet => (byte)octet)];
        await BeginDataAsync(session);
        await session.SendAsync((byte[])[.. octets, .. "\r\n.\r\n"u8]);
        Assert.StartsWith("250", await session.ReadReplyAsync(), StringComparison.Ordinal);
        Assert.Equal([.. octets, .. "\r\n"u8], Assert.Single(session.Sessions.Messages).Octets);
    }

    [Fact]
    public async Task A_client_that_leaves_in_the_midst_of_a_message_delivers_nothing()
    {
        var sessions = new RecordingSessions();
        await using (InMemorySession session = await GreetedAsync(Options, sessions))
        {
            await BeginDataAsync(session);
            await session.SendAsync("half a message\r\n");
            await session.WaitUntilWaitingAsync();
        }

        Assert.Empty(sessions.Messages);
        Assert.Contains("disposed", sessions.Events);
    }

    [Fact]
    public async Task Whatever_comes_in_the_session_answers_or_ends()
    {
        Gen<string> lines = Gen.Elements(
            "EHLO c.example", "HELO c", "MAIL FROM:<a@example.org>", "MAIL FROM:<> SIZE=9", "RCPT TO:<b@example.test>", "RCPT TO:<refused@x.example>", "DATA",
            "BDAT 3", "BDAT 5 LAST", "BDAT 0 LAST", "RSET", "NOOP", "VRFY x", "HELP", "AUTH PLAIN", "AUTH PLAIN AA==", "*", ".", "", "text", "\0", "BDAT x", "ü")
            .SelectMany(line => Gen.Elements("\r\n", "\r\n", "\r\n", "\n", "\r").Select(end => line + end));
        foreach (List<string> dialog in Gen.ListOf(lines, 40).Sample(100))
        {
            await using var session = new InMemorySession(
                Options with { OffersAuth = true, MaximumErrors = 1000 }, new RecordingSessions(), new ScriptedSignIn { AllowsPlainTextAlways = true });
            await session.SendAsync(string.Concat(dialog) + "\r\n.\r\n*\r\n");
            await session.SendAsync("xxxxxxxxxx\r\n.\r\nNOOP\r\nQUIT\r\n");
            string? last = null;
            while (await session.ReadLineAsync() is { } line)
            {
                Assert.Matches("^[2-5][0-9][0-9][ -]", line);
                last = line;
            }

            Assert.Matches("^(221|501) ", last);
        }
    }

    private static async Task<InMemorySession> GreetedAsync(SmtpOptions options, RecordingSessions? sessions = null)
    {
        var session = new InMemorySession(options, sessions ?? new RecordingSessions());
        await session.ReadReplyAsync();
        await session.AskAsync("HELO c.example");
        return session;
    }

    private static async Task BeginDataAsync(InMemorySession session)
    {
        await session.AskAsync("MAIL FROM:<a@example.org>");
        await session.AskAsync("RCPT TO:<b@example.test>");
        Assert.StartsWith("354", await session.AskAsync("DATA"), StringComparison.Ordinal);
    }
}
