using System.CommandLine;

namespace PluginMail.Server;

internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        ParseResult parsed = CommandLineRoot.Build().Parse(arguments);
        IReadOnlyList<string> problems = CommandLineRoot.ProblemsOf(parsed);
        if (problems.Count > 0)
        {
            foreach (string problem in problems)
            {
                await Console.Error.WriteLineAsync(problem);
            }

            return 2;
        }

        // Serving ends by its own signals; the parser's would cut it short.
        return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
    }
}
