using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace PluginMail.Testing;

/// <summary>A program that serves on a free port of loopback, in a folder of its own, until it is disposed.</summary>
internal sealed class PeerProgram : IAsyncDisposable
{
    private readonly StringBuilder _output = new();
    private Process? _process;

    public string Folder { get; } = Directory.CreateTempSubdirectory("peer-").FullName;

    public string Port { get; } = FreePort.Next().ToString(CultureInfo.InvariantCulture);

    /// <summary>Skips a test whose program is not installed, except where everything has to be.</summary>
    public static void Require(string program, string package)
    {
        bool everythingIsNeeded = Environment.GetEnvironmentVariable("CI") is "true" or "1";
        Assert.False(!File.Exists(program) && everythingIsNeeded, $"{program} is not installed: apt-get install {package}");
        Skip.IfNot(File.Exists(program), $"{program} is not installed");
    }

    public string Path(string file) => System.IO.Path.Combine(Folder, file);

    /// <summary>Starts it and waits until it listens.</summary>
    public async Task StartAsync(string program, params string[] arguments)
    {
        _process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _process.OutputDataReceived += (_, line) => Note(line.Data);
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (true)
        {
            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync(IPAddress.Loopback, int.Parse(Port, CultureInfo.InvariantCulture), limit.Token);
                return;
            }
            catch (SocketException)
            {
                Assert.False(_process.HasExited, $"{program} ended: {Output()}");
                await Task.Delay(50, limit.Token);
            }
        }
    }

    public string Output()
    {
        lock (_output)
        {
            return _output.ToString();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
        {
            await EndAsync(process);
            process.Dispose();
        }

        Directory.Delete(Folder, recursive: true);
    }

    // Asked to first: c-icap leaves locks in /tmp where it is killed.
    private static async Task EndAsync(Process process)
    {
        using var asked = Process.Start("/bin/kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        try
        {
            await asked.WaitForExitAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    private void Note(string? line)
    {
        lock (_output)
        {
            _output.AppendLine(line);
        }
    }
}
