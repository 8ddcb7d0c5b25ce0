using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using System.Text.Json;
using PluginMail.Abstractions;
using PluginMail.Configuration;
using PluginMail.Configuration.Options;
using PluginMail.Dns;
using PluginMail.Pipeline;
using PluginMail.Plugins;

namespace PluginMail.Server;

/// <summary><c>script run FILE --message M.eml</c>: says what a script does with a message. Needs no server and changes nothing.</summary>
internal static class ScriptRunCommand
{
    /// <summary>After so long a person is told why nothing is shown yet.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static Command Build(CommandContext context)
    {
        var file = new Argument<FileInfo>("FILE") { Description = "The script; its table is taken from mail.toml where that names the script" };
        var message = new Option<FileInfo>("--message") { Description = "The message", Required = true };
        var from = new Option<string?>("--envelope-from") { Description = "The reverse path; empty is the null sender; without it, the message's From" };
        var to = new Option<string[]>("--envelope-to") { Description = "The recipients; without it, you@example.org" };
        var outgoing = new Option<bool>("--outgoing") { Description = "As sent by an account here" };
        var client = new Option<string>("--client") { Description = "The client's address", DefaultValueFactory = _ => "192.0.2.1" };
        var hello = new Option<string>("--hello") { Description = "What the client calls itself", DefaultValueFactory = _ => "client.example" };
        var limit = new Option<double?>("--time-limit") { Description = "The longest a hook may take; without it, time_limit of the script's table, or 60", HelpName = "SECONDS" };
        limit.Validators.Add(result => Demand(result, result.GetValueOrDefault<double?>() is null or (>= 0.001 and <= 600), "--time-limit is a number of seconds from 0.001 to 600"));
        var command = new Command("run", "Says what a script does with a message") { file, message, from, to, outgoing, client, hello, limit };
        command.SetAction((parsed, cancellationToken) =>
        {
            bool asJson = parsed.GetValue(context.Json);
            FileInfo script = parsed.GetValue(file)!;
            FileInfo read = parsed.GetValue(message)!;
            if (!script.Exists || !read.Exists)
            {
                return Task.FromResult(CommandContext.Show(AdminResponse.Unusable($"{(script.Exists ? read : script)} cannot be read"), asJson));
            }

            if (!IPAddress.TryParse(parsed.GetValue(client), out IPAddress? address))
            {
                return Task.FromResult(CommandContext.Show(AdminResponse.Unusable("--client is no address"), asJson));
            }

            byte[] octets = File.ReadAllBytes(read.FullName);
            string[] names = parsed.GetValue(to) is { Length: > 0 } given ? given : ["you@example.org"];
            if (!TryReadAll(names, out ImmutableArray<EmailAddress> recipients) || !TryReadSender(parsed.GetValue(from), octets, out EmailAddress? sender))
            {
                return Task.FromResult(CommandContext.Show(AdminResponse.Unusable("--envelope-from or --envelope-to is no address"), asJson));
            }

            var trial = new TrialMessage(octets, sender, recipients, parsed.GetValue(outgoing), address, parsed.GetValue(hello)!);
            return RunAsync(context.FindConfiguration(parsed), script.FullName, trial, parsed.GetValue(limit), asJson, cancellationToken);
        });
        return command;
    }

    private static void Demand(SymbolResult result, bool isSo, string otherwise)
    {
        if (!isSo)
        {
            result.AddError(otherwise);
        }
    }

    private static async Task<int> RunAsync(
        string configuration, string script, TrialMessage message, double? limit, bool asJson, CancellationToken cancellationToken)
    {
        var options = new MailServerOptions();
        if (File.Exists(configuration))
        {
            ConfigurationResult read = ConfigurationFile.Load(configuration);
            foreach (ConfigurationError finding in read.Findings)
            {
                Console.Error.WriteLine(finding);
            }

            if (!read.IsUsable)
            {
                return 2;
            }

            options = read.Options;
        }

        ScriptEntry? named = FindEntry(options, script);
        if (named is null)
        {
            Console.Error.WriteLine($"{configuration} {(File.Exists(configuration) ? "names no such script" : "does not exist")}: it runs with its defaults");
        }

        PluginSettings settings = (named ?? new ScriptEntry { Path = script, Plugin = new PluginEntry { Name = Path.GetFileNameWithoutExtension(script) } }).ToPlugin();
        settings = limit is { } seconds ? settings with { TimeLimit = TimeSpan.FromSeconds(seconds) } : settings;
        using var loggers = new TrialLoggers(Console.Error);
        using var resolver = new StubResolver(() => options.ToResolver(), TimeProvider.System, loggers.CreateLogger(LogCategories.Dns));
        Task<ScriptTrialResult> running = new ScriptTrial(settings, resolver, loggers).RunAsync(message, cancellationToken);
        if (await Task.WhenAny(running, Task.Delay(Patience, TimeProvider.System, cancellationToken)) != running)
        {
            Console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"still running: a hook has {settings.TimeLimit.TotalSeconds:0.###} seconds (time_limit), the script's own lines 30"));
        }

        ScriptTrialResult result = await running;
        if (asJson)
        {
            WriteJson(result);
        }
        else
        {
            Write(result, message);
        }

        return result.Problems.Count == 0 && result.Fault is null ? 0 : 1;
    }

    /// <summary>The script's entry in mail.toml, by whichever name of the file it has there; null where there is none.</summary>
    private static ScriptEntry? FindEntry(MailServerOptions options, string script)
    {
        string real = RealPath.Of(script);
        return options.Scripts.Order.FirstOrDefault(entry => entry.Path == script) ?? options.Scripts.Order.FirstOrDefault(entry => RealPath.Of(entry.Path) == real);
    }

    private static bool TryReadSender(string? given, byte[] octets, out EmailAddress? sender)
    {
        sender = null;
        if (given is not null)
        {
            return given.Length == 0 || EmailAddress.TryParse(given, out sender);
        }

        sender = TrialDelivery.View(octets).From;
        return true;
    }

    private static bool TryReadAll(string[] texts, out ImmutableArray<EmailAddress> addresses)
    {
        addresses = [];
        foreach (string text in texts)
        {
            if (!EmailAddress.TryParse(text, out EmailAddress? address))
            {
                return false;
            }

            addresses = addresses.Add(address);
        }

        return true;
    }

    private static void Write(ScriptTrialResult result, TrialMessage message)
    {
        foreach (string problem in result.Problems)
        {
            Console.Error.WriteLine(problem);
        }

        if (result.Reply is not { } reply)
        {
            return;
        }

        Console.Out.WriteLine($"hooks: {(result.Hooks.IsEmpty ? "none" : string.Join(", ", result.Hooks))}");
        if (!result.NotAsked.IsEmpty)
        {
            Console.Out.WriteLine($"not asked: {string.Join(", ", result.NotAsked)}");
        }

        foreach (TraceEntry stage in result.Stages)
        {
            string detail = stage.Detail is null ? "" : $" ({stage.Detail})";
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{stage.Stage}: {stage.Decision}{detail}, {stage.Microseconds} microseconds"));
        }

        Console.Out.WriteLine($"reply: {reply}");
        if (result.Delivered is not { } delivered)
        {
            Console.Out.WriteLine("nothing is delivered");
            return;
        }

        if (delivered.HeldFor is { } reason)
        {
            Console.Out.WriteLine($"held: {reason}");
        }

        if (!Equals(delivered.From, message.From))
        {
            Console.Out.WriteLine($"sender: <{delivered.From}>");
        }

        Console.Out.WriteLine($"recipients: {string.Join(", ", delivered.To)}");
        Write("-", delivered.RemovedFields);
        Write("+", delivered.AddedFields);
        if (delivered.IsBodyChanged)
        {
            Console.Out.WriteLine("the body is replaced");
        }
    }

    private static void Write(string sign, ImmutableArray<string> fields)
    {
        foreach (string field in fields)
        {
            Console.Out.WriteLine($"{sign} {field}");
        }
    }

    private static void WriteJson(ScriptTrialResult result)
    {
        using var output = Console.OpenStandardOutput();
        using var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        writer.WriteStartObject();
        WriteArray(writer, "problems", result.Problems);
        WriteArray(writer, "hooks", result.Hooks);
        WriteArray(writer, "not_asked", result.NotAsked);
        writer.WriteStartArray("stages");
        foreach (TraceEntry stage in result.Stages)
        {
            writer.WriteStartObject();
            writer.WriteString("stage", stage.Stage);
            writer.WriteString("decision", stage.Decision);
            writer.WriteString("detail", stage.Detail);
            writer.WriteString("recipient", stage.Subject);
            writer.WriteNumber("score", stage.Score);
            writer.WriteNumber("microseconds", stage.Microseconds);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteString("reply", result.Reply?.ToString());
        writer.WriteString("fault", result.Fault);
        if (result.Delivered is { } delivered)
        {
            writer.WriteStartObject("delivered");
            writer.WriteString("from", delivered.From?.ToString() ?? "");
            WriteArray(writer, "to", delivered.To.Select(recipient => recipient.ToString()));
            writer.WriteString("held", delivered.HeldFor);
            WriteArray(writer, "removed_fields", delivered.RemovedFields);
            WriteArray(writer, "added_fields", delivered.AddedFields);
            writer.WriteBoolean("body_replaced", delivered.IsBodyChanged);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.Flush();
        output.Write("\n"u8);
    }

    private static void WriteArray(Utf8JsonWriter writer, string name, IEnumerable<string> values)
    {
        writer.WriteStartArray(name);
        foreach (string value in values)
        {
            writer.WriteStringValue(value);
        }

        writer.WriteEndArray();
    }
}
