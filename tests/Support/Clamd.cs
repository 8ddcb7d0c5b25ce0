using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace PluginMail.Testing;

/// <summary>A real clamd with two signatures of our own, on a free port and a socket in a folder of its own.</summary>
public sealed class Clamd : IAsyncLifetime
{
    public const string OwnSignature = "PluginMail-Test-Signature";
    public const int StreamMaxLength = 2 * 1024 * 1024;

    private readonly string _folder = Directory.CreateTempSubdirectory("clamd-").FullName;
    private readonly StringBuilder _output = new();
    private Process? _process;

    /// <summary>The industry's test string, put together here so that no scanner finds it in the sources.</summary>
    public static string Eicar { get; } =
        string.Concat(@"X5O!P%@AP[4\PZX54(P^)7CC)7}", "$EICAR", "-STANDARD-ANTIVIRUS", "-TEST-FILE", "!$H+H*");

    public string Tcp { get; private set; } = "";

    /// <summary>What it takes. Its default here is small.</summary>
    internal long LargestStream { get; init; } = StreamMaxLength;

    public string Unix => $"unix:{_folder}/clamd.sock";

    /// <summary>Skips a test where clamd is not installed, except where everything has to be.</summary>
    public void Require()
    {
        if (_process is null)
        {
            bool everythingIsNeeded = Environment.GetEnvironmentVariable("CI") is "true" or "1";
            Assert.False(everythingIsNeeded, "clamd is not installed: apt-get install clamav-daemon");
            Skip.If(condition: true, "clamd is not installed");
        }
    }

    public async Task InitializeAsync()
    {
        string? clamd = new[] { "/usr/sbin/clamd", "/usr/bin/clamd", "/usr/local/sbin/clamd" }.FirstOrDefault(File.Exists);
        if (clamd is null)
        {
            return;
        }

        int port = FreePort.Next();
        Tcp = $"127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}";
        string database = Path.Combine(_folder, "db");
        Directory.CreateDirectory(database);
        await File.WriteAllTextAsync(
            Path.Combine(database, "own.ndb"),
            $"PluginMail.Own:0:*:{Hex(OwnSignature)}\nPluginMail.Eicar:0:*:{Hex(Eicar)}\n");
        string configuration = Path.Combine(_folder, "clamd.conf");
        await File.WriteAllLinesAsync(
            configuration,
            [
                "Foreground true",
                $"DatabaseDirectory {database}",
                $"TemporaryDirectory {_folder}",
                $"LocalSocket {_folder}/clamd.sock",
                $"TCPSocket {port.ToString(CultureInfo.InvariantCulture)}",
                "TCPAddr 127.0.0.1",
                $"User {Environment.UserName}",
                $"StreamMaxLength {LargestStream.ToString(CultureInfo.InvariantCulture)}",
                "MaxScanSize 400M",
                "MaxFileSize 400M",
            ]);
        _process = Process.Start(new ProcessStartInfo(clamd, ["-c", configuration])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _process.OutputDataReceived += (_, line) => Note(line.Data);
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await WaitUntilItListensAsync(port);
    }

    public async Task DisposeAsync()
    {
        if (_process is { } process)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private static string Hex(string text) => Convert.ToHexStringLower(Encoding.ASCII.GetBytes(text));

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
                Assert.False(_process!.HasExited, $"clamd ended: {Output()}");
                Assert.False(limit.IsCancellationRequested, $"clamd does not listen: {Output()}");
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

    private string Output()
    {
        lock (_output)
        {
            return _output.ToString();
        }
    }
}
