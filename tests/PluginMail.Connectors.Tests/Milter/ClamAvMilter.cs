using PluginMail.Testing;

namespace PluginMail.Connectors.Tests.Milter;

/// <summary>A real clamav-milter in front of a real clamd.</summary>
internal sealed class ClamAvMilter : IAsyncDisposable
{
    private const string Program = "/usr/sbin/clamav-milter";
    private readonly PeerProgram _peer = new();
    private readonly Clamd _clamd = new();

    public string Address => $"inet:127.0.0.1:{_peer.Port}";

    /// <summary>Starts both.</summary>
    /// <param name="onInfected">Reject, Quarantine, Blackhole, Defer or Accept.</param>
    public static async Task<ClamAvMilter> StartAsync(string onInfected)
    {
        PeerProgram.Require(Program, "clamav-milter");
        var milter = new ClamAvMilter();
        await milter._clamd.InitializeAsync();
        milter._clamd.Require();
        await File.WriteAllLinesAsync(
            milter._peer.Path("milter.conf"),
            [
                $"MilterSocket inet:{milter._peer.Port}@127.0.0.1",
                $"ClamdSocket tcp:{milter._clamd.Tcp}",
                $"OnInfected {onInfected}",
                onInfected == "Reject" ? "RejectMsg Infected by %v" : "AddHeader Replace",
                "Foreground true",
                $"TemporaryDirectory {milter._peer.Folder}",
                $"PidFile {milter._peer.Path("pid")}",
            ]);
        await milter._peer.StartAsync(Program, "-c", milter._peer.Path("milter.conf"));
        return milter;
    }

    public async ValueTask DisposeAsync()
    {
        await _peer.DisposeAsync();
        await _clamd.DisposeAsync();
    }
}
