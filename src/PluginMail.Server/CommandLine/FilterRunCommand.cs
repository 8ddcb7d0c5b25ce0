using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using PluginMail.Filters;
using PluginMail.Filters.Checking;
using PluginMail.Filters.Evaluation;
using PluginMail.Mime;

namespace PluginMail.Server;

/// <summary><c>filter run FILE --message M.eml</c>: says what a script would do with a message. Needs no server and changes nothing.</summary>
internal static class FilterRunCommand
{
    public static Command Build(CommandContext context)
    {
        var file = new Argument<FileInfo>("FILE") { Description = "The script" };
        var message = new Option<FileInfo>("--message") { Description = "The message", Required = true };
        var from = new Option<string?>("--envelope-from") { Description = "The reverse path; empty is the null sender" };
        var to = new Option<string?>("--envelope-to") { Description = "The recipient" };
        var trace = new Option<bool>("--trace") { Description = "Shows every test with its result" };
        var repeat = new Option<int>("--repeat") { Description = "Runs it so often and prints the time a message", DefaultValueFactory = _ => 1 };
        repeat.Validators.Add(static given =>
        {
            if (given.GetValueOrDefault<int>() < 1)
            {
                given.AddError("--repeat takes a number from 1 on.");
            }
        });
        var includes = new Option<DirectoryInfo?>("--include-dir") { Description = "The folder of global scripts that it includes; that of mail.toml without it" };
        var command = new Command("run", "Says what a script would do with a message") { file, message, from, to, trace, repeat, includes };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            new Job(
                parsed.GetValue(file)!,
                parsed.GetValue(message)!,
                new FilterEnvelope { From = parsed.GetValue(from), To = parsed.GetValue(to), OriginalTo = parsed.GetValue(to) },
                parsed.GetValue(trace),
                parsed.GetValue(repeat),
                parsed.GetValue(context.Json),
                ScriptFolders.Of(parsed.GetValue(file)!, parsed.GetValue(includes), context.FindConfiguration(parsed))),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(Job job, CancellationToken cancellationToken)
    {
        if (!job.Script.Exists || !job.Message.Exists)
        {
            await Console.Error.WriteLineAsync($"{(job.Script.Exists ? job.Message : job.Script)} cannot be read");
            return 2;
        }

        FilterCompilation compilation = FilterCompiler.Compile(await File.ReadAllBytesAsync(job.Script.FullName, cancellationToken), job.Script.ToString(), FilterWords.WithoutPlugins);
        if (compilation.Filter is null)
        {
            await Console.Error.WriteAsync(DiagnosticPrinter.Print(compilation.Syntax.Text, compilation.Diagnostics));
            return 1;
        }

        byte[] octets = await File.ReadAllBytesAsync(job.Message.FullName, cancellationToken);
        CompiledFilter filter = await job.Folders.LinkAsync(compilation.Filter, cancellationToken);
        (FilterResult result, double microseconds) = await RunAsync(filter, octets, job, cancellationToken);
        if (job.AsJson)
        {
            WriteJson(result, microseconds);
        }
        else
        {
            Write(result, microseconds, job.Repeat);
        }

        return result.Error is null ? 0 : 1;
    }

    private static async Task<(FilterResult Result, double Microseconds)> RunAsync(
        CompiledFilter filter, byte[] octets, Job job, CancellationToken cancellationToken)
    {
        MimeFilterMessage message = MimeFilterMessage.Of(octets);
        HeaderBlock.FindBody(octets, out int headerEnd);
        var options = new FilterRunOptions { Traces = job.Trace };
        FilterResult result = await filter.RunAsync(Input(), options, cancellationToken);
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < job.Repeat; i++)
        {
            result = await filter.RunAsync(Input(), options, cancellationToken);
        }

        return (result, Stopwatch.GetElapsedTime(start).TotalMicroseconds / job.Repeat);

        // What a run has read of a message is kept with it: each run gets a fresh one.
        FilterInput Input() => new(new MimeFilterMessage(octets.AsMemory(0, headerEnd), message.Content!, message.Structure!), job.Envelope) { Context = new() { Host = new InboxAlone() } };
    }

    private static void Write(FilterResult result, double microseconds, int repeat)
    {
        foreach (FilterTraceEntry entry in result.Trace)
        {
            string outcome = entry.Outcome is { } held ? held ? " -> true" : " -> false" : "";
            string value = entry.Value is null ? "" : $" ({entry.Value})";
            Console.Out.WriteLine($"  {entry.Line,4}: {new string(' ', entry.Depth * 2)}{entry.Text}{outcome}{value}");
        }

        foreach (FilterEffect effect in result.Effects)
        {
            Console.Out.WriteLine(effect switch
            {
                { Rule: { IsNamed: true } rule } => $"{effect} (rule \"{rule.Name}\", line {effect.Line})",
                { Line: > 0 } => $"{effect} (line {effect.Line})",
                _ => effect.ToString(),
            });
        }

        if (result.Error is { } error)
        {
            Console.Error.WriteLine($"line {error.Line}: {error.Message}");
        }

        if (repeat > 1)
        {
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{microseconds:0.###} microseconds a message"));
        }
    }

    private static void WriteJson(FilterResult result, double microseconds)
    {
        using var output = Console.OpenStandardOutput();
        using var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        writer.WriteStartObject();
        writer.WriteStartArray("effects");
        foreach (FilterEffect effect in result.Effects)
        {
            writer.WriteStartObject();
            writer.WriteString("effect", effect.ToString());
            writer.WriteNumber("line", effect.Line);
            writer.WriteString("rule", effect.Rule?.Name);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        if (result.Trace.Length > 0)
        {
            WriteTrace(writer, result);
        }

        writer.WriteString("error", result.Error?.Message);
        writer.WriteNumber("microseconds_per_message", Math.Round(microseconds, 3));
        writer.WriteEndObject();
        writer.Flush();
        output.Write("\n"u8);
    }

    private static void WriteTrace(Utf8JsonWriter writer, FilterResult result)
    {
        writer.WriteStartArray("trace");
        foreach (FilterTraceEntry entry in result.Trace)
        {
            writer.WriteStartObject();
            writer.WriteString("kind", entry.Kind.ToString().ToLowerInvariant());
            writer.WriteNumber("line", entry.Line);
            writer.WriteNumber("depth", entry.Depth);
            writer.WriteString("text", entry.Text);
            if (entry.Outcome is { } held)
            {
                writer.WriteBoolean("outcome", held);
            }

            writer.WriteString("value", entry.Value);
            writer.WriteString("script", entry.Script);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    /// <summary>Without a server no mailbox is known but the one that every account has.</summary>
    private sealed class InboxAlone : IFilterHost
    {
        public ValueTask<bool> MailboxExistsAsync(string mailbox, CancellationToken cancellation) => new(mailbox.Equals("INBOX", StringComparison.OrdinalIgnoreCase));
    }

    private sealed record Job(FileInfo Script, FileInfo Message, FilterEnvelope Envelope, bool Trace, int Repeat, bool AsJson, ScriptFolders Folders);
}
