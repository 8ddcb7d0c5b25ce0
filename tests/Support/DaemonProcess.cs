using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace PluginMail.Testing;

/// <summary>A daemon that a test starts in the foreground and ends with all of its children.</summary>
internal sealed class DaemonProcess : IAsyncDisposable
{
    private readonly StringBuilder _output = new();
    private readonly Process _process;

    private DaemonProcess(string program, IEnumerable<string> arguments)
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
    }

    /// <summary>What it has said.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Starts one and waits until it listens on a port.</summary>
    public static async Task<DaemonProcess> StartAsync(string program, int port, params IEnumerable<string> arguments)
    {
        var daemon = new DaemonProcess(program, arguments);
        try
        {
            await daemon.WaitUntilItListensAsync(port);
            return daemon;
        }
        catch
        {
            await daemon.DisposeAsync();
            throw;
        }
    }

    /// <summary>A port as an address of loopback.</summary>
    public static string Loopback(int port) => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");

    /// <summary>Finds an installed program; skips the test where it is missing, except where everything has to be there.</summary>
    public static string Require(string package, params IEnumerable<string> paths)
    {
        string? program = paths.FirstOrDefault(File.Exists);
        bool everythingIsNeeded = Environment.GetEnvironmentVariable("CI") is "true" or "1";
        Assert.False(program is null && everythingIsNeeded, $"not installed: apt-get install {package}");
        Skip.If(program is null, $"{package} is not installed");
        return program!;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task WaitUntilItListensAsync(int port)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (true)
        {
            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync(IPAddress.Loopback, port, limit.Token);
                return;
            }
            catch (SocketException)
            {
                Assert.False(_process.HasExited, $"it ended: {Output}");
                Assert.False(limit.IsCancellationRequested, $"it does not listen: {Output}");
                await Task.Delay(50);
            }
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
