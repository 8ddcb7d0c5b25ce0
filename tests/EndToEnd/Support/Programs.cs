using System.Diagnostics;
using System.Text;

namespace PluginMail.EndToEnd;

/// <summary>How a program ended.</summary>
internal sealed record ProgramResult(string Command, int Status, string Output, string Error)
{
    public string All => $"{Command}\nstatus {Status}\n{Output}\n{Error}";

    /// <summary>The program did what it was asked.</summary>
    public ProgramResult Succeeded()
    {
        Assert.True(Status == 0, All);
        return this;
    }

    /// <summary>The program said no, with this status and this text.</summary>
    public ProgramResult Failed(int status, string text)
    {
        Assert.True(Status == status, All);
        Assert.True((Output + Error).Contains(text, StringComparison.Ordinal), $"expected '{text}' in:\n{All}");
        return this;
    }
}

/// <summary>Runs programs and waits for them.</summary>
internal static class Programs
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <summary>The dotnet that runs these tests.</summary>
    public static string DotNet { get; } = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    /// <summary>Skips a test whose program is not installed, except where everything has to be.</summary>
    public static void Require(params string[] programs)
    {
        foreach (string program in programs)
        {
            bool isThere = Environment.GetEnvironmentVariable("PATH")!.Split(':').Append("/usr/sbin").Any(folder => File.Exists(Path.Combine(folder, program)));
            bool everythingIsNeeded = Environment.GetEnvironmentVariable("CI") is "true" or "1";
            Assert.True(isThere || !everythingIsNeeded, $"{program} is not installed: tests/run installs it");
            Skip.IfNot(isThere, $"{program} is not installed");
        }
    }

    public static Task<ProgramResult> RunAsync(string program, params string[] arguments) => RunAsync(program, arguments, input: null);

    public static async Task<ProgramResult> RunAsync(
        string program, IEnumerable<string> arguments, string? input, string? folder = null, IReadOnlyDictionary<string, string>? environment = null, TimeSpan? limit = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? Path.GetTempPath(),
        };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        string command = $"{program} {string.Join(' ', start.ArgumentList)}";
        using var timeout = new CancellationTokenSource(limit ?? Limit);
        try
        {
            await WriteAsync(process, input);
            await process.WaitForExitAsync(timeout.Token);
            return new ProgramResult(command, process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException e)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{command} did not end within {limit ?? Limit}:\n{await output}\n{await error}", e);
        }
    }

    /// <summary>Runs a script of clients/ with Python.</summary>
    public static async Task PythonAsync(string script, params object[] arguments)
    {
        Require("python3");
        string[] all = [Repository.ClientScript(script), .. arguments.Select(argument => FormattableString.Invariant($"{argument}"))];
        (await RunAsync("python3", all, input: null)).Succeeded();
    }

    private static async Task WriteAsync(Process process, string? input)
    {
        try
        {
            if (input is not null)
            {
                await process.StandardInput.BaseStream.WriteAsync(Encoding.UTF8.GetBytes(input));
            }

            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading all of its input.
        }
    }
}
