using System.CommandLine;

namespace PluginMail.Server;

internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        ParseResult parsed = CommandLineRoot.Build().Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            foreach (System.CommandLine.Parsing.ParseError error in parsed.Errors)
            {
                await Console.Error.WriteLineAsync(error.Message);
            }

            return 2;
        }

        // Serving ends by its own signals; the parser's would cut it short.
        return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
    }
}
