
namespace PluginMail.Testing;

/// <summary>A real c-icap with its virus_scan service in front of a real clamd.</summary>
public sealed class CIcap : IAsyncLifetime
{
    private const string Program = "/usr/bin/c-icap";
    private readonly PeerProgram _peer = new();
    private readonly Clamd _clamd = new();
    private readonly int _encryptedPort = FreePort.Next();

    public string Address => $"icap://127.0.0.1:{_peer.Port}";

    /// <summary>The same with TLS.</summary>
    public string EncryptedAddress => $"icaps://127.0.0.1:{_encryptedPort}";

    /// <summary>The PEM file of the one that signed its certificate: itself.</summary>
    public string Authority => _peer.Path("cert.pem");

    private static string? Modules => Directory.Exists("/usr/lib")
        ? Directory.EnumerateDirectories("/usr/lib").Select(folder => Path.Combine(folder, "c_icap"))
            .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "virus_scan.so")))
        : null;

    public void Require()
    {
        PeerProgram.Require(Program, "c-icap");
        PeerProgram.Require(Modules is null ? "/usr/lib/c_icap/virus_scan.so" : Program, "libc-icap-mod-virus-scan");
        _clamd.Require();
    }

    public async Task InitializeAsync()
    {
        await _clamd.InitializeAsync();
        if (!File.Exists(Program) || Modules is not { } modules || _clamd.Tcp.Length == 0)
        {
            return;
        }

        LoopbackCertificate.Make(_peer.Folder).Dispose();
        await File.WriteAllLinesAsync(
            _peer.Path("c-icap.conf"),
            [
                $"PidFile {_peer.Path("pid")}",
                $"CommandsSocket {_peer.Path("ctl")}",
                $"Port 127.0.0.1:{_peer.Port}",
                $"TlsPort 127.0.0.1:{_encryptedPort} cert={Authority} key={_peer.Path("key.pem")}",
                $"TmpDir {_peer.Folder}",
                $"ServerLog {_peer.Path("server.log")}",
                $"AccessLog {_peer.Path("access.log")}",
                $"ModulesDir {modules}",
                $"ServicesDir {modules}",
                "TemplateDir /usr/share/c_icap/templates/",
                "TemplateDefaultLanguage en",
                "LoadMagicFile /etc/c-icap/c-icap.magic",
                "StartServers 1",
                "MaxServers 2",
                "ThreadsPerChild 20",
                "KeepAliveTimeout 60",
                "Module common clamd_mod.so",
                "clamd_mod.ClamdHost 127.0.0.1",
                $"clamd_mod.ClamdPort {_clamd.Tcp.Split(':')[1]}",
                "Service antivirus_module virus_scan.so",
                "ServiceAlias plain virus_scan?allow204=off&sizelimit=off&mode=simple",
                "virus_scan.ScanFileTypes TEXT DATA EXECUTABLE ARCHIVE GIF JPEG MSOFFICE",
                "virus_scan.SendPercentData 5",
                "virus_scan.StartSendPercentDataAfter 2M",
                "virus_scan.MaxObjectSize 20M",
                "virus_scan.DefaultEngine clamd",
            ]);
        await _peer.StartAsync(Program, "-N", "-f", _peer.Path("c-icap.conf"));
    }

    public async Task DisposeAsync()
    {
        await _peer.DisposeAsync();
        await _clamd.DisposeAsync();
    }
}
