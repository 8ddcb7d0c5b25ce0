using PluginMail.Filters.Evaluation;
using static PluginMail.Filters.Tests.Support.Scripts;

namespace PluginMail.Filters.Tests;

/// <summary>regex (draft-murchison-sieve-regex) over POSIX extended regular expressions.</summary>
public sealed class RegexTests
{
    [Theory]
    [InlineData("present", "have", true)]
    [InlineData("subject", "^i have a [[:lower:]]+ for you$", true)]
    [InlineData("subject", "^have", false)]
    [InlineData("subject", "(PRESENT|gift) for", true)]
    [InlineData("subject", "pre{1}sent", true)]
    [InlineData("subject", "pre{2,}sent", false)]
    [InlineData("subject", "[]h]ave", true)]
    [InlineData("subject", "[^[:alpha:]]have", true)]
    [InlineData("subject", "[A-C]ave", false)]
    [InlineData("subject", "[F-J]ave", true)]
    [InlineData("subject", "(p|r|e)*sent", true)]
    [InlineData("subject", "x*", true)]
    [InlineData("subject", "you\\\\.", false)]
    [InlineData("subject", "p.*t", true)]
    [InlineData("subject", "a{", false)]
    public void Expressions(string header, string pattern, bool outcome) =>
        Assert.Equal(outcome && header == "subject", IsTrue($"header :regex \"{header}\" \"{pattern}\"", require: "require \"regex\";"));

    [Fact]
    public void The_drafts_own_example() => Assert.Equal(
        "discard",
        Actions(
            """
            require "regex";
            if anyof (not address :regex ["to", "cc", "bcc"] "me(\\+.*)?@company\\.com",
                      header :regex :comparator "i;octet" "subject" "^[^[:lower:]]+$" ) { discard; }
            """,
            "To: me+x@company.com\nSubject: MONEY!\n\n"));

    [Theory]
    [InlineData("i;octet", "PRESENT", false)]
    [InlineData("i;octet", "present", true)]
    [InlineData("i;ascii-casemap", "PrEsEnT", true)]
    [InlineData("i;octet", "[[:upper:]] have", true)]
    [InlineData("i;octet", "[[:upper:]]ave", false)]
    public void Case_is_the_comparators(string comparator, string pattern, bool outcome) => Assert.Equal(
        outcome, IsTrue($"header :regex :comparator \"{comparator}\" \"subject\" \"{pattern}\"", require: "require \"regex\";"));

    [Fact]
    public void Groups_become_match_variables() => Assert.Equal(
        "fileinto \"x4711|order 4711|\"",
        Actions("require [\"regex\", \"variables\", \"fileinto\"]; if header :regex \"subject\" \"order ([0-9]+)\" { fileinto \"x${1}|${0}|${2}\"; }", "Subject: Your order 4711 is here\n\n"));

    [Fact]
    public void A_key_may_be_made_of_variables() => Assert.True(IsTrue(
        "header :regex \"subject\" \"^${q}$\"", "Subject: a.b (c)\n\n", require: "require [\"regex\", \"variables\"]; set :quoteregex \"q\" \"a.b (c)\";"));

    [Theory]
    [InlineData("(a")]
    [InlineData("a)")]
    [InlineData("[a")]
    [InlineData("*a")]
    [InlineData("[[:letter:]]")]
    [InlineData("[z-a]")]
    [InlineData("a{300}")]
    [InlineData("a{3,2}")]
    [InlineData("((a{200}){200}){200}")]
    [InlineData("(a)\\\\1")]
    [InlineData("\\\\w+")]
    [InlineData("a\\\\")]
    public void What_is_no_expression_is_found_before_a_run(string pattern) =>
        Assert.Contains("F1041", Codes($"require \"regex\"; if header :regex \"subject\" \"{pattern}\" {{ keep; }}"), StringComparison.Ordinal);

    [Theory]
    [InlineData("(a*)*b")]
    [InlineData("(a|aa)+$")]
    [InlineData("(.*)(.*)(.*)(.*)(.*)[^a]")]
    public void No_expression_takes_long(string pattern)
    {
        var message = "Subject: " + new string('a', 60_000) + "!\n\n";
        var started = TimeProvider.System.GetTimestamp();
        RunOn($"require \"regex\"; if header :regex \"subject\" \"{pattern}\" {{ discard; }}", message);
        Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromMinutes(1));
    }

    [Theory]
    [InlineData("order [0-9]+ of", "order ")]
    [InlineData("a(b|c)defg", "defg")]
    [InlineData("abc|def", "")]
    [InlineData("abcd*e", "abc")]
    [InlineData("ab+c", "ab")]
    [InlineData("^hello$", "hello")]
    public void The_longest_certain_literal_is_known(string pattern, string literal) => Assert.Equal(
        literal, System.Text.Encoding.UTF8.GetString(PosixRegex.Parse(System.Text.Encoding.UTF8.GetBytes(pattern), Comparator.Octet, out _)!.Literal));
}
