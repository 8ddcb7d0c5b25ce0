using System.Collections.Immutable;
using PluginMail.Filters.Checking;
using PluginMail.Filters.Evaluation;
using PluginMail.Filters.Syntax;

namespace PluginMail.Filters;

/// <summary>What came of compiling a script.</summary>
/// <param name="Syntax">The tree, as far as the script could be read.</param>
/// <param name="Filter">The compiled script; null where there is an error.</param>
/// <param name="Diagnostics">All errors and warnings in the order of their places.</param>
public sealed record FilterCompilation(ScriptSyntax Syntax, CompiledFilter? Filter, ImmutableArray<Diagnostic> Diagnostics)
{
    /// <summary>Whether the script cannot run.</summary>
    public bool HasErrors => Filter is null;

    /// <summary>The errors.</summary>
    public IEnumerable<Diagnostic> Errors => Diagnostics.Where(item => item.Severity == DiagnosticSeverity.Error);

    /// <summary>The warnings.</summary>
    public IEnumerable<Diagnostic> Warnings => Diagnostics.Where(item => item.Severity == DiagnosticSeverity.Warning);
}
