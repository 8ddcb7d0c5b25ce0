using System.CommandLine;
using System.Text.Json;
using PluginMail.Filters;
using PluginMail.Filters.Checking;
using PluginMail.Filters.Syntax;

namespace PluginMail.Server;

/// <summary><c>filter check FILE…</c>: says what is wrong with scripts, and repairs what is certain. Needs no server, unless it is told whose scripts they are.</summary>
internal static class FilterCheckCommand
{
    public static Command Build(CommandContext context)
    {
        var files = new Argument<FileInfo[]>("FILE") { Arity = ArgumentArity.OneOrMore };
        var fix = new Option<bool>("--fix") { Description = "Makes the changes that are certain, in the files themselves" };
        var onEvents = new Option<bool>("--event") { Description = "The scripts are for IMAP events, even where they do not require \"imapsieve\"" };
        Option<string?> account = FilterTools.AccountOption();
        var command = new Command("check", "Says what is wrong with scripts") { files, fix, onEvents, account };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            FilterCompilerOptions? options = FilterWords.WithoutPlugins;
            if (parsed.GetValue(account) is { } owner)
            {
                if (context.Load(parsed) is not { } server)
                {
                    return 2;
                }

                (options, string? problem) = await FilterTools.AskAsync(server, owner, cancellationToken);
                if (options is null)
                {
                    await Console.Error.WriteLineAsync(problem);
                    return 1;
                }
            }

            options = options with { IsForEvents = parsed.GetValue(onEvents) };
            return await RunAsync(parsed.GetValue(files)!, parsed.GetValue(fix), options, parsed.GetValue(context.Json), cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(
        FileInfo[] files, bool fixes, FilterCompilerOptions options, bool asJson, CancellationToken cancellationToken)
    {
        var status = 0;
        var checkedFiles = new List<(string File, FilterCompilation Compilation)>();
        foreach (FileInfo file in files)
        {
            if (!file.Exists)
            {
                await Console.Error.WriteLineAsync($"{file} cannot be read");
                return 2;
            }

            byte[] script = await File.ReadAllBytesAsync(file.FullName, cancellationToken);
            FilterCompilation compilation = fixes
                ? await RepairAsync(file, script, options, asJson, cancellationToken)
                : FilterCompiler.Compile(script, file.ToString(), options);
            status = compilation.HasErrors ? 1 : status;
            checkedFiles.Add((file.ToString(), compilation));
            if (!asJson)
            {
                await Console.Out.WriteAsync(DiagnosticPrinter.Print(compilation.Syntax.Text, compilation.Diagnostics));
                await Console.Out.WriteLineAsync($"{file}: {FilterTools.Count(compilation.Errors.Count(), "error")}, {FilterTools.Count(compilation.Warnings.Count(), "warning")}");
            }
        }

        if (asJson)
        {
            WriteJson(checkedFiles);
        }

        return status;
    }

    private static async Task<FilterCompilation> RepairAsync(
        FileInfo file, byte[] script, FilterCompilerOptions options, bool asJson, CancellationToken cancellationToken)
    {
        FilterRepairs repairs = FilterRepair.Repair(script, file.ToString(), options);
        if (repairs.Made.IsEmpty)
        {
            return repairs.Compilation;
        }

        // Written beside it and put in its place, so that the script is whole at any time.
        string copy = file.FullName + ".repaired";
        await File.WriteAllBytesAsync(copy, repairs.Script, cancellationToken);
        File.Move(copy, file.FullName, overwrite: true);
        if (!asJson)
        {
            foreach (Diagnostic made in repairs.Made)
            {
                await Console.Out.WriteLineAsync($"{file}: repaired {made.Code}: {made.Fix!.Title}");
            }
        }

        return repairs.Compilation;
    }

    private static void WriteJson(IEnumerable<(string File, FilterCompilation Compilation)> files)
    {
        using var output = Console.OpenStandardOutput();
        using var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        writer.WriteStartArray();
        foreach ((string file, FilterCompilation compilation) in files)
        {
            foreach (Diagnostic finding in compilation.Diagnostics)
            {
                Write(writer, file, compilation.Syntax.Text, finding);
            }
        }

        writer.WriteEndArray();
        writer.Flush();
        output.Write("\n"u8);
    }

    private static void Write(Utf8JsonWriter writer, string file, SourceText text, Diagnostic finding)
    {
        writer.WriteStartObject();
        writer.WriteString("file", file);
        writer.WriteString("code", finding.Code);
        writer.WriteString("severity", finding.Severity.ToString().ToLowerInvariant());
        writer.WriteString("message", finding.Message);
        Write(writer, text, finding.Span);
        writer.WriteStartArray("related");
        foreach (RelatedSpan related in finding.Related)
        {
            writer.WriteStartObject();
            writer.WriteString("message", related.Message);
            Write(writer, text, related.Span);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("notes");
        foreach (string note in finding.Notes)
        {
            writer.WriteStringValue(note);
        }

        writer.WriteEndArray();
        if (finding.Fix is { } fix)
        {
            writer.WriteStartObject("fix");
            writer.WriteString("title", fix.Title);
            writer.WriteBoolean("certain", fix.IsCertain);
            Write(writer, text, fix.Span);
            writer.WriteString("new_text", fix.NewText);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    /// <summary>Lines and columns from 1, columns in characters; offset and length in octets.</summary>
    private static void Write(Utf8JsonWriter writer, SourceText text, SourceSpan span)
    {
        SourcePosition start = text.PositionOf(span.Start);
        SourcePosition end = text.PositionOf(span.End);
        writer.WriteNumber("line", start.Line);
        writer.WriteNumber("column", start.Column);
        writer.WriteNumber("end_line", end.Line);
        writer.WriteNumber("end_column", end.Column);
        writer.WriteNumber("offset", span.Start);
        writer.WriteNumber("length", span.Length);
    }
}
