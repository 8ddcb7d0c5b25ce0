using System.Net;
using Microsoft.Extensions.Logging.Abstractions;

namespace PluginMail.Transport.Tests;

public sealed class MailListenerTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pluginmail-transport-");
    private readonly EchoServer _server = new();
    private readonly FakeTime _clock = new();

    [Fact]
    public async Task Serves_and_survives_a_fault()
    {
        await using MailListener listener = await StartAsync(TlsMode.None);
        using (Client faulty = await ConnectAsync(listener, "hello plain"))
        {
            Assert.Equal("", await faulty.AskAsync("FAULT"));
        }

        using Client client = await ConnectAsync(listener, "hello plain");
        Assert.Equal("echo", await client.AskAsync("echo"));
        Assert.Equal("QUIT", await client.AskAsync("QUIT"));
        Assert.Equal("", await client.ReadLineAsync());
    }

    [Fact]
    public async Task Starts_tls_when_asked()
    {
        await using MailListener listener = await StartAsync(TlsMode.StartTls);
        using Client client = await ConnectAsync(listener, "hello plain");
        Assert.Equal("go", await client.AskAsync("STARTTLS"));
        await client.EncryptAsync();
        Assert.Equal("32 False", await client.ReadLineAsync());
        Assert.Equal(new string('x', 900), await client.AskAsync(new string('x', 900)));
        Assert.Equal("QUIT", await client.AskAsync("QUIT"));
        Assert.Equal("", await client.ReadLineAsync());
    }

    [Fact]
    public async Task Refuses_octets_before_the_handshake()
    {
        await using MailListener listener = await StartAsync(TlsMode.StartTls);
        using Client client = await ConnectAsync(listener, "hello plain");
        Assert.Equal("go", await client.AskAsync("STARTTLS\r\nINJECTED"));
        Assert.Equal("", await client.ReadLineAsync());
    }

    [Fact]
    public async Task Implicit_tls_comes_first()
    {
        await using MailListener listener = await StartAsync(TlsMode.Implicit);
        using Client client = await Client.ConnectAsync(listener.EndPoint);
        await client.EncryptAsync();
        Assert.StartsWith("hello TLS1.", await client.ReadLineAsync(), StringComparison.Ordinal);
        using Client plain = await Client.ConnectAsync(listener.EndPoint);
        await plain.SendAsync("EHLO plain.example\r\n\r\n\r\n");
        Assert.DoesNotContain("hello", await plain.ReadLineAsync(), StringComparison.Ordinal);
        Assert.Equal("still here", await client.AskAsync("still here"));
    }

    [Theory]
    [InlineData(TlsMode.None)]
    [InlineData(TlsMode.Implicit)]
    public async Task A_silent_client_hears_the_last_word(TlsMode tls)
    {
        await using MailListener listener = await StartAsync(tls);
        using Client client = await Client.ConnectAsync(listener.EndPoint);
        if (tls == TlsMode.Implicit)
        {
            await client.EncryptAsync();
        }

        await client.ReadLineAsync();
        await client.AskAsync("one");
        Task<string> last = client.ReadLineAsync();
        while (!last.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1);
        }

        Assert.Equal("TimedOut", await last);
    }

    [Fact]
    public async Task Says_when_there_are_too_many()
    {
        await using MailListener listener = await StartAsync(TlsMode.None, maximum: 2);
        using Client first = await ConnectAsync(listener, "hello plain");
        using (Client second = await ConnectAsync(listener, "hello plain"))
        {
            using Client third = await ConnectAsync(listener, "too many");
            Assert.Equal("", await third.ReadLineAsync());
            await second.AskAsync("QUIT");
            Assert.Equal("", await second.ReadLineAsync());
        }

        // The place is free when the listener has seen the end.
        string greeting = "";
        for (int i = 0; i < 1000 && greeting != "hello plain"; i++)
        {
            using Client next = await Client.ConnectAsync(listener.EndPoint);
            greeting = await next.ReadLineAsync();
        }

        Assert.Equal("hello plain", greeting);
    }

    [Fact]
    public async Task New_handshakes_take_the_new_certificate()
    {
        ServerCertificate certificate = Certificate("a");
        await using MailListener listener = await StartAsync(TlsMode.Implicit, certificate: certificate);
        using Client old = await Client.ConnectAsync(listener.EndPoint);
        await old.EncryptAsync();
        await old.ReadLineAsync();
        Certificate("b");
        certificate.Reload(Path.Combine(_folder.FullName, "b.pem"), Path.Combine(_folder.FullName, "b.key"));
        using Client current = await Client.ConnectAsync(listener.EndPoint);
        await current.EncryptAsync();
        Assert.Equal("CN=a", old.ServerCertificate!.Subject);
        Assert.Equal("CN=b", current.ServerCertificate!.Subject);
        Assert.Equal("old", await old.AskAsync("old"));
    }

    [Fact]
    public async Task A_stop_lets_sessions_say_goodbye_and_takes_no_new_ones()
    {
        await using MailListener listener = await StartAsync(TlsMode.None);
        using Client client = await ConnectAsync(listener, "hello plain");
        await client.AskAsync("one");
        Task stop = listener.StopAsync(TimeSpan.FromSeconds(60));
        Assert.Equal("Stopping", await client.ReadLineAsync());
        await stop.WaitAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(0, listener.Connections);
        await Assert.ThrowsAnyAsync<System.Net.Sockets.SocketException>(() => Client.ConnectAsync(listener.EndPoint));
    }

    [Fact]
    public async Task A_stop_cuts_those_that_do_not_end()
    {
        await using MailListener listener = await StartAsync(TlsMode.None);
        using Client client = await ConnectAsync(listener, "hello plain");
        Assert.Equal("deaf", await client.AskAsync("DEAF"));
        Task stop = listener.StopAsync(TimeSpan.FromSeconds(60));
        Assert.False(stop.IsCompleted);
        while (!stop.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromSeconds(10));
            await Task.Delay(1);
        }

        await stop.WaitAsync(TimeSpan.FromMinutes(2));
        Assert.Equal("", await client.ReadLineAsync());
        Assert.Equal(1, _server.Ended);
    }

    [Fact]
    public async Task A_client_that_never_shakes_hands_is_cut_when_its_time_is_over()
    {
        await using MailListener listener = await MailListener.StartAsync(
            new ListenerOptions(new IPEndPoint(IPAddress.Loopback, 0), TlsMode.Implicit, 9, 9) { HandshakeTimeout = TimeSpan.FromSeconds(40) },
            _server,
            Certificate("localhost"),
            _clock,
            NullLoggerFactory.Instance,
            CancellationToken.None);
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync(listener.EndPoint);
        while (listener.Connections == 0)
        {
            await Task.Yield();
        }

        _clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(1, listener.Connections);
        Task<int> end = client.GetStream().ReadAsync(new byte[1]).AsTask();
        while (!end.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromSeconds(10));
            await Task.Delay(1);
        }

        Assert.Equal(0, await end.WaitAsync(TimeSpan.FromMinutes(2)));
    }

    [Fact]
    public async Task An_address_that_is_taken_is_an_io_error()
    {
        await using MailListener listener = await StartAsync(TlsMode.None);
        await Assert.ThrowsAnyAsync<IOException>(() => MailListener.StartAsync(
            new ListenerOptions(listener.EndPoint, TlsMode.None, 1, 1), _server, null, _clock, NullLoggerFactory.Instance, CancellationToken.None));
        await Assert.ThrowsAsync<ArgumentNullException>(() => MailListener.StartAsync(
            new ListenerOptions(new IPEndPoint(IPAddress.Loopback, 0), TlsMode.Implicit, 1, 1),
            _server,
            null,
            _clock,
            NullLoggerFactory.Instance,
            CancellationToken.None));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private ServerCertificate Certificate(string name)
    {
        string certificate = Path.Combine(_folder.FullName, name + ".pem");
        string key = Path.Combine(_folder.FullName, name + ".key");
        ServerCertificate.EnsureSelfSigned(certificate, key, name, DateTimeOffset.UtcNow);
        return ServerCertificate.Load(certificate, key);
    }

    private Task<MailListener> StartAsync(TlsMode tls, int maximum = 100, ServerCertificate? certificate = null) => MailListener.StartAsync(
        new ListenerOptions(new IPEndPoint(IPAddress.Loopback, 0), tls, maximum, maximum),
        _server,
        certificate ?? Certificate("localhost"),
        _clock,
        NullLoggerFactory.Instance,
        CancellationToken.None);

    private static async Task<Client> ConnectAsync(MailListener listener, string greeting)
    {
        Client client = await Client.ConnectAsync(listener.EndPoint);
        Assert.Equal(greeting, await client.ReadLineAsync());
        return client;
    }
}
