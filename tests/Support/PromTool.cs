using System.Diagnostics;

namespace PluginMail.Testing;

/// <summary>Prometheus' own judgement of what it is to read.</summary>
internal static class PromTool
{
    /// <summary>Has promtool parse and lint metrics; skips the test where it is not installed.</summary>
    public static async Task AcceptsAsync(string metrics)
    {
        bool isThere = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "promtool")));
        Skip.IfNot(isThere, "promtool is not installed: tests/run installs it");
        using var tool = Process.Start(new ProcessStartInfo("promtool", ["check", "metrics"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> output = tool.StandardOutput.ReadToEndAsync(), error = tool.StandardError.ReadToEndAsync();
        await tool.StandardInput.WriteAsync(metrics);
        tool.StandardInput.Close();
        await tool.WaitForExitAsync();
        Assert.True(tool.ExitCode == 0, $"promtool: {await output}{await error}\n{metrics}");
        Assert.Equal("", await output + await error);
    }
}
