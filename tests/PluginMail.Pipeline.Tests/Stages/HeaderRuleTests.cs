using PluginMail.Abstractions;

namespace PluginMail.Pipeline.Tests;

/// <summary>Header checks: what matches, and what follows from it.</summary>
public sealed class HeaderRuleTests
{
    private const string Plain = "From: x@elsewhere.test\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n from far\r\nX-Seen: one\r\nX-Seen: two\r\n\r\nbody\r\n";

    private const string WithProgram =
        "From: x@elsewhere.test\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n"
        + "--b\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename*=utf-8''ru%6E.%45XE\r\n\r\nMZ\r\n--b--\r\n";

    [Theory]
    [InlineData(HeaderMatch.Is, "grüße from far", true)]
    [InlineData(HeaderMatch.Is, "grüße", false)]
    [InlineData(HeaderMatch.Contains, "E FROM", true)]
    [InlineData(HeaderMatch.Starts, "Grüße", true)]
    [InlineData(HeaderMatch.Starts, "from", false)]
    [InlineData(HeaderMatch.Ends, "FAR", true)]
    [InlineData(HeaderMatch.Regex, "^grü.e\\s+from", true)]
    [InlineData(HeaderMatch.Regex, "^from", false)]
    public async Task A_field_is_compared_decoded_unfolded_and_without_case(HeaderMatch match, string pattern, bool isRefused)
    {
        await using PipelineBench bench = await OpenAsync(Rule("Subject", match, pattern, HeaderAction.Refuse, "5.7.9 no such subjects"));
        SmtpReply reply = (await bench.SendAsync(Plain)).Transaction;
        Assert.Equal(isRefused ? "550 5.7.9" : "250 2.0.0", $"{reply.Code} {reply.Status}");
        Assert.Equal(isRefused, bench.Traces.All[^1].Entries.Any(entry => entry is { Role: "header check rule", Decision: "refuse" }));
    }

    [Fact]
    public async Task Without_a_field_the_whole_line_is_compared()
    {
        await using PipelineBench bench = await OpenAsync(Rule("", HeaderMatch.Regex, "^X-Seen:\\s*two$", HeaderAction.Defer));
        Assert.Equal(450, (await bench.SendAsync(Plain)).Transaction.Code);
    }

    [Fact]
    public async Task Of_each_field_the_first_rule_counts()
    {
        await using PipelineBench bench = await OpenAsync(
            Rule("X-Seen", HeaderMatch.Is, "one", HeaderAction.Pass), Rule("X-Seen", HeaderMatch.Regex, "one|three", HeaderAction.Refuse));
        Assert.True((await bench.SendAsync(Plain)).Transaction.IsPositive);
        Assert.Equal(550, (await bench.SendAsync("X-Seen: three\r\n\r\n")).Transaction.Code);
    }

    [Fact]
    public async Task Fields_are_removed_replaced_and_put_on_top_one_by_one()
    {
        await using PipelineBench bench = await OpenAsync(
            Rule("X-Seen", HeaderMatch.Is, "one", HeaderAction.Remove),
            Rule("X-Seen", HeaderMatch.Regex, "^(tw)o", HeaderAction.Replace, "X-Seen: $1ice"),
            Rule("From", HeaderMatch.Contains, "elsewhere", HeaderAction.Prepend, "X-From-Elsewhere: yes"),
            Rule("Subject", HeaderMatch.Contains, "far", HeaderAction.Replace, "X-Subject: gone"));
        Assert.True((await bench.SendAsync(Plain)).Transaction.IsPositive);
        string delivered = bench.Delivered;
        Assert.Equal(["X-Seen: twice"], delivered.Split("\r\n").Where(line => line.StartsWith("X-Seen", StringComparison.Ordinal)));
        Assert.Contains("X-From-Elsewhere: yes\r\n", delivered, StringComparison.Ordinal);
        Assert.Contains("X-Subject: gone\r\n", delivered, StringComparison.Ordinal);
        Assert.DoesNotContain("\r\nSubject:", delivered, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nbody\r\n", delivered, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mail_is_held_redirected_and_copied()
    {
        EmailAddress post = PipelineBench.Address("post@example.test");
        await using PipelineBench bench = await OpenAsync(
            Rule("X-Seen", HeaderMatch.Is, "one", HeaderAction.Redirect) with { To = post },
            Rule("X-Seen", HeaderMatch.Is, "copy", HeaderAction.Bcc) with { To = post },
            Rule("X-Seen", HeaderMatch.Is, "hold", HeaderAction.Hold, "look at it"));
        Assert.True((await bench.SendAsync(Plain, to: ["anna@example.test", "bob@example.test"])).Transaction.IsPositive);
        Assert.Equal("post@example.test", string.Join(',', bench.Delivery.Taken[^1].Request.Envelope.Recipients));
        Assert.True((await bench.SendAsync("X-Seen: copy\r\n\r\n")).Transaction.IsPositive);
        Assert.Equal("anna@example.test,post@example.test", string.Join(',', bench.Delivery.Taken[^1].Request.Envelope.Recipients));
        Assert.True((await bench.SendAsync("X-Seen: hold\r\n\r\n")).Transaction.IsPositive);
        Assert.Equal("look at it", bench.Delivery.Taken[^1].Request.HoldReason);
    }

    [Fact]
    public async Task A_discarded_message_is_accepted_and_nobody_gets_it()
    {
        await using PipelineBench bench = await OpenAsync(Rule("Subject", HeaderMatch.Contains, "far", HeaderAction.Discard));
        Assert.True((await bench.SendAsync(Plain)).Transaction.IsPositive);
        Assert.Empty(bench.Delivery.Taken);
    }

    [Fact]
    public async Task Attachments_are_known_by_their_decoded_names()
    {
        await using PipelineBench bench = await OpenAsync(Rule("", HeaderMatch.Ends, ".exe", HeaderAction.Refuse, "no programs") with { Scope = HeaderScope.Attachment });
        Assert.StartsWith("550 5.7.1 no programs", (await bench.SendAsync(WithProgram)).Transaction.ToString(), StringComparison.Ordinal);
        Assert.True((await bench.SendAsync(Plain)).Transaction.IsPositive);
    }

    [Theory]
    [InlineData("Content-Type", "octet-stream", true)]
    [InlineData("Content-Type", "multipart", true)]
    [InlineData("From", "elsewhere", false)]
    public async Task Fields_of_parts_are_compared_where_the_scope_says_so(string field, string text, bool isRefused)
    {
        await using PipelineBench bench = await OpenAsync(Rule(field, HeaderMatch.Contains, text, HeaderAction.Refuse) with { Scope = HeaderScope.Mime });
        Assert.Equal(!isRefused, (await bench.SendAsync(WithProgram)).Transaction.IsPositive);
        bench.Options = bench.Options with { HeaderRules = new HeaderRules([Rule("Content-Disposition", HeaderMatch.Contains, "attachment", HeaderAction.Refuse)]) };
        Assert.True((await bench.SendAsync(WithProgram)).Transaction.IsPositive);
    }

    [Fact]
    public async Task A_rule_of_one_direction_lets_the_other_alone()
    {
        await using PipelineBench bench = await OpenAsync(Rule("Subject", HeaderMatch.Contains, "far", HeaderAction.Refuse) with { Direction = Direction.Outgoing });
        Assert.True((await bench.SendAsync(Plain)).Transaction.IsPositive);
        bench.Options = bench.Options with { HeaderRules = new HeaderRules([Rule("Subject", HeaderMatch.Contains, "far", HeaderAction.Refuse) with { Direction = Direction.Incoming }]) };
        Assert.Equal(550, (await bench.SendAsync(Plain)).Transaction.Code);
    }

    [Fact]
    public async Task What_a_rule_refuses_costs_no_other_check()
    {
        await using PipelineBench bench = await OpenAsync(Rule("Subject", HeaderMatch.Contains, "far", HeaderAction.Refuse));
        bench.Roles = new RoleSet { MessageChecks = [new FakeRole("scanner", Verdict.Pass)] };
        await bench.SendAsync(Plain);
        Assert.DoesNotContain(bench.Traces.All[^1].Entries, entry => entry.Role == "scanner");
    }

    [Fact]
    public void Expressions_that_could_take_long_are_none()
    {
        Assert.Throws<NotSupportedException>(() => HeaderRule.MakeRegex("(?=a)b"));
        Assert.Throws<NotSupportedException>(() => HeaderRule.MakeRegex(@"(a)\1"));
        Assert.DoesNotMatch(HeaderRule.MakeRegex("^(a+)+$"), new string('a', 100_000) + "!");
    }

    private static HeaderRule Rule(string field, HeaderMatch match, string pattern, HeaderAction action, string text = "") =>
        new("rule", HeaderScope.Header, field, match, pattern, action) { Text = text };

    private static async Task<PipelineBench> OpenAsync(params HeaderRule[] rules)
    {
        PipelineBench bench = await PipelineBench.OpenAsync();
        bench.Options = bench.Options with { HeaderRules = new HeaderRules(rules) };
        return bench;
    }
}
