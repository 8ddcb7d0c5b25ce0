using System.CommandLine;
using PluginMail.Configuration.Options;
using PluginMail.Filters;
using PluginMail.Filters.Editing;

namespace PluginMail.Server;

/// <summary>
/// <c>filter lsp</c>: a language server for scripts over standard input and output, for editors to start. With <c>--account</c> it knows folders,
/// addresses and plugins' words, and asks for them again with each script that is opened or saved.
/// </summary>
internal static class FilterLspCommand
{
    public static Command Build(CommandContext context)
    {
        Option<string?> account = FilterTools.AccountOption();
        var command = new Command("lsp", "A language server (LSP) for scripts over standard input and output") { account };
        command.SetAction((parsed, cancellationToken) => RunAsync(context, parsed, parsed.GetValue(account), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, ParseResult parsed, string? account, CancellationToken cancellationToken)
    {
        Func<CancellationToken, ValueTask<FilterCompilerOptions?>>? ask = null;
        FilterCompilerOptions options = FilterWords.WithoutPlugins;
        if (account is not null)
        {
            if (context.Load(parsed) is not { } server)
            {
                return 2;
            }

            (FilterCompilerOptions? known, string? problem) = await FilterTools.AskAsync(server, account, cancellationToken);
            if (known is null)
            {
                await Console.Error.WriteLineAsync(problem);
                return 1;
            }

            options = known;
            ask = token => AskAsync(server, account, token);
        }

        await using Stream input = Console.OpenStandardInput();
        await using Stream output = Console.OpenStandardOutput();
        return await new FilterLanguageServer(input, output, options) { Refresh = ask }.RunAsync(cancellationToken);
    }

    private static async ValueTask<FilterCompilerOptions?> AskAsync(MailServerOptions server, string account, CancellationToken cancellationToken) =>
        (await FilterTools.AskAsync(server, account, cancellationToken)).Options;
}
