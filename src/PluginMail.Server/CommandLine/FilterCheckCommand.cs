using System.CommandLine;
using PluginMail.Filters;
using PluginMail.Filters.Checking;

namespace PluginMail.Server;

/// <summary><c>filter check FILE…</c>: says what is wrong with scripts. Needs no server.</summary>
internal static class FilterCheckCommand
{
    public static Command Build(CommandContext context)
    {
        var files = new Argument<FileInfo[]>("FILE") { Arity = ArgumentArity.OneOrMore };
        var command = new Command("check", "Says what is wrong with scripts") { files };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(files)!, parsed.GetValue(context.Json), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(FileInfo[] files, bool asJson, CancellationToken cancellationToken)
    {
        int status = 0;
        List<IReadOnlyList<string>> rows = [];
        foreach (FileInfo file in files)
        {
            if (!file.Exists)
            {
                await Console.Error.WriteLineAsync($"{file} cannot be read");
                return 2;
            }

            FilterCompilation compilation = FilterCompiler.Compile(
                await File.ReadAllBytesAsync(file.FullName, cancellationToken), file.ToString());
            status = compilation.HasErrors ? 1 : status;
            if (!asJson)
            {
                await Console.Out.WriteAsync(DiagnosticPrinter.Print(compilation.Syntax.Text, compilation.Diagnostics));
                await Console.Out.WriteLineAsync($"{file}: {compilation.Errors.Count()} errors, {compilation.Warnings.Count()} warnings");
            }

            rows.AddRange(compilation.Diagnostics.Select(finding => (IReadOnlyList<string>)
                [file.ToString(), finding.Code, finding.Severity.ToString().ToLowerInvariant(), $"{compilation.Syntax.Text.PositionOf(finding.Span.Start)}", finding.Message]));
        }

        return asJson
            ? CommandContext.Show(new AdminResponse(status, Table: new AdminTable(["file", "code", "severity", "position", "message"], rows)), asJson)
            : status;
    }
}
