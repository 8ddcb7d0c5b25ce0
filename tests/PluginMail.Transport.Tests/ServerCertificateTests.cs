using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace PluginMail.Transport.Tests;

public sealed class ServerCertificateTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pluginmail-certificate-");

    private string CertificatePath => Path.Combine(_folder.FullName, "tls", "cert.pem");

    private string KeyPath => Path.Combine(_folder.FullName, "tls", "key.pem");

    [Fact]
    public void A_pair_is_made_once_and_for_its_owner_alone()
    {
        ServerCertificate.EnsureSelfSigned(CertificatePath, KeyPath, "mx.example.test", DateTimeOffset.UtcNow);
        string before = File.ReadAllText(CertificatePath);
        ServerCertificate.EnsureSelfSigned(CertificatePath, KeyPath, "other.example.test", DateTimeOffset.UtcNow);
        Assert.Equal(before, File.ReadAllText(CertificatePath));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyPath));
        }

        using X509Certificate2 made = X509Certificate2.CreateFromPem(before);
        Assert.True(made.MatchesHostname("mx.example.test"));
        Assert.True(made.MatchesHostname("localhost"));
        ServerCertificate certificate = ServerCertificate.Load(CertificatePath, KeyPath);
        Assert.StartsWith("CN=mx.example.test, valid until ", certificate.Description, StringComparison.Ordinal);
        Assert.Equal(SHA256.HashData(made.RawData), certificate.EndPointBinding);
    }

    [Fact]
    public void A_key_is_for_its_owner_alone_though_the_file_was_there()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(KeyPath)!);
        File.WriteAllText(KeyPath, "");
        ServerCertificate.EnsureSelfSigned(CertificatePath, KeyPath, "mx.example.test", DateTimeOffset.UtcNow);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyPath));
        }
    }

    [Fact]
    public void A_reload_that_fails_leaves_the_old_one()
    {
        ServerCertificate.EnsureSelfSigned(CertificatePath, KeyPath, "mx.example.test", DateTimeOffset.UtcNow);
        ServerCertificate certificate = ServerCertificate.Load(CertificatePath, KeyPath);
        byte[] binding = certificate.EndPointBinding;
        File.WriteAllText(CertificatePath, "not a certificate");
        Assert.ThrowsAny<CryptographicException>(() => certificate.Reload(CertificatePath, KeyPath));
        Assert.ThrowsAny<IOException>(() => certificate.Reload(CertificatePath, KeyPath + ".missing"));
        Assert.Equal(binding, certificate.EndPointBinding);
    }

    [Fact]
    public void A_key_of_another_certificate_is_refused()
    {
        ServerCertificate.EnsureSelfSigned(CertificatePath, KeyPath, "a", DateTimeOffset.UtcNow);
        string other = KeyPath + ".other";
        ServerCertificate.EnsureSelfSigned(CertificatePath + ".other", other, "b", DateTimeOffset.UtcNow);
        Assert.ThrowsAny<CryptographicException>(() => ServerCertificate.Load(CertificatePath, other));
    }

    [Fact]
    public async Task A_handshake_that_begins_before_the_server_is_ready_succeeds()
    {
        ServerCertificate.EnsureSelfSigned(CertificatePath, KeyPath, "localhost", DateTimeOffset.UtcNow);
        var peer = new InMemoryConnection(ServerCertificate.Load(CertificatePath, KeyPath), window: 65536);
        await peer.SendAsync("STARTTLS\r\n");
        Assert.Equal("STARTTLS|", await peer.ReadLineAsync());
        peer.Reader.Release();
        await using var client = new SslStream(peer.ClientStream);
        Task handshake = client.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            RemoteCertificateValidationCallback = (_, _, _, _) => true,
        });
        while (!peer.HasInput && !handshake.IsCompleted)
        {
            await Task.Yield();
        }

        Assert.True(await peer.Connection.StartTlsAsync(TimeSpan.FromSeconds(20), CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromMinutes(2)));
        await handshake.WaitAsync(TimeSpan.FromMinutes(2));
        await client.WriteAsync("hello\r\n"u8.ToArray());
        Assert.Equal("hello|", await peer.ReadLineAsync());
        Assert.True(peer.Connection.IsEncrypted);
    }

    [Fact]
    public async Task A_handshake_that_takes_too_long_fails()
    {
        ServerCertificate.EnsureSelfSigned(CertificatePath, KeyPath, "localhost", DateTimeOffset.UtcNow);
        var peer = new InMemoryConnection(ServerCertificate.Load(CertificatePath, KeyPath));
        Task<bool> start = peer.Connection.StartTlsAsync(TimeSpan.FromSeconds(10), CancellationToken.None).AsTask();
        peer.Advance(9);
        Assert.False(start.IsCompleted);
        peer.Advance(2);
        Assert.False(await start.WaitAsync(TimeSpan.FromMinutes(2)));
        Assert.False(peer.Connection.IsEncrypted);
    }

    [Fact]
    public void Connections_are_counted_by_address_but_for_loopback()
    {
        var counter = new ConnectionCounter(4, 1, int.MaxValue, TimeProvider.System);
        IPAddress first = IPAddress.Parse("192.0.2.1");
        IPAddress second = IPAddress.Parse("192.0.2.2");
        Assert.True(counter.TryEnter(first));
        Assert.False(counter.TryEnter(first));
        Assert.True(counter.TryEnter(second));
        Assert.True(counter.TryEnter(IPAddress.Loopback));
        Assert.True(counter.TryEnter(IPAddress.Loopback));
        Assert.False(counter.TryEnter(IPAddress.Loopback));
        counter.Leave(IPAddress.Loopback);
        counter.Leave(first);
        Assert.True(counter.TryEnter(first));
        Assert.True(counter.TryEnter(null));
        Assert.False(counter.TryEnter(null));
    }

    [Fact]
    public void What_an_address_begins_within_a_minute_is_bounded()
    {
        var clock = new FakeTime();
        var counter = new ConnectionCounter(9, 9, 2, clock);
        IPAddress first = IPAddress.Parse("192.0.2.1");
        foreach (bool may in (bool[])[true, true, false])
        {
            Assert.Equal(may, counter.TryEnter(first));
            if (may)
            {
                counter.Leave(first);
            }
        }

        Assert.True(counter.TryEnter(IPAddress.Parse("192.0.2.2")));
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(counter.TryEnter(first));
    }

    [Fact]
    public void IPv6_connections_are_counted_by_network()
    {
        var counter = new ConnectionCounter(9, 1, int.MaxValue, TimeProvider.System);
        Assert.True(counter.TryEnter(IPAddress.Parse("2001:db8:0:1::1")));
        Assert.False(counter.TryEnter(IPAddress.Parse("2001:db8:0:1:ffff::2")));
        Assert.True(counter.TryEnter(IPAddress.Parse("2001:db8:0:2::1")));
        counter.Leave(IPAddress.Parse("2001:db8:0:1::1"));
        Assert.True(counter.TryEnter(IPAddress.Parse("2001:db8:0:1:ffff::2")));
    }

    [Fact]
    public void Session_ids_differ()
    {
        string[] ids = [.. Enumerable.Range(0, 1000).Select(_ => SessionId.Next())];
        Assert.Equal(1000, ids.Distinct().Count());
        Assert.All(ids, id => Assert.Matches("^[A-Za-z0-9_-]{12}$", id));
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
