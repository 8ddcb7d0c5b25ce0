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
}
