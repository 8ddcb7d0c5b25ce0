using System.Collections.Immutable;

namespace PluginMail.Filters.Testing;

/// <summary>How one test went.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Line">The line at which it begins.</param>
/// <param name="Failure">Why it failed, or null.</param>
public sealed record FilterTestOutcome(string Name, int Line, string? Failure)
{
    /// <summary>Whether it passed.</summary>
    public bool Passed => Failure is null;
}

/// <summary>How the tests of one file went.</summary>
/// <param name="Compilation">What the compiler says of the file; with errors nothing was run.</param>
/// <param name="Tests">The tests in order.</param>
/// <param name="Printed">What the file printed.</param>
/// <param name="Error">An error outside of all tests, which ended the file; or null.</param>
public sealed record FilterTestReport(FilterCompilation Compilation, ImmutableArray<FilterTestOutcome> Tests, ImmutableArray<string> Printed, string? Error)
{
    /// <summary>Whether the file could not be compiled.</summary>
    public bool IsUnusable => Compilation.HasErrors;
}
