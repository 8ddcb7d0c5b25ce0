using System.CommandLine;
using PluginMail.Filters;
using PluginMail.Filters.Checking;
using PluginMail.Filters.Conversion;

namespace PluginMail.Server;

/// <summary><c>filter convert FILE</c>: turns rules of other programs into a script. Needs no server.</summary>
internal static class FilterConvertCommand
{
    public static Command Build()
    {
        var file = new Argument<FileInfo>("FILE") { Description = "A procmailrc, an Exim filter file, or a table (CSV)" };
        var from = new Option<ConversionSource?>("--from") { Description = "What it is written in; told by its content without it" };
        var output = new Option<FileInfo?>("--output") { Description = "Where the script goes; standard output without it" };
        var command = new Command("convert", "Turns rules of procmail, Exim or a panel's table into a script") { file, from, output };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(file)!, parsed.GetValue(from), parsed.GetValue(output), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(FileInfo file, ConversionSource? from, FileInfo? output, CancellationToken cancellationToken)
    {
        if (!file.Exists)
        {
            await Console.Error.WriteLineAsync($"{file} cannot be read");
            return 2;
        }

        string text = await File.ReadAllTextAsync(file.FullName, cancellationToken);
        FilterConversion conversion = FilterConversion.Convert(text, from ?? SourceOf(file, text));
        await (output is null ? Console.Out.WriteAsync(conversion.Script) : File.WriteAllTextAsync(output.FullName, conversion.Script, cancellationToken));
        foreach (ConversionNote note in conversion.Notes)
        {
            await Console.Error.WriteLineAsync($"{file}:{note.Line}: not converted: {note.Message}");
        }

        FilterCompilation compilation = FilterCompiler.Compile(conversion.Script, output?.ToString() ?? "script");
        await Console.Error.WriteAsync(DiagnosticPrinter.Print(compilation.Syntax.Text, compilation.Diagnostics));
        return conversion.Notes.IsEmpty && !compilation.HasErrors ? 0 : 1;
    }

    private static ConversionSource SourceOf(FileInfo file, string text) =>
        text.StartsWith("# Exim filter", StringComparison.OrdinalIgnoreCase) ? ConversionSource.Exim
        : file.Extension.Equals(".csv", StringComparison.OrdinalIgnoreCase) ? ConversionSource.Table
        : ConversionSource.Procmail;
}
