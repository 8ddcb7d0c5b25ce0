using System.CommandLine;
using System.Collections.Immutable;
using System.Text.Json;
using PluginMail.Plugins;

namespace PluginMail.Server;

/// <summary><c>script check|run|list</c>: C# hook scripts.</summary>
internal static class ScriptCommands
{
    public static Command Build(CommandContext context)
    {
        var list = new Command("list", "Lists the scripts that run, as pluginmail plugin list does");
        list.SetAction((parsed, cancellationToken) => context.RunAsync(parsed, CommandContext.Request("script list", []), cancellationToken));
        return new Command("script", "C# hook scripts")
        {
            Check(context),
            ScriptRunCommand.Build(context),
            list,
        };
    }

    private static Command Check(CommandContext context)
    {
        var files = new Argument<FileInfo[]>("FILE") { Arity = ArgumentArity.OneOrMore };
        var check = new Command("check", "Says what is wrong with scripts; runs none. Needs no server") { files };
        check.SetAction((parsed, cancellationToken) => Task.FromResult(
            Check(parsed.GetValue(files)!, parsed.GetValue(context.Json), cancellationToken)));
        return check;
    }

    private static int Check(FileInfo[] files, bool asJson, CancellationToken cancellationToken)
    {
        var problems = ImmutableArray<ScriptProblem>.Empty;
        foreach (FileInfo file in files)
        {
            if (!file.Exists)
            {
                return CommandContext.Show(AdminResponse.Unusable($"{file} cannot be read"), asJson);
            }

            ImmutableArray<ScriptProblem> found = ScriptChecker.Check(file.FullName, cancellationToken);
            problems = problems.AddRange(found);
            if (!asJson)
            {
                Write(found);
                Console.Out.WriteLine($"{file}: {FilterTools.Count(found.Count(problem => !problem.IsWarning), "error")}, {FilterTools.Count(found.Count(problem => problem.IsWarning), "warning")}");
            }
        }

        if (asJson)
        {
            WriteJson(problems);
        }

        return problems.Any(problem => !problem.IsWarning) ? 1 : 0;
    }

    /// <summary>Writes problems as compilers do, a line each.</summary>
    public static void Write(IEnumerable<ScriptProblem> problems)
    {
        foreach (ScriptProblem problem in problems)
        {
            Console.Error.WriteLine(problem);
        }
    }

    private static void WriteJson(ImmutableArray<ScriptProblem> problems)
    {
        using var output = Console.OpenStandardOutput();
        using var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        writer.WriteStartArray();
        foreach (ScriptProblem problem in problems)
        {
            writer.WriteStartObject();
            writer.WriteString("file", problem.File);
            writer.WriteNumber("line", problem.Line);
            writer.WriteNumber("column", problem.Column);
            writer.WriteString("severity", problem.IsWarning ? "warning" : "error");
            writer.WriteString("code", problem.Code);
            writer.WriteString("message", problem.Text);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.Flush();
        output.Write("\n"u8);
    }
}
