using PluginMail.Filters;
using PluginMail.Filters.Checking;
using PluginMail.Filters.Evaluation;
using PluginMail.Storage;

namespace PluginMail.Server;

/// <summary>A script that is not the account's active one, compiled and linked with what it includes: the account's own scripts and the server's.</summary>
/// <param name="Filter">The filter; null where it does not compile.</param>
/// <param name="Problem">What is wrong with it; null where it compiles.</param>
internal sealed record LinkedScript(CompiledFilter? Filter, AdminResponse? Problem)
{
    /// <summary>Compiles and links.</summary>
    public static async ValueTask<LinkedScript> CompileAsync(
        AdminServices services, Account account, string name, ReadOnlyMemory<byte> text, CancellationToken cancellationToken)
    {
        FilterCompilation compilation = FilterCompiler.Compile(text.Span, name, services.Core.CompilerOptions);
        if (compilation.Filter is not { } filter)
        {
            return new LinkedScript(null, AdminResponse.Failed(DiagnosticPrinter.Print(compilation.Syntax.Text, compilation.Diagnostics)));
        }

        if (filter.Includes.IsEmpty)
        {
            return new LinkedScript(filter, null);
        }

        FilterLibrary library = await FilterLibrary.GatherAsync(
            filter,
            async (script, token) => script.Location == ScriptLocation.Global
                ? services.Core.ServerFilters.Find(script.Name)
                : await services.Store.Scripts.GetAsync(account.Id, script.Name, token) is { } personal
                    ? FilterCompiler.Compile(personal, script.Name, services.Core.CompilerOptions)
                    : null,
            cancellationToken);
        return new LinkedScript(filter.Link(library, new ScriptReference(ScriptLocation.Personal, Path.GetFileNameWithoutExtension(name))), null);
    }

    /// <summary>The name of the rule that a line belongs to; empty where it belongs to none.</summary>
    public static string RuleAt(CompiledFilter filter, string script, int line)
    {
        CompiledFilter? of = script.Length == 0 || script == filter.Text.Name
            ? filter
            : filter.Library.Scripts.FirstOrDefault(entry => entry.Value?.Text.Name == script).Value;
        return of?.Rules.LastOrDefault(rule => rule.Line <= line && of.Text.PositionOf(rule.Span.End).Line >= line)?.Name ?? "";
    }
}
