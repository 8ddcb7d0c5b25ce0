using System.Diagnostics;
using System.Net.Sockets;

namespace PluginMail.Transport.Tests;

/// <summary>What lies where a Unix socket is to be.</summary>
public sealed class UnixSocketFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("socket-").FullName;

    private string Place => Path.Combine(_folder, "s");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableFact]
    public async Task A_pipe_in_its_place_is_said_and_stays()
    {
        Skip.IfNot(OperatingSystem.IsLinux());
        using (Process made = Process.Start(new ProcessStartInfo("mkfifo", [Place]) { UseShellExecute = false })!)
        {
            await made.WaitForExitAsync();
        }

        await Assert.ThrowsAsync<IOException>(() => Task.Run(() => UnixSocketFile.Free(Place)).WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.True(Path.Exists(Place));
    }

    [Fact]
    public void A_file_in_its_place_stays()
    {
        File.WriteAllText(Place, "x");
        Assert.Throws<IOException>(() => UnixSocketFile.Free(Place));
        Assert.True(File.Exists(Place));
    }

    [SkippableFact]
    public void A_socket_that_nobody_listens_on_goes()
    {
        Skip.If(OperatingSystem.IsWindows());
        using (var left = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            left.Bind(new UnixDomainSocketEndPoint(Place));
            Assert.True(Path.Exists(Place));
        }

        if (!Path.Exists(Place)) // the runtime removes what it bound
        {
            return;
        }

        UnixSocketFile.Free(Place);
        Assert.False(Path.Exists(Place));
    }
}
