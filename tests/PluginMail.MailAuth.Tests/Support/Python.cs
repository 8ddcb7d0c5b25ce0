using System.Diagnostics;

namespace PluginMail.MailAuth.Tests;

/// <summary>Debian's Python with its mail packages: peers that others wrote.</summary>
internal static class Python
{
    private const string Interpreter = "/usr/bin/python3";

    /// <summary>Skips the test where a module is not installed (tests/run installs it).</summary>
    public static async Task RequireAsync(string modules)
    {
        Skip.IfNot(File.Exists(Interpreter), "no Debian Python here");
        (int status, _, _) = await StartAsync($"import {modules}", "");
        Skip.If(status != 0, $"Debian's Python lacks one of {modules}");
    }

    /// <summary>Runs a script with text for its standard input and gives its standard output.</summary>
    public static async Task<string> RunAsync(string script, string input)
    {
        (int status, string output, string errors) = await StartAsync(script, input);
        Assert.True(status == 0, errors);
        return output;
    }

    private static async Task<(int Status, string Output, string Errors)> StartAsync(string script, string input)
    {
        var start = new ProcessStartInfo(Interpreter)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new System.Text.UTF8Encoding(false),
            ArgumentList = { "-W", "ignore", "-c", script },
        };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        try
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading; its status says why.
        }

        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await errors);
    }
}
