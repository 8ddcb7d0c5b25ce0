using System.CommandLine;
using PluginMail.Filters;
using PluginMail.Filters.Editing;

namespace PluginMail.Server;

/// <summary><c>filter lsp</c>: a language server for scripts over standard input and output, for editors to start.</summary>
internal static class FilterLspCommand
{
    public static Command Build()
    {
        var command = new Command("lsp", "A language server (LSP) for scripts over standard input and output");
        command.SetAction(async (_, cancellationToken) =>
        {
            await using Stream input = Console.OpenStandardInput();
            await using Stream output = Console.OpenStandardOutput();
            return await new FilterLanguageServer(input, output, FilterCompilerOptions.Default).RunAsync(cancellationToken);
        });
        return command;
    }
}
