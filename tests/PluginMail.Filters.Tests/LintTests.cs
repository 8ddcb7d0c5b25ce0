using static PluginMail.Filters.Tests.Support.Scripts;

namespace PluginMail.Filters.Tests;

/// <summary>Warnings that must not be given: what they are about is not there.</summary>
public sealed class LintTests
{
    [Theory]
    [InlineData("if subject :contains \"a\" { fileinto \"A\"; stop; } if subject \"ab\" { fileinto \"B\"; }")]
    [InlineData("if subject :contains \"a\" { move \"A\"; } if subject \"ab\" { fileinto \"B\"; }")]
    [InlineData("if subject :contains \"a\" { fileinto \"A\"; } if sender \"a@b.example\" { fileinto \"B\"; }")]
    [InlineData("if subject :case \"a\" { fileinto \"A\"; } if subject :case \"A\" { fileinto \"B\"; }")]
    [InlineData("if subject \"a\" { fileinto \"A\"; } if subject \"ab\" { fileinto \"B\"; }")]
    [InlineData("if subject :contains \"a\" { fileinto \"A\"; } if subject \"ab\" { fileinto \"A\"; }")]
    public void Two_rules_that_file_are_fine_where_they_do_not_meet(string rules) => Assert.Equal("", Codes($"require \"fileinto\"; {rules}"));

    [Theory]
    [InlineData("if subject \"a\" { redirect \"a@x.example\"; stop; } redirect \"b@x.example\"; redirect \"c@x.example\"; redirect \"d@x.example\"; redirect \"e@x.example\"; redirect \"f@x.example\";", "")]
    [InlineData("if subject \"a\" { redirect \"a@x.example\"; } redirect \"b@x.example\"; redirect \"c@x.example\"; redirect \"d@x.example\"; redirect \"e@x.example\"; redirect \"f@x.example\";", "F2021")]
    [InlineData("if subject \"a\" { stop; } elsif subject \"b\" { redirect \"a@x.example\"; } else { redirect \"b@x.example\"; } redirect \"c@x.example\"; redirect \"d@x.example\"; redirect \"e@x.example\"; redirect \"f@x.example\";", "")]
    public void Redirects_are_counted_along_one_way(string script, string codes) => Assert.Equal(codes, Codes(script));

    [Theory]
    [InlineData("if not recipient \"a@x.example\" { redirect \"a@x.example\"; }")]
    [InlineData("if recipient :contains \"a@x.example\" { redirect \"a@x.example\"; }")]
    public void A_redirect_elsewhere_is_no_loop(string script) => Assert.Equal("", Codes(script));

    [Fact]
    public void Conditions_that_nest_deep_are_compared_in_bounded_time()
    {
        var test = string.Concat(Enumerable.Repeat("anyof(allof(", 25)) + "true" + string.Concat(Enumerable.Repeat(",false),false)", 25));
        var other = string.Concat(Enumerable.Repeat("allof(anyof(", 25)) + "false" + string.Concat(Enumerable.Repeat(",true),true)", 25));
        var script = $"require \"fileinto\"; if {test} {{ fileinto \"A\"; }} if {other} {{ fileinto \"B\"; }}";
        var clock = System.Diagnostics.Stopwatch.StartNew();
        _ = FilterCompiler.Compile(script);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    [Theory]
    [InlineData("if header :is \"subject\" \"a\" { keep; } if header :is \"Subject\" \"a\" { keep; }", "F2005")]
    [InlineData("if not header :matches \"SUBJECT\" \"a*\" { keep; } if not header :matches \"Subject\" \"A*\" { keep; }", "F2005")]
    [InlineData("if header :comparator \"i;octet\" \"subject\" \"a\" { keep; } if header :comparator \"i;octet\" \"Subject\" \"a\" { keep; }", "F2005")]
    [InlineData("if anyof (address \"FROM\" \"a@x.example\", true) { keep; } if anyof (address \"from\" \"a@x.example\", true) { keep; }", "F2005")]
    [InlineData("if subject :case \"a\" { keep; } if subject :case \"A\" { keep; } if subject :case \"A\" { keep; }", "F2005")]
    [InlineData("if subject :case \"a\" { keep; } if subject :case \"A\" { keep; }", "")]
    [InlineData("require \"fileinto\"; if subject \"a\" { fileinto \"A\"; stop; } if subject \"a\" { fileinto \"a\"; stop; }", "")]
    [InlineData("require [\"relational\"]; if header :value \"gt\" \"subject\" \"a\" { keep; } if header :value \"lt\" \"subject\" \"a\" { keep; }", "")]
    public void A_rule_that_differs_in_case_alone_stands_there_already(string script, string codes) =>
        Assert.Equal(codes, Codes(script));

    [Theory]
    [InlineData("not anyof (true)", "F2003")]
    [InlineData("not true", "F2003")]
    [InlineData("allof (subject \"a\", not any (size :over 1K, always))", "F2003")]
    [InlineData("anyof (false, not true)", "F2003")]
    [InlineData("anyof (not true, subject \"a\")", "F2003")]
    [InlineData("allof (false, subject \"a\")", "F2003")]
    [InlineData("false", "")]
    [InlineData("true", "")]
    [InlineData("allof (true)", "")]
    [InlineData("not false", "")]
    [InlineData("anyof (false, subject \"a\")", "")]
    public void A_condition_is_never_true_where_constants_in_it_decide(string test, string codes) => Assert.Equal(codes, Codes($"if {test} {{ keep; }}"));

    [Theory]
    [InlineData("stop; keep; discard;", "F2002")]
    [InlineData("if subject \"a\" { stop; keep; discard; }", "F2002")]
    [InlineData("stop; if subject \"a\" { keep; discard; }", "F2002")]
    [InlineData("keep; discard; stop;", "F2008")]
    public void What_cannot_be_reached_undoes_nothing(string script, string codes) => Assert.Equal(codes, Codes(script));
}
