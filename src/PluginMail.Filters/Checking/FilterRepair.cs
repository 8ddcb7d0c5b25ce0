using System.Collections.Immutable;
using PluginMail.Filters.Syntax;

namespace PluginMail.Filters.Checking;

/// <summary>What came of repairing a script.</summary>
/// <param name="Script">The octets with all certain fixes made; the ones given where there were none.</param>
/// <param name="Made">The findings whose fixes were made, in the order in which they were made.</param>
/// <param name="Compilation">What the compiler says of the repaired script.</param>
public sealed record FilterRepairs(ReadOnlyMemory<byte> Script, ImmutableArray<Diagnostic> Made, FilterCompilation Compilation);

/// <summary>Makes the fixes that are certain. The ones that are guesses are left to a person.</summary>
public static class FilterRepair
{
    /// <summary>A fix can uncover a finding, and each missing require takes a round; a script that needs more rounds than these is left as it then is.</summary>
    private const int MostRounds = 100;

    /// <summary>Repairs a script as far as certain fixes go. Comments and everything that no fix touches stay as they are.</summary>
    public static FilterRepairs Repair(ReadOnlyMemory<byte> script, string name, FilterCompilerOptions? options = null)
    {
        var made = ImmutableArray.CreateBuilder<Diagnostic>();
        var compilation = FilterCompiler.Compile(script.Span, name, options);
        for (var round = 0; round < MostRounds; round++)
        {
            var fixes = Choose(compilation.Diagnostics);
            if (fixes.Count == 0)
            {
                break;
            }

            foreach (var finding in Enumerable.Reverse(fixes))
            {
                script = finding.Fix!.Apply(script.Span);
            }

            made.AddRange(fixes);
            compilation = FilterCompiler.Compile(script.Span, name, options);
        }

        return new(script, made.ToImmutable(), compilation);
    }

    /// <summary>The certain fixes in the order of their places, of those that touch each other the first.</summary>
    private static List<Diagnostic> Choose(ImmutableArray<Diagnostic> findings)
    {
        var chosen = new List<Diagnostic>();
        foreach (var finding in findings.Where(finding => finding.Fix is { IsCertain: true }).OrderBy(finding => finding.Fix!.Span.Start))
        {
            if (chosen.Count == 0 || !Touch(chosen[^1].Fix!.Span, finding.Fix!.Span))
            {
                chosen.Add(finding);
            }
        }

        return chosen;
    }

    private static bool Touch(SourceSpan earlier, SourceSpan later) =>
        later.Start < earlier.End || later.Start == earlier.Start;
}
