using System.CommandLine;
using System.Text.Json;
using PluginMail.Filters.Checking;
using PluginMail.Filters.Testing;

namespace PluginMail.Server;

/// <summary><c>filter test FILE.svtest…</c>: runs unit tests for scripts. Needs no server.</summary>
internal static class FilterTestCommand
{
    public static Command Build(CommandContext context)
    {
        var files = new Argument<FileInfo[]>("FILE") { Arity = ArgumentArity.OneOrMore, Description = "Files in the language of vnd.dovecot.testsuite" };
        var command = new Command("test", "Runs unit tests for scripts") { files };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(files)!, parsed.GetValue(context.Json), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(FileInfo[] files, bool asJson, CancellationToken cancellationToken)
    {
        var reports = new List<(string File, FilterTestReport Report)>();
        foreach (FileInfo file in files)
        {
            if (!file.Exists)
            {
                await Console.Error.WriteLineAsync($"{file} cannot be read");
                return 2;
            }

            byte[] text = await File.ReadAllBytesAsync(file.FullName, cancellationToken);
            FilterTestReport report = await new FilterTestSuite(name => Read(file.Directory!, name)).RunAsync(text, file.ToString(), cancellationToken);
            reports.Add((file.ToString(), report));
            if (report is { IsUnusable: false, Error: null, Tests: [] })
            {
                await Console.Error.WriteLineAsync($"{file} has no test in it");
                return 2;
            }

            if (!asJson)
            {
                Write(file.ToString(), report);
            }
        }

        if (asJson)
        {
            WriteJson(reports);
        }

        return reports.Exists(entry => entry.Report.IsUnusable) ? 2 : reports.Exists(entry => Failed(entry.Report) > 0) ? 1 : 0;
    }

    private static byte[]? Read(DirectoryInfo folder, string name)
    {
        string path = Path.GetFullPath(Path.Combine(folder.FullName, name));
        return File.Exists(path) ? File.ReadAllBytes(path) : null;
    }

    /// <summary>An error outside of all tests counts as one that failed.</summary>
    private static int Failed(FilterTestReport report) => report.Tests.Count(test => !test.Passed) + (report.Error is null ? 0 : 1);

    private static void Write(string file, FilterTestReport report)
    {
        if (report.IsUnusable)
        {
            Console.Error.Write(DiagnosticPrinter.Print(report.Compilation.Syntax.Text, [.. report.Compilation.Errors]));
            return;
        }

        foreach (string line in report.Printed)
        {
            Console.Out.WriteLine(line);
        }

        foreach (FilterTestOutcome test in report.Tests)
        {
            Console.Out.WriteLine(test.Passed ? $"passed: {test.Name}" : $"FAILED: {test.Name}: {test.Failure}");
        }

        if (report.Error is not null)
        {
            Console.Out.WriteLine($"FAILED: {file}: {report.Error}");
        }

        Console.Out.WriteLine($"{report.Tests.Count(test => test.Passed)} passed, {Failed(report)} failed");
    }

    private static void WriteJson(IEnumerable<(string File, FilterTestReport Report)> reports)
    {
        using var output = Console.OpenStandardOutput();
        using var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        writer.WriteStartArray();
        foreach ((string file, FilterTestReport report) in reports)
        {
            writer.WriteStartObject();
            writer.WriteString("file", file);
            writer.WriteStartArray("errors");
            foreach (Diagnostic error in report.Compilation.Errors)
            {
                writer.WriteStringValue(DiagnosticPrinter.PrintLine(report.Compilation.Syntax.Text, error));
            }

            if (report.Error is not null)
            {
                writer.WriteStringValue(report.Error);
            }

            writer.WriteEndArray();
            writer.WriteStartArray("tests");
            foreach (FilterTestOutcome test in report.Tests)
            {
                writer.WriteStartObject();
                writer.WriteString("name", test.Name);
                writer.WriteNumber("line", test.Line);
                writer.WriteBoolean("passed", test.Passed);
                writer.WriteString("failure", test.Failure);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteNumber("passed", report.Tests.Count(test => test.Passed));
            writer.WriteNumber("failed", Failed(report));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.Flush();
        output.Write("\n"u8);
    }
}
