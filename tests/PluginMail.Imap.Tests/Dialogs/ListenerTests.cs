using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using PluginMail.Transport;

namespace PluginMail.Imap.Tests;

/// <summary>The server behind a real listener.</summary>
public sealed class ListenerTests
{
    [SkippableFact]
    public async Task Python_imaplib_lives_with_it()
    {
        string python = "/usr/bin/python3";
        python = File.Exists(python) ? python : "/usr/local/bin/python3";
        Skip.IfNot(File.Exists(python), "no Python here");
        await using TestServer server = await TestServer.StartAsync(allowsPlainText: false);
        await using MailListener listener = await ListenAsync(server, TlsMode.StartTls);
        var start = new ProcessStartInfo(python) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "python", "imaplib_run.py"));
        start.ArgumentList.Add(listener.EndPoint.Port.ToString());
        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync();
        string errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal("ok", (output + errors).Trim());
    }

    [Fact]
    public async Task A_stop_says_goodbye_to_sessions_that_wait_or_idle()
    {
        await using TestServer server = await TestServer.StartAsync();
        await using MailListener listener = await ListenAsync(server, TlsMode.None);
        using TcpClient waiting = await ConnectAsync(listener, "");
        using TcpClient idling = await ConnectAsync(listener, "a LOGIN anna secret\r\nb IDLE\r\n");
        await ReadUntilAsync(waiting, "ready");
        await ReadUntilAsync(idling, "+ Idling");
        await listener.StopAsync(TimeSpan.FromSeconds(20));
        await ReadUntilAsync(waiting, "* BYE [UNAVAILABLE] The server is shutting down");
        await ReadUntilAsync(idling, "* BYE [UNAVAILABLE] The server is shutting down");
    }

    [Fact]
    public async Task Who_does_not_log_in_in_time_is_sent_away()
    {
        await using TestServer server = await TestServer.StartAsync(options: TestServer.Options with { LoginTimeout = TimeSpan.FromMilliseconds(1) });
        await using MailListener listener = await ListenAsync(server, TlsMode.None);
        using TcpClient client = await ConnectAsync(listener, "");
        await ReadUntilAsync(client, "* BYE No login in time");
    }

    private static async Task<MailListener> ListenAsync(TestServer server, TlsMode tls)
    {
        string chain = Path.Combine(server.Folder, "chain.pem");
        string key = Path.Combine(server.Folder, "key.pem");
        ServerCertificate.EnsureSelfSigned(chain, key, "mail.example.test", DateTimeOffset.UtcNow);
        ServerCertificate? certificate = tls == TlsMode.None ? null : ServerCertificate.Load(chain, key);
        return await MailListener.StartAsync(
            new ListenerOptions(new IPEndPoint(IPAddress.Loopback, 0), tls, 100, 100),
            server.Protocol, certificate, TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);
    }

    private static async Task<TcpClient> ConnectAsync(MailListener listener, string commands)
    {
        var client = new TcpClient();
        await client.ConnectAsync(listener.EndPoint);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(commands));
        return client;
    }

    private static async Task ReadUntilAsync(TcpClient client, string text)
    {
        var all = new StringBuilder();
        byte[] block = new byte[4096];
        while (!all.ToString().Contains(text, StringComparison.Ordinal))
        {
            int read = await client.GetStream().ReadAsync(block);
            Assert.True(read > 0, $"closed after: {all}");
            all.Append(Encoding.ASCII.GetString(block, 0, read));
        }
    }
}
