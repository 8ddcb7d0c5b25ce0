using PluginMail.Filters.Evaluation;
using static PluginMail.Filters.Tests.Support.Scripts;

namespace PluginMail.Filters.Tests;

/// <summary>The rules of RFC 5228, section by section.</summary>
public sealed class Rfc5228Tests
{
    [Theory]
    [InlineData("", "implicit keep")]
    [InlineData("keep;", "keep")]
    [InlineData("discard;", "discard")]
    [InlineData("discard; keep;", "discard; keep")]
    [InlineData("stop; discard;", "implicit keep")]
    [InlineData("require \"fileinto\"; fileinto \"A\";", "fileinto \"A\"")]
    [InlineData("require \"fileinto\"; fileinto \"A\"; keep;", "fileinto \"A\"; keep")]
    [InlineData("require \"fileinto\"; fileinto \"A\"; fileinto \"B\"; fileinto \"A\";", "fileinto \"A\"; fileinto \"B\"")]
    [InlineData("redirect \"bart@example.com\";", "redirect \"bart@example.com\"")]
    [InlineData("redirect \"Bart <bart@example.com>\";", "redirect \"bart@example.com\"")]
    [InlineData("redirect \"a@example.com\"; redirect \"A@EXAMPLE.com\";", "redirect \"a@example.com\"")]
    public void Section_2_10_implicit_keep_and_uniqueness(string script, string actions) => Assert.Equal(actions, Actions(script));

    [Theory]
    [InlineData("require [\"copy\", \"fileinto\"]; fileinto :copy \"incoming\";", "fileinto :copy \"incoming\"; implicit keep")]
    [InlineData("require [\"copy\", \"fileinto\"]; fileinto :copy \"incoming\"; discard;", "fileinto :copy \"incoming\"; discard")]
    [InlineData("require \"copy\"; redirect :copy \"a@example.com\";", "redirect :copy \"a@example.com\"; implicit keep")]
    public void Rfc_3894_copy_leaves_the_implicit_keep(string script, string actions) => Assert.Equal(actions, Actions(script));

    [Theory]
    [InlineData(MessageA, "redirect \"acm@example.com\"")]
    [InlineData(MessageB, "redirect \"postmaster@example.com\"")]
    [InlineData("From: x@example.com\nSubject: hello\n\n", "redirect \"field@example.com\"")]
    public void Section_3_1_if_elsif_else(string message, string actions) => Assert.Equal(
        actions,
        Actions(
            """
            if header :contains ["From"] ["coyote"] {
               redirect "acm@example.com";
            } elsif header :contains "Subject" "$$$" {
               redirect "postmaster@example.com";
            } else {
               redirect "field@example.com";
            }
            """,
            message));

    [Fact]
    public void Section_2_4_2_hex_examples() => Assert.Equal(
        "discard", Actions("require \"encoded-character\"; if header :contains \"Subject\" \"$${hex:24 24}\" { discard; }", MessageB));

    [Theory]
    [InlineData("$${hex:40}", "$@")]
    [InlineData("${hex: 40 }", "@")]
    [InlineData("${HEX: 40}", "@")]
    [InlineData("${hex:40", "${hex:40")]
    [InlineData("${hex:400}", "${hex:400}")]
    [InlineData("${hex:4${hex:30}}", "${hex:40}")]
    [InlineData("${unicode:40}", "@")]
    [InlineData("${ unicode:40}", "${ unicode:40}")]
    [InlineData("${UNICODE:40}", "@")]
    [InlineData("${UnICoDE:0000040}", "@")]
    [InlineData("${Unicode:40}", "@")]
    [InlineData("${Unicode:Cool}", "${Unicode:Cool}")]
    [InlineData("${unicode:20AC 41}", "€A")]
    [InlineData("${hex:}", "${hex:}")]
    public void Section_2_4_2_4_encoded_characters(string written, string folder) => Assert.Equal(
        $"fileinto \"{folder}\"", Actions($"require [\"fileinto\", \"encoded-character\"]; fileinto \"x{written}\";").Replace("\"x", "\""));

    [Theory]
    [InlineData("${unicode:200000}")]
    [InlineData("${Unicode:DF01}")]
    [InlineData("${Unicode:FFFFFFFFFFFFFFFFFFFF}")]
    public void Section_2_4_2_4_values_out_of_range_are_errors(string written) =>
        Assert.Equal("F1023", Codes($"require [\"fileinto\", \"encoded-character\"]; fileinto \"{written}\";"));

    [Fact]
    public void Section_2_4_2_4_without_require_nothing_is_decoded() =>
        Assert.Equal("fileinto \"${hex:40}\"", Actions("require \"fileinto\"; fileinto \"${hex:40}\";"));

    [Theory]
    [InlineData("\"a\\\"b\"", "a\"b")]
    [InlineData("\"a\\\\b\"", "a\\b")]
    [InlineData("\"\\a\"", "a")]
    [InlineData("text:\r\nfoo\r\n.\r\n", "foo\r\n")]
    [InlineData("text: # comment\r\n..foo\r\n.bar\r\n...\r\n.\r\n", ".foo\r\n.bar\r\n..\r\n")]
    [InlineData("TEXT:\nfoo\n.\n", "foo\r\n")]
    public void Section_2_4_2_strings(string literal, string value)
    {
        var syntax = FilterCompiler.Compile($"keep {literal};").Syntax;
        var list = Assert.IsType<Syntax.StringListSyntax>(Assert.Single(syntax.Commands[0].Arguments));
        Assert.Equal(value, list.Strings[0].Text);
    }

    [Theory]
    [InlineData("1", 1)]
    [InlineData("2K", 2048)]
    [InlineData("2k", 2048)]
    [InlineData("3M", 3 * 1024 * 1024)]
    [InlineData("1G", 1L << 30)]
    [InlineData("2147483647", int.MaxValue)]
    public void Section_2_4_1_numbers(string literal, long value)
    {
        var syntax = FilterCompiler.Compile($"keep {literal};").Syntax;
        Assert.Equal(value, Assert.IsType<Syntax.NumberSyntax>(syntax.Commands[0].Arguments[0]).Value);
    }

    [Theory]
    [InlineData(":is", "frobnitzm", true)]
    [InlineData(":is", "frob", false)]
    [InlineData(":is", "FROBNITZM", true)]
    [InlineData(":contains", "frob", true)]
    [InlineData(":contains", "nit", true)]
    [InlineData(":contains", "fbm", false)]
    [InlineData(":contains", "", true)]
    [InlineData(":is", "", false)]
    [InlineData(":matches", "frob*", true)]
    [InlineData(":matches", "*nit*", true)]
    [InlineData(":matches", "frobnitz?", true)]
    [InlineData(":matches", "frobnit?", false)]
    [InlineData(":matches", "*", true)]
    [InlineData(":matches", "", false)]
    [InlineData(":matches", "?*m", true)]
    [InlineData(":matches", "*?*?*?*?*?*?*?*?*?*", true)]
    [InlineData(":matches", "*?*?*?*?*?*?*?*?*?*?*", false)]
    [InlineData(":matches", "FR?B*M", true)]
    [InlineData(":comparator \"i;octet\" :matches", "FR?B*M", false)]
    [InlineData(":comparator \"i;octet\"", "Frobnitzm", false)]
    [InlineData(":comparator \"i;octet\" :contains", "obn", true)]
    public void Section_2_7_1_match_types(string match, string key, bool outcome) =>
        Assert.Equal(outcome, IsTrue($"header {match} \"x-test\" \"{key}\"", "X-Test: frobnitzm\n\n"));

    [Theory]
    [InlineData("a*b", "a\\\\*b", true)]
    [InlineData("axb", "a\\\\*b", false)]
    [InlineData("a?b", "a\\\\?b", true)]
    [InlineData("axb", "a\\\\?b", false)]
    [InlineData("a\\b", "a\\\\\\\\b", true)]
    [InlineData("aab", "*ab", true)]
    [InlineData("ababab", "*abab", true)]
    [InlineData("abcab", "ab*ab", true)]
    [InlineData("aba", "ab*ba", false)]
    public void Section_2_7_1_escapes_and_overlaps(string value, string key, bool outcome) =>
        Assert.Equal(outcome, IsTrue($"header :matches \"x-test\" \"{key}\"", $"X-Test: {value}\n\n"));

    [Fact]
    public void Section_2_7_1_a_character_of_i_octet_is_an_octet()
    {
        Assert.True(IsTrue("header :matches \"x-test\" \"??\"", "X-Test: é\n\n"));
        Assert.True(IsTrue(
            "header :comparator \"i;unicode-casemap\" :matches \"x-test\" \"?\"", "X-Test: ø\n\n", require: "require \"comparator-i;unicode-casemap\";"));
    }

    [Fact]
    public void Section_2_7_3_ascii_casemap_folds_ascii_only()
    {
        Assert.False(IsTrue("header \"x-test\" \"É\"", "X-Test: é\n\n"));
        Assert.False(IsTrue("header \"x-test\" \"k\"", "X-Test: \u212A\n\n"));
        Assert.True(IsTrue("header \"x-test\" \"éA\"", "X-Test: éa\n\n"));
    }

    [Theory]
    [InlineData("address :is :all \"from\" \"tim@example.com\"", true)]
    [InlineData("address :is :all \"from\" \"TIM@example.com\"", true)]
    [InlineData("address :localpart \"from\" \"tim\"", true)]
    [InlineData("address :domain \"from\" \"example.com\"", true)]
    [InlineData("address :domain :contains \"from\" \"xampl\"", true)]
    [InlineData("address \"from\" \"Tim\"", false)]
    [InlineData("address :contains \"from\" \"Allen\"", false)]
    [InlineData("address [\"to\", \"cc\"] [\"x@y.example\", \"c@example.com\"]", true)]
    [InlineData("address :localpart \"bcc\" \"broken\"", false)]
    [InlineData("address :all \"bcc\" \"broken\"", true)]
    [InlineData("address :all \"reply-to\" \"\"", false)]
    public void Section_5_1_address(string test, bool outcome) => Assert.Equal(
        outcome, IsTrue(test, "From: Tim Allen <tim@example.com>\nTo: a@example.com\nCc: b@example.com, c@example.com\nBcc: broken\n\n"));

    [Theory]
    [InlineData("allof (false, false)", false)]
    [InlineData("allof (false, true)", false)]
    [InlineData("allof (true, true)", true)]
    [InlineData("anyof (false, false)", false)]
    [InlineData("anyof (false, true)", true)]
    [InlineData("anyof (true, true)", true)]
    [InlineData("not false", true)]
    [InlineData("not true", false)]
    [InlineData("not not true", true)]
    [InlineData("true", true)]
    [InlineData("false", false)]
    [InlineData("ALLOF(TRUE,Not False)", true)]
    public void Sections_5_2_5_3_5_6_5_8_5_10_logic(string test, bool outcome) => Assert.Equal(outcome, IsTrue(test));

    [Theory]
    [InlineData("envelope \"from\" \"tim@example.com\"", true)]
    [InlineData("envelope :all :is \"FROM\" \"tim@example.com\"", true)]
    [InlineData("envelope :domain \"from\" \"example.com\"", true)]
    [InlineData("envelope :localpart \"to\" \"me\"", true)]
    [InlineData("envelope [\"from\", \"to\"] \"me@here.example\"", true)]
    [InlineData("envelope \"from\" \"relay.example\"", false)]
    public void Section_5_4_envelope_drops_source_routes(string test, bool outcome) => Assert.Equal(
        outcome,
        IsTrue(test, envelope: new() { From = "<@relay.example:tim@example.com>", To = "me@here.example" }, require: "require \"envelope\";"));

    [Theory]
    [InlineData(":all")]
    [InlineData(":localpart")]
    [InlineData(":domain")]
    public void Section_5_4_the_null_sender_is_empty_for_every_part(string part) =>
        Assert.True(IsTrue($"envelope {part} \"from\" \"\"", envelope: new() { From = "", To = "me@here.example" }, require: "require \"envelope\";"));

    [Fact]
    public void Section_5_4_without_a_transaction_nothing_matches() =>
        Assert.False(IsTrue("envelope :contains \"from\" \"\"", envelope: new(), require: "require \"envelope\";"));

    [Theory]
    [InlineData("exists \"From\"", true)]
    [InlineData("exists [\"From\", \"date\"]", true)]
    [InlineData("exists [\"From\", \"X-None\"]", false)]
    [InlineData("exists \"From:\"", false)]
    public void Section_5_5_exists(string test, bool outcome) => Assert.Equal(outcome, IsTrue(test));

    [Theory]
    [InlineData("header :is \"X-Caffeine\" \"\"", false)]
    [InlineData("header :contains \"X-Caffeine\" \"\"", true)]
    [InlineData("header :is \"X-Empty\" \"\"", true)]
    [InlineData("header :contains \"X-Missing\" \"\"", false)]
    [InlineData("header :is \"X-Missing\" \"\"", false)]
    [InlineData("header :matches \"X-Missing\" \"*\"", false)]
    [InlineData("not header :matches \"X-Missing\" \"?*\"", true)]
    [InlineData("not header :matches \"X-Empty\" \"?*\"", true)]
    [InlineData("header \"X-Twice\" \"two\"", true)]
    [InlineData("header [\"X-Missing\", \"x-twice\"] [\"none\", \"one\"]", true)]
    [InlineData("header :contains \"X-Folded\" \"one\ttwo\"", true)]
    [InlineData("header \"X-Caffeine:\" \"C8H10N4O2\"", false)]
    public void Section_5_7_header(string test, bool outcome) => Assert.Equal(
        outcome, IsTrue(test, "X-Caffeine: C8H10N4O2\nX-Empty:   \nX-Twice: one\nX-Twice:   two  \nX-Folded: one\n\ttwo\n\n"));

    [Theory]
    [InlineData("size :over 4000", 4000, false)]
    [InlineData("size :under 4000", 4000, false)]
    [InlineData("size :over 3999", 4000, true)]
    [InlineData("size :under 4001", 4000, true)]
    [InlineData("size :over 1K", 1025, true)]
    public void Section_5_9_size(string test, long size, bool outcome)
    {
        var result = Compile($"if {test} {{ discard; }}").Run(new(new TestMessageOfSize(size), Envelope));
        Assert.Equal(outcome, !result.IsKept);
    }

    [Theory]
    [InlineData("require \"comparator-i;octet\"; keep;")]
    [InlineData("require [\"comparator-i;ascii-casemap\", \"vnd.pluginmail.plain\"];\nrequire \"fileinto\"; fileinto \"x\";")]
    [InlineData("/* a * comment ** / */ keep /* here */ ; # there")]
    [InlineData("\tKEEP\r\n;")]
    public void Scripts_that_are_accepted_without_remark(string script) => Assert.Equal("", Codes(script));

    [Fact]
    public void Section_2_10_7_fifteen_nested_blocks_and_tests()
    {
        var script = string.Concat(Enumerable.Repeat("if allof (true, not false) { ", 15)) + "discard;" + new string('}', 15);
        Assert.Equal("discard", Actions(script));
        var tests = string.Concat(Enumerable.Repeat("anyof (", 15)) + "true" + new string(')', 15);
        Assert.True(IsTrue(tests));
    }

    private sealed class TestMessageOfSize(long size) : IFilterMessage
    {
        public long Size => size;

        public IReadOnlyList<string> Notes => [];

        public bool HasHeader(string name) => false;

        public IReadOnlyList<byte[]> GetHeader(string name) => [];

        public IReadOnlyList<byte[]> GetRawHeader(string name) => [];

        public IReadOnlyList<FilterAddress> GetAddresses(string name) => [];
    }
}
