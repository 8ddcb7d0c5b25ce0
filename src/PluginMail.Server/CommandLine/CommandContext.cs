using System.CommandLine;
using System.Text.Json;
using PluginMail.Configuration;
using PluginMail.Configuration.Options;

namespace PluginMail.Server;

/// <summary>What all commands share: the options --config and --json, and how a response is shown.</summary>
internal sealed class CommandContext
{
    private const string DefaultFile = "mail.toml";

    public Option<string?> Config { get; } = new("--config")
    {
        Description = "The settings file; without it mail.toml here or above, or beside the program",
        Recursive = true,
        HelpName = "FILE",
    };

    public Option<bool> Json { get; } = new("--json") { Description = "Answers in JSON, for programs", Recursive = true };

    /// <summary>Where mail.toml is.</summary>
    public string FindConfiguration(ParseResult parsed)
    {
        if (parsed.GetValue(Config) is { } named)
        {
            return Path.GetFullPath(named);
        }

        for (string? folder = Directory.GetCurrentDirectory(); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            string file = Path.Combine(folder, DefaultFile);
            if (File.Exists(file))
            {
                return file;
            }
        }

        return Path.Combine(AppContext.BaseDirectory, DefaultFile);
    }

    /// <summary>Reads mail.toml; what is wrong with it is printed.</summary>
    public MailServerOptions? Load(ParseResult parsed)
    {
        ConfigurationResult result = ConfigurationFile.Load(FindConfiguration(parsed));
        foreach (ConfigurationError finding in result.Findings)
        {
            Console.Error.WriteLine(finding);
        }

        return result.Options;
    }

    /// <summary>Runs an operation and shows the response.</summary>
    /// <returns>The exit status.</returns>
    public async Task<int> RunAsync(ParseResult parsed, AdminRequest request, CancellationToken cancellationToken) =>
        Load(parsed) is { } options
            ? Show(await AskAsync(options, FindConfiguration(parsed), request, static (_, _) => ValueTask.CompletedTask, cancellationToken), parsed.GetValue(Json))
            : 2;

    /// <summary>Runs an operation that takes its time: how far it is stands on the terminal, or with --json on standard error, an object a line.</summary>
    /// <returns>The exit status.</returns>
    public async Task<int> RunWithProgressAsync(ParseResult parsed, AdminRequest request, CancellationToken cancellationToken)
    {
        if (Load(parsed) is not { } options)
        {
            return 2;
        }

        bool asJson = parsed.GetValue(Json);
        AdminResponse response;
        using (var line = new ProgressLine(Console.Error, asJson, !Console.IsErrorRedirected))
        {
            response = await AskAsync(options, FindConfiguration(parsed), request, line.ShowAsync, cancellationToken);
        }

        return Show(response, asJson);
    }

    /// <summary>Runs an operation that writes for as long as it runs, and shows that at once; with --json it becomes one value at the end.</summary>
    /// <returns>The exit status.</returns>
    public async Task<int> RunWithOutputAsync(ParseResult parsed, AdminRequest request, CancellationToken cancellationToken)
    {
        if (Load(parsed) is not { } options)
        {
            return 2;
        }

        bool asJson = parsed.GetValue(Json);
        AdminResponse response;
        await using (var printer = new OutputPrinter(OutputPrinter.OpenStandardOutput(), asJson))
        {
            response = await AskAsync(options, FindConfiguration(parsed), request, printer.ShowAsync, cancellationToken);
            response = response with { Text = printer.Gathered };
        }

        return Show(response, asJson);
    }

    private static async Task<AdminResponse> AskAsync(
        MailServerOptions options, string path, AdminRequest request, ReportProgress progress, CancellationToken cancellationToken)
    {
        try
        {
            return await AdminClient.RunAsync(options, path, request, progress, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return AdminResponse.Failed(e.Message);
        }
    }

    /// <summary>Makes a request of pairs; those without value are left out.</summary>
    public static AdminRequest Request(
        string operation, IEnumerable<(string Name, string? Value)> arguments, IReadOnlyList<string>? items = null, byte[]? data = null) => new(
            operation,
            arguments.Where(argument => argument.Value is not null).ToDictionary(argument => argument.Name, argument => argument.Value!),
            items ?? [],
            data);

    /// <summary>Shows a response.</summary>
    /// <returns>The exit status.</returns>
    public static int Show(AdminResponse response, bool asJson)
    {
        if (asJson && !response.IsJson)
        {
            Console.Out.WriteLine(ToJson(response));
            return response.Status;
        }

        TextWriter output = response.Status == 0 ? Console.Out : Console.Error;
        if (response.Message is { Length: > 0 } message)
        {
            output.WriteLine(message);
        }

        if (response.Text is not null)
        {
            output.Write(response.Text.EndsWith('\n') ? response.Text : response.Text + "\n");
        }

        if (response.Table is { } table)
        {
            WriteTable(output, table);
        }

        return response.Status;
    }

    /// <summary>A response in JSON: a table as an array of objects, anything else as one object.</summary>
    public static string ToJson(AdminResponse response)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            if (response.Table is { } table)
            {
                writer.WriteStartArray();
                foreach (IReadOnlyList<string> row in table.Rows)
                {
                    writer.WriteStartObject();
                    for (int i = 0; i < table.Columns.Count; i++)
                    {
                        writer.WriteString(table.Columns[i].Replace(' ', '_'), row[i]);
                    }

                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            }
            else
            {
                writer.WriteStartObject();
                writer.WriteBoolean("ok", response.Status == 0);
                if (response.Message is not null || response.Text is null)
                {
                    writer.WriteString("message", response.Message ?? "");
                }

                if (response.Text is not null)
                {
                    writer.WriteString("text", response.Text);
                }

                writer.WriteEndObject();
            }
        }

        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void WriteTable(TextWriter output, AdminTable table)
    {
        int[] widths = [.. table.Columns.Select((column, i) => Math.Max(column.Length, table.Rows.Select(row => row[i].Length).DefaultIfEmpty(0).Max()))];
        WriteRow(table.Columns);
        foreach (IReadOnlyList<string> row in table.Rows)
        {
            WriteRow(row);
        }

        void WriteRow(IReadOnlyList<string> values) =>
            output.WriteLine(string.Join("  ", values.Select((value, i) => value.PadRight(widths[i]))).TrimEnd());
    }
}
