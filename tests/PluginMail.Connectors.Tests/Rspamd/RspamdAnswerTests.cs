using System.Text;
using PluginMail.Abstractions;
using PluginMail.Connectors.Tests.Support;
using PluginMail.Testing;
using PluginMail.Testing.Plugins;

namespace PluginMail.Connectors.Tests.Rspamd;

/// <summary>The Rspamd plugin against something that only pretends to be one, and against nothing.</summary>
public sealed class RspamdAnswerTests
{
    [Theory]
    [InlineData("""{"action":"no action","score":1.5}""", "Score RSPAMD 1.5")]
    [InlineData("""{"action":"no action","score":1.5,"symbols":{"A B\n":{"score":2},"C":{"score":"2"},"D":7,"E":{"score":0}}}""", "Score RSPAMD_A_B? 2, Score RSPAMD -0.5")]
    [InlineData("""{"action":"no action","score":0,"symbols":[1,2],"milter":[],"messages":7,"subject":{}}""", "Score RSPAMD 0")]
    [InlineData("""{"action":"never heard of","score":3}""", "Score RSPAMD 3")]
    [InlineData("""{"action":"reject","score":20,"messages":{"smtp_message":"a\r\n250 b"}}""", "550 5.7.1 a??250 b")]
    [InlineData("""{"action":"reject","score":20}""", "550 5.7.1 Spam message rejected")]
    [InlineData("""{"action":"reject","score":20,"milter":{"reject":"discard"}}""", "Discard")]
    [InlineData("""{"action":"reject","score":20,"milter":{"reject":"quarantine"}}""", "Hold")]
    [InlineData("""{"action":"lose it","score":20,"reject":"discard"}""", "Discard")]
    [InlineData("""{"action":"quarantine","score":20,"reject":"quarantine"}""", "Hold")]
    [InlineData("""{"action":"no action","score":0,"milter":{"reject":"discard"}}""", "Score RSPAMD 0")]
    [InlineData("""{"action":"reject","score":20,"milter":{"no_action":true,"add_headers":{"X-A":"1"}}}""", "Add X-A 1 bottom")]
    [InlineData("""{"action":"no action","score":0,"dkim-signature":"v=1; a=x;\r\n\tb=y"}""", "Score RSPAMD 0, Insert DKIM-Signature< v=1; a=x;\r\n\tb=y> 0")]
    [InlineData("""{"action":"no action","score":0,"dkim-signature":"v=1;\r\nb=y"}""", "Score RSPAMD 0, Add DKIM-Signature v=1; b=y top")]
    [InlineData("""{"action":"no action","score":0,"dkim-signature":["v=1",7,"v=2"]}""", "Score RSPAMD 0, Insert DKIM-Signature< v=1> 0, Insert DKIM-Signature< v=2> 1")]
    [InlineData("""{"action":"no action","score":0,"milter":{"add_rcpt":["<c@example.test>","no address",7],"del_rcpt":["b@example.test"]}}""",
        "Score RSPAMD 0, AddRecipient c@example.test, RemoveRecipient b@example.test")]
    [InlineData("""{"action":"add header","score":7}""", "Score RSPAMD 7, Tag spam, Add X-Spam Yes top")]
    [InlineData("""{"action":"add header","score":7,"milter":{"spam_header":"Very\r\n much"}}""", "Score RSPAMD 7, Tag spam, Add X-Spam Very much top")]
    [InlineData("""{"action":"add header","score":7,"milter":{"spam_header":{"X-Junk":"1","Subject":"[spam]","No Name":"x"}}}""",
        "Score RSPAMD 7, Tag spam, Add X-Junk 1 top, Remove Subject 0, Add Subject [spam] top")]
    [InlineData("""{"action":"no action","score":0,"milter":{"spam_header":"Yes"}}""", "Score RSPAMD 0")]
    [InlineData("""{"action":"soft reject","score":1}""", "451 4.7.1 Try again later")]
    [InlineData("""{"action":"no action","score":0,"milter":{"add_headers":{"Bad Name":"x","X-A":["1",{"value":"2\r\n Bcc: y","order":0}],"X-B":3},"remove_headers":{"X-C":2,"X-D":-1}}}""",
        "Score RSPAMD 0, Remove X-C 2, Remove X-D -1, Add X-A 1 bottom, Add X-A 2 Bcc: y top")]
    [InlineData("""{"action":"no action","score":0,"milter":{"remove_headers":{"X-A":[1,3,2,3],"X-B":[-1,-3,1],"X-C":[2,0],"X-D":"1","X-E":1.5,"X-F":[],"X-G":{}}}}""",
        "Score RSPAMD 0, Remove X-A 3, Remove X-A 2, Remove X-A 1, Remove X-B 1, Remove X-B -3, Remove X-B -1, Remove X-C 0")]
    [InlineData("""{"action":"no action","score":0,"milter":{"add_headers":{"X-A":["=?UTF-8?Q?Gr=C3=BC?=",{"value":"a =?UTF-8?Q?=C3=BC?=","order":1}],"X-B":"\u00fc =?x?="}}}""",
        "Score RSPAMD 0, Insert X-A< =?UTF-8?Q?Gr=C3=BC?=> 2147483647, Insert X-A< a =?UTF-8?Q?=C3=BC?=> 0, Add X-B \u00fc =?x?= bottom")]
    [InlineData("""{"action":"add header","score":7,"milter":{"spam_header":{"X-Junk":"=?UTF-8?Q?=C3=BC?="}}}""", "Score RSPAMD 7, Tag spam, Insert X-Junk< =?UTF-8?Q?=C3=BC?=> 0")]
    [InlineData("""{"action":"rewrite subject","score":8,"subject":"a\r\n b"}""", "Score RSPAMD 8, Tag spam, Replace Subject a b 1")]
    [InlineData("""{"action":"rewrite subject","score":8,"subject":"=?UTF-8?Q?=C3=BC_and_so_on_until_the_line_is_long_enough?= =?UTF-8?Q?=C3=BC?= \r\n b"}""",
        "Score RSPAMD 8, Tag spam, Remove Subject 1, Insert Subject< =?UTF-8?Q?=C3=BC_and_so_on_until_the_line_is_long_enough?=\r\n =?UTF-8?Q?=C3=BC?= b> 0")]
    [InlineData("""{"action":"no action","score":0,"milter":{"change_from":"not an address"}}""", "Score RSPAMD 0")]
    [InlineData("""{"action":"no action","score":1e999}""", "451 4.3.0")]
    [InlineData("""{"action":"no action","score":1e30}""", "451 4.3.0")]
    [InlineData("""{"action":7,"score":1}""", "451 4.3.0")]
    [InlineData("""{"score":1}""", "451 4.3.0")]
    [InlineData("""["reject"]""", "451 4.3.0")]
    [InlineData("""{"action":"reject" """, "451 4.3.0")]
    [InlineData("", "451 4.3.0")]
    public async Task Answers_are_understood(string json, string expected)
    {
        await using var rspamd = new FixedAnswer(Http(json));
        Assert.StartsWith(expected, await CheckAsync(rspamd.Address), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_deep_too_long_and_other_answers_are_none()
    {
        string deep = $$"""{"action":"reject","score":1,"x":{{new string('[', 100)}}{{new string(']', 100)}}}""";
        string large = $$"""{"action":"reject","score":1,"x":"{{new string('x', 17_000_000)}}"}""";
        foreach (string answer in (string[])[Http(deep), Http(large), "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", "rubbish\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{}"])
        {
            await using var rspamd = new FixedAnswer(answer);
            Assert.StartsWith("451 4.3.0", await CheckAsync(rspamd.Address), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(100_000, "Score RSPAMD 1")] // 3 MB: Rspamd lists each host that is linked to
    [InlineData(600_000, "451 4.3.0")]
    public async Task A_long_reply_is_read_and_one_too_long_is_no_outage(int hosts, string expected)
    {
        string urls = string.Join(',', Enumerable.Range(0, hosts).Select(i => $"\"https://host{i}.example.org/\""));
        await using var rspamd = new FixedAnswer(Http($$"""{"action":"no action","score":1,"urls":[{{urls}}]}"""));
        await using var bench = new PluginBench();
        Assert.StartsWith(expected, await CheckAsync(bench, rspamd.Address), StringComparison.Ordinal);
        Assert.DoesNotContain(bench.Loggers.Lines, line => line.Text.Contains("is unavailable", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("500 Cannot parse it", false)]
    [InlineData("404 Not Found", true)]
    [InlineData("403 Forbidden", true)]
    public async Task An_error_for_one_message_is_no_outage_and_no_worker_is_one(string status, bool isOutage)
    {
        await using var rspamd = new FixedAnswer($"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");
        await using var bench = new PluginBench();
        Assert.StartsWith("451 4.3.0", await CheckAsync(bench, rspamd.Address), StringComparison.Ordinal);
        Assert.Equal(isOutage, bench.Loggers.Lines.Any(line => line.Text.Contains("is unavailable", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("\u00ff", "Score RSPAMD_A? 1")]
    [InlineData("\\ud800", "451 4.3.0")]
    public async Task What_is_no_character_in_a_reply_is_neither_a_fault_nor_an_outage(string octet, string expected)
    {
        string json = $$$"""{"action":"no action","score":1,"symbols":{"A{{{octet}}}":{"score":1}},"subject":"{{{octet}}}"}""";
        await using var rspamd = new FixedAnswer($"HTTP/1.1 200 OK\r\nContent-Length: {json.Length}\r\n\r\n{json}");
        await using var bench = new PluginBench();
        Assert.StartsWith(expected, await CheckAsync(bench, rspamd.Address), StringComparison.Ordinal);
        Assert.DoesNotContain(bench.Loggers.Lines, line => line.Text.Contains("is unavailable", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_request_is_the_protocols()
    {
        await using var rspamd = new FixedAnswer(Http("""{"action":"no action","score":0}"""));
        await CheckAsync(rspamd.Address, ("settings_id", "strict"), ("settings", """{"symbols_disabled":["A"]}"""), ("pass_all", true));
        string[] lines = rspamd.Asked.Split("\r\n\r\n")[0].Split("\r\n");
        Assert.Equal("POST /checkv2 HTTP/1.1", lines[0]);
        foreach (string field in (string[])["From: a@example.test", "Rcpt: b@example.test", "Deliver-To: b@example.test", "Queue-Id: t1", "Pass: all",
            "Settings-ID: strict", """Settings: {"symbols_disabled":["A"]}""", "Content-Length: 20"])
        {
            Assert.Contains(field, lines);
        }

        Assert.EndsWith("Subject: x\r\n\r\ny\r\n.\r\n", rspamd.Asked, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_recipients_are_told_as_far_as_they_fit_into_a_header_that_Rspamd_reads()
    {
        const int LongestHeader = 80 * 1024;
        Assert.Equal(1000, await RecipientsToldAsync("n"));
        Assert.InRange(await RecipientsToldAsync(new string('n', 200)), 200, 999);

        static async Task<int> RecipientsToldAsync(string name)
        {
            await using var rspamd = new FixedAnswer(Http("""{"action":"no action","score":0}"""));
            await using var bench = await ListBench.StartAsync("rspamd", $"address = [\"{rspamd.Address}\"]");
            var envelope = new Envelope(null, [.. Enumerable.Range(0, 1000).Select(i => new EmailAddress($"{name}{i}", "example.test"))]);
            await bench.CheckAsync(new FakeMessage(new MemoryContent("Subject: x\r\n\r\ny\r\n.\r\n"u8.ToArray())) { Envelope = envelope });
            string head = rspamd.Asked.Split("\r\n\r\n")[0];
            Assert.InRange(head.Length, 1, LongestHeader);
            return head.Split("\r\n").Single(line => line.StartsWith("Rcpt: ", StringComparison.Ordinal)).Split(", ").Length;
        }
    }

    [Theory]
    [InlineData("503 Busy", "", true)]
    [InlineData("500 Error", "already learned as spam", false)]
    [InlineData("404 Not Found", "", false)]
    [InlineData("401 Unauthorized", "", false)]
    public async Task Where_a_controller_fails_the_next_one_is_taught(string status, string body, bool isNextAsked)
    {
        await using var first = new FixedAnswer($"HTTP/1.1 {status}\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        await using var second = new FixedAnswer(Http("""{"success":true}"""));
        await using var bench = new PluginBench();
        Assert.Empty(await bench.ApplyAsync(DictionarySettings.For("rspamd", ("learn", true), ("controller", new[] { first.Address, second.Address }))));
        using var content = new MemoryContent("Subject: x\r\n\r\ny\r\n.\r\n"u8.ToArray());
        var change = new MailboxChange(new EmailAddress("b", "example.test"), MailboxChangeKind.Moved, "Junk", "INBOX", 1, content);
        Assert.Null((await bench.Roles.MailboxObservers[0].AskAsync(change, CancellationToken.None)).Fault);
        Assert.Equal(isNextAsked, second.Asked.StartsWith("POST /learnspam ", StringComparison.Ordinal));
        Assert.Equal(isNextAsked || body.Length > 0, bench.Loggers.Lines.Any(line => line.Text.Contains("is learned as Spam", StringComparison.Ordinal)));
        Assert.DoesNotContain(bench.Loggers.Lines, line => line.Text.Contains("is unavailable", StringComparison.Ordinal));
    }

    [SkippableTheory]
    [InlineData("192.0.2.7", "mail.example.org")]
    [InlineData("::ffff:192.0.2.8", "second.example.org")] // by the second address of its name
    [InlineData("192.0.2.9", "")] // anybody may write the name of a bank into a reverse zone
    [InlineData("192.0.2.10", "")]
    [InlineData("2001:db8::7", "mail.example.org")]
    public async Task Rspamd_is_told_a_name_that_leads_back_to_the_client(string client, string expected)
    {
        Skip.IfNot(RealDns.IsInstalled, "nsd and unbound are not installed");
        await using var dns = await RealDns.StartAsync(
            new DnsZone("2.0.192.in-addr.arpa", "7 PTR mail.example.org.\n8 PTR second.example.org.\n9 PTR bank.example.org."),
            new DnsZone("8.b.d.0.1.0.0.2.ip6.arpa", "7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0 PTR mail.example.org."),
            new DnsZone("example.org", "mail A 192.0.2.7\nmail AAAA 2001:db8::7\nsecond A 192.0.2.80\nsecond A 192.0.2.8\nbank A 198.51.100.1"));
        await using var rspamd = new FixedAnswer(Http("""{"action":"no action","score":0}"""));
        await using var bench = await ListBench.StartAsync("rspamd", $"address = [\"{rspamd.Address}\"]", dns.EndPoint);
        byte[] text = Encoding.Latin1.GetBytes("Subject: x\r\n\r\ny\r\n.\r\n");
        await bench.CheckAsync(new FakeMessage(new MemoryContent(text)) { BroughtBy = ListBench.Stranger(client) });
        string[] names = [.. rspamd.Asked.Split("\r\n").Where(line => line.StartsWith("Hostname: ", StringComparison.Ordinal))];
        Assert.Equal(expected.Length > 0 ? [$"Hostname: {expected}"] : [], names);
    }

    [Theory]
    [InlineData("address", new[] { "unix:relative" })]
    [InlineData("controller", new[] { "x" })]
    [InlineData("settings", "[1]")]
    [InlineData("settings", "{")]
    [InlineData("settings_id", "two words")]
    [InlineData("maximum_size", 0L)]
    [InlineData("scale", 1000.0)]
    [InlineData("trash_folder", "")]
    [InlineData("pasword_file", "x")]
    public async Task Impossible_settings_are_refused(string key, object value)
    {
        await using var bench = new PluginBench();
        string error = Assert.Single(await bench.ApplyAsync(DictionarySettings.For("rspamd", (key, value))));
        Assert.Contains(key, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_file_that_cannot_be_read_is_refused()
    {
        await using var bench = new PluginBench();
        string error = Assert.Single(await bench.ApplyAsync(DictionarySettings.For("rspamd", ("learn", true), ("password_file", "/nowhere/password"))));
        Assert.Contains("password_file", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("192.0.2.1:11334", false, false)]
    [InlineData("controller.example.test:11334", false, false)]
    [InlineData("192.0.2.1:11334", true, true)]
    [InlineData("127.0.0.2:11334", false, true)]
    [InlineData("[::1]:11334", false, true)]
    [InlineData("unix:/run/rspamd/controller.sock", false, true)]
    public async Task A_password_leaves_the_machine_only_where_that_is_allowed(string controller, bool isAllowed, bool isTaken)
    {
        string file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "secret\n");
        await using var bench = new PluginBench();
        var errors = await bench.ApplyAsync(DictionarySettings.For(
            "rspamd", ("learn", true), ("password_file", file), ("controller", new[] { controller }), ("allow_plain_text", isAllowed)));
        File.Delete(file);
        Assert.Equal(isTaken, errors.Count == 0);
        Assert.All(errors, static error => Assert.Contains("controller", error, StringComparison.Ordinal));
    }

    private static string Http(string json) => $"HTTP/1.1 200 OK\r\nContent-Length: {Encoding.UTF8.GetByteCount(json)}\r\n\r\n{json}";

    private static async Task<string> CheckAsync(string address, params (string Key, object Value)[] settings)
    {
        await using var bench = new PluginBench();
        return await CheckAsync(bench, address, settings);
    }

    private static async Task<string> CheckAsync(PluginBench bench, string address, params (string Key, object Value)[] settings)
    {
        Assert.Empty(await bench.ApplyAsync(DictionarySettings.For("rspamd", [.. settings, ("address", new[] { address }), ("when_unavailable", "defer")])));
        var answer = await bench.Roles.MessageChecks[0].AskAsync(FakeMessage.FromText("Subject: x\r\n\r\ny\r\n.\r\n"), CancellationToken.None);
        Assert.Null(answer.Fault);
        return answer.Value.Decision switch
        {
            Decision.Refuse refuse => refuse.Reply.ToString(),
            Decision.Defer defer => defer.Reply.ToString(),
            Decision.Pass => string.Join(", ", answer.Value.Effects.Select(Describe)),
            var other => other.GetType().Name,
        };
    }

    private static string Describe(Effect effect) => effect switch
    {
        Effect.Score score => $"Score {score.Reason} {score.Points}",
        HeaderEdit.Add add => $"Add {add.Name} {add.Value} {(add.AtTop ? "top" : "bottom")}",
        HeaderEdit.Replace replace => $"Replace {replace.Name} {replace.Value} {replace.Index}",
        HeaderEdit.Insert insert => $"Insert {insert.Name}<{Encoding.UTF8.GetString(insert.RawValue.Span)}> {insert.Position}",
        Effect.AddRecipient add => $"AddRecipient {add.Recipient}",
        Effect.RemoveRecipient remove => $"RemoveRecipient {remove.Recipient}",
        Effect.Tag tag => $"Tag {tag.Name}",
        HeaderEdit.Remove remove => $"Remove {remove.Name} {remove.Index}",
        _ => effect.ToString(),
    };
}
