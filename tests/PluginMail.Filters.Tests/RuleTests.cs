using PluginMail.Filters.Evaluation;
using static PluginMail.Filters.Tests.Support.Scripts;

namespace PluginMail.Filters.Tests;

/// <summary>What a script's rules are, what they are called, and which did something about a message.</summary>
public sealed class RuleTests
{
    [Theory]
    [InlineData("# rule:[Boss & co]\nif true { keep; }", "Boss & co")]
    [InlineData("# Invoices\nif true { keep; }", "Invoices")]
    [InlineData("# first\n## Invoices ##\nif true { keep; }", "Invoices")]
    [InlineData("# C#\nif true { keep; }", "C#")]
    [InlineData("/* Invoices */\nif true { keep; }", "Invoices")]
    [InlineData("/*\n * All of\n * the invoices\n */\nif true { keep; }", "the invoices")]
    [InlineData("## Flag: |UniqueId:1|Rulename: Away\nif true { keep; }", "Away")]
    [InlineData("# FILTER: [{\"name\":\"x\"}]\n# Tags\nif true { keep; }", "Tags")]
    [InlineData("# FILTER: [{\"name\":\"x\"}]\nif true { keep; }", "line 2")]
    [InlineData("#SCRIPTNAME: Lists\n#ENDSCRIPTNAME\nif true { keep; }", "Lists")]
    [InlineData("### Do not edit ###\nif true { keep; }", "line 2")]
    [InlineData("# discard;\nif true { keep; }", "line 2")]
    [InlineData("# ----\nif true { keep; }", "line 2")]
    [InlineData("# far away\n\nif true { keep; }", "line 3")]
    [InlineData("if true { keep; } # first\nif false { keep; }", "line 1|line 2")]
    [InlineData("# one\r\nif true { keep; }\r\n# two\r\nkeep;", "one|two")]
    [InlineData("require \"fileinto\";\n# a\nif true { keep; } elsif true { keep; }\nelse { keep; }\nredirect \"a@example.test\";", "a|line 5")]
    public void A_rule_is_called_what_the_comment_above_it_says(string script, string names) =>
        Assert.Equal(names, string.Join('|', Compile(script).Rules.Select(rule => rule.Name)));

    [Fact]
    public void A_result_names_the_rules_that_did_something_and_the_tests_that_held()
    {
        const string Script = """
            require ["fileinto", "imap4flags"];
            # Presents
            if allof (header :contains "subject" "present",
                      not size :over 1M) { addflag "\\Flagged"; }
            # Others
            if header :contains "subject" "nothing" { discard; }
            elsif address :domain "from" "desert.example.org" { fileinto "Desert"; }
            # never
            if false { keep; }
            keep;
            """;
        FilterResult result = RunOn(Script, MessageA);
        Assert.Equal(
            [
                "Presents 3 allof (header :contains \"subject\" \"present\", not size :over 1M)",
                "Others 6 address :domain \"from\" \"desert.example.org\"",
                "line 10 10 ",
            ],
            result.Hits.Select(hit => $"{hit.Rule.Name} {hit.Rule.Line} {hit.ConditionText}"));
        Assert.Equal(["Others", "line 10"], result.Effects.Select(effect => effect.Rule?.Name));
        Assert.Single(result.Scripts);
    }

    [Fact]
    public void An_index_changes_nothing_about_hits()
    {
        string script = string.Concat(Enumerable.Range(0, 40).Select(i => $"# rule {i}\nif subject :contains \"{(i == 23 ? "present" : $"no such {i}")}\" {{ keep; }}\n"));
        Assert.Equal(["rule 23"], RunOn(script, MessageA).Hits.Select(hit => hit.Rule.Name));
    }

    [Fact]
    public void Outgoing_mail_hits_what_is_open_to_it_alone()
    {
        const string Script = """
            # in
            if header :contains "subject" "present" { discard; }
            # out
            if allof (direction "outgoing", header :contains "subject" "present") { stop; }
            keep;
            """;
        FilterResult result = RunOn(Script, MessageA, Envelope with { Direction = MailDirection.Outgoing });
        Assert.Equal(["out"], result.Hits.Select(hit => hit.Rule.Name));
        FilterResult unseen = RunOn("discard;", MessageA, Envelope with { Direction = MailDirection.Outgoing });
        Assert.Empty(unseen.Scripts);
    }

    [Fact]
    public void A_rule_is_known_by_its_own_text()
    {
        string[] Ids(string script) => [.. Compile(script).Rules.Select(rule => rule.Id)];
        string[] before = Ids("# a\nif true { keep; }\nif false { discard; }\n");
        string[] after = Ids("# renamed\n# and moved\nif true { keep; }\nif false { keep; }\n");
        Assert.Equal(before[0], after[0]);
        Assert.NotEqual(before[1], after[1]);
        Assert.NotEqual(before[0], before[1]);
    }

    [Fact]
    public void A_hit_names_the_innermost_if_that_led_to_what_was_done()
    {
        const string Script = """
            require ["fileinto", "imap4flags"];
            if direction "incoming" {
                if header :contains "subject" "nothing" { discard; }
                elsif header :contains "subject" "present" {
                    if size :under 1M { fileinto "Desert"; }
                }
                if true { addflag "\\Flagged"; }
            }
            # rule:[Named]
            if true {
                if not false { keep; }
            }
            if true {
                addflag "a";
                if size :over 1G { keep; } else { addflag "b"; }
            }
            if true { if false { keep; } }
            if true { if size :under 1G { } keep; }
            """;
        FilterResult result = RunOn(Script, MessageA);
        Assert.Equal(
            [
                "line 2 5 size :under 1M",
                "line 2 7 true",
                "Named 11 not false",
                "line 13 13 true",
                "line 13 15 ",
                "line 17 17 true",
                "line 18 18 true",
            ],
            result.Hits.Select(hit => $"{hit.Rule.Name} {hit.Line} {hit.ConditionText}"));
    }
}
