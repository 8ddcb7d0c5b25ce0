using System.Text;
using PluginMail.Filters.Checking;
using PluginMail.Filters.Tests.Support;

namespace PluginMail.Filters.Tests;

/// <summary>Certain fixes are made together; guesses are left alone.</summary>
public sealed class RepairTests
{
    [Theory]
    [InlineData("if envelope \"to\" \"a@b.example\" { fileinto :copy \"A\" }", "require [\"envelope\", \"fileinto\", \"copy\"];\nif envelope \"to\" \"a@b.example\" { fileinto :copy \"A\"; }")]
    [InlineData("require [\"fileinto\", \"copy\", \"envelope\"];\nif (subject :starts-with “x”) { keep } else if size :over 10MB { stop }", "\nif subject :starts_with \"x\" { keep; } elsif size :over 10M { stop; }")]
    [InlineData("# rule:[A]\nkeep # kept\n;", "# rule:[A]\nkeep # kept\n;")]
    [InlineData("keep", "keep;")]
    public void Certain_fixes_are_made(string script, string repaired)
    {
        var repairs = FilterRepair.Repair(Encoding.UTF8.GetBytes(script), "a.sieve");
        Assert.Equal(repaired, Encoding.UTF8.GetString(repairs.Script.Span));
        Assert.False(repairs.Compilation.HasErrors);
    }

    [Theory]
    [InlineData("discrad;")]
    [InlineData("require \"fileinto\";\nfilinto \"A\";")]
    [InlineData("if header \"to\" \"*@x.example\" { keep; }")]
    [InlineData("if subject \"a\" { keep; }\nif subject \"a\" { keep; }")]
    [InlineData("if true { keep;")]
    [InlineData("if (true, false) { keep; }")]
    public void A_guess_is_offered_and_not_made(string script)
    {
        var repairs = FilterRepair.Repair(Encoding.UTF8.GetBytes(script), "a.sieve");
        Assert.Empty(repairs.Made);
        Assert.Equal(script, Encoding.UTF8.GetString(repairs.Script.Span));
        Assert.Contains(repairs.Compilation.Diagnostics, finding => finding.Fix is { IsCertain: false });
    }

    [Fact]
    public void Repairing_any_damaged_script_ends_and_stays_repaired()
    {
        var random = new Random(20261122);
        foreach (var path in Directory.GetFiles(Repository.Path("grammar"), "*.sieve", SearchOption.AllDirectories).Order())
        {
            var script = File.ReadAllBytes(path).ToList();
            for (var i = 0; i < 10; i++)
            {
                if (script.Count > 0)
                {
                    script.RemoveAt(random.Next(script.Count));
                }

                var repairs = FilterRepair.Repair(script.ToArray(), "a.sieve");
                Assert.Empty(FilterRepair.Repair(repairs.Script, "a.sieve").Made);
            }
        }
    }
}
