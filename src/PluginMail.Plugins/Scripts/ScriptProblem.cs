using System.Collections.Immutable;

namespace PluginMail.Plugins;

/// <summary>Something wrong with a C# script, and where.</summary>
/// <param name="File">The file, which may be one that the script loads.</param>
/// <param name="Line">From 1; 0 where no place can be told.</param>
/// <param name="Column">From 1, in characters; 0 where no place can be told.</param>
/// <param name="Code">The compiler's code, as <c>CS1002</c>; empty for what the server itself found.</param>
/// <param name="Text">What is wrong.</param>
/// <param name="IsWarning">Whether the script runs all the same.</param>
public sealed record ScriptProblem(string File, int Line, int Column, string Code, string Text, bool IsWarning = false)
{
    private const int MostShown = 20;

    /// <summary>As compilers and editors write it.</summary>
    /// <returns>As <c>tag.csx(3,14): error CS1002: ; expected</c>.</returns>
    public override string ToString()
    {
        string place = Line > 0 ? $"{File}({Line},{Column})" : File;
        string kind = IsWarning ? "warning" : "error";
        return Code.Length > 0 ? $"{place}: {kind} {Code}: {Text}" : $"{place}: {kind}: {Text}";
    }

    /// <summary>All errors on one line, for a log; the first twenty.</summary>
    internal static string Describe(ImmutableArray<ScriptProblem> problems)
    {
        ScriptProblem[] errors = [.. problems.Where(problem => !problem.IsWarning)];
        string shown = string.Join("; ", errors.Take(MostShown));
        return errors.Length <= MostShown ? shown : $"{shown}; and {errors.Length - MostShown} more";
    }
}
