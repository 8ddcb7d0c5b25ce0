using System.Globalization;
using System.Security.Cryptography;

namespace PluginMail.Testing;

/// <summary>A real opendkim that signs for example.test with a key of its own, and verifies by that key.</summary>
internal sealed class OpenDkim : IAsyncDisposable
{
    private const string Program = "/usr/sbin/opendkim";
    private readonly PeerProgram _peer = new();

    public string Address => $"inet:127.0.0.1:{_peer.Port}";

    /// <summary>The key's record at <c>s1._domainkey.example.test</c>.</summary>
    public string Record { get; private set; } = "";

    public static async Task<OpenDkim> StartAsync()
    {
        PeerProgram.Require(Program, "opendkim");
        var opendkim = new OpenDkim();
        await opendkim.RunAsync();
        return opendkim;
    }

    public ValueTask DisposeAsync() => _peer.DisposeAsync();

    private async Task RunAsync()
    {
        using var key = RSA.Create(2048);
        Record = $"v=DKIM1; k=rsa; p={Convert.ToBase64String(key.ExportSubjectPublicKeyInfo())}";
        await File.WriteAllTextAsync(_peer.Path("key"), key.ExportRSAPrivateKeyPem());
        await File.WriteAllTextAsync(_peer.Path("public"), $"s1._domainkey.example.test {Record}\n");
        await File.WriteAllLinesAsync(
            _peer.Path("opendkim.conf"),
            [
                $"Socket inet:{_peer.Port}@127.0.0.1",
                "Mode sv",
                "Domain example.test",
                "Selector s1",
                $"KeyFile {_peer.Path("key")}",
                $"TestPublicKeys {_peer.Path("public")}",
                "Canonicalization simple/simple", // not a space may change on the way
                "RequireSafeKeys no",
                "Background no",
                "AlwaysAddARHeader yes",
                "InternalHosts 192.0.2.99",
                $"PidFile {_peer.Path(Environment.ProcessId.ToString(CultureInfo.InvariantCulture))}",
            ]);
        await _peer.StartAsync(Program, "-f", "-x", _peer.Path("opendkim.conf"));
    }
}
