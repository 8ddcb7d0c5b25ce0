using System.Diagnostics;
using System.Globalization;

namespace PluginMail.Storage.Tests;

/// <summary>The room that files really take.</summary>
internal static class DiskUse
{
    public static long Of(string folder)
    {
        using Process du = Process.Start(new ProcessStartInfo("find") { ArgumentList = { folder, "-type", "f", "-printf", "%b\n" }, RedirectStandardOutput = true, UseShellExecute = false })!;
        return du.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Sum(blocks => long.Parse(blocks, CultureInfo.InvariantCulture) * 512);
    }
}
