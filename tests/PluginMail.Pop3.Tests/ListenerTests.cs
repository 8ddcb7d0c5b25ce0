using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using PluginMail.Transport;

namespace PluginMail.Pop3.Tests;

/// <summary>The server behind a real listener, with Python's poplib at the other end.</summary>
public sealed class ListenerTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pop3-");
    private readonly StoreInMemory _store = new();

    public ListenerTests()
    {
        foreach (string message in new[] { "Subject: a\r\n\r\n.a\r\n", "Subject: b\n\nb\n", "Subject: c\r\n\r\nc", new string('x', 200_000) + "\r\n.\r\n" })
        {
            _store.Add(Encoding.Latin1.GetBytes(message));
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [SkippableTheory]
    [InlineData("plain", TlsMode.None, false)]
    [InlineData("stls", TlsMode.StartTls, true)]
    [InlineData("implicit", TlsMode.Implicit, true)]
    public async Task Poplib(string mode, TlsMode tls, bool requiresTls)
    {
        await using MailListener listener = await StartAsync(tls, new Pop3Options(), requiresTls);
        (int status, string said) = await RunPythonAsync("poplib_session.py", mode, listener.EndPoint.Port.ToString());
        Assert.True(status == 0, said);
        Assert.Equal("ok 4", said.Trim());
        Assert.Equal([2u, 3u, 4u], _store.Uids);
    }

    [SkippableFact]
    public async Task Messages_of_the_corpora_come_back_octet_for_octet()
    {
        string folder = Path.Combine(DialogTests.Root(), "..", "..", "..", "shared", "corpora", "messages");
        Skip.IfNot(Directory.Exists(folder), "no corpora here");
        byte[][] messages = [.. Directory.GetFiles(folder).Order().Select(File.ReadAllBytes)];
        var store = new StoreInMemory();
        foreach (byte[] message in messages)
        {
            store.Add(message);
        }

        Pop3Client client = new Pop3Fixture(store).Connect();
        await client.SignInAsync();
        for (int i = 0; i < messages.Length; i++)
        {
            string? size = (await client.AskAsync($"LIST {i + 1}"))?.Split(' ')[2];
            Assert.Equal($"+OK {size} octets", await client.AskAsync($"RETR {i + 1}"));
            byte[] got = await client.ReadMessageAsync();
            Assert.Equal(size, got.Length.ToString());
            Assert.Equal(WithCrLf(messages[i]), Encoding.Latin1.GetString(got.AsSpan(17)));
        }
    }

    [Fact]
    public async Task What_is_pipelined_behind_STLS_ends_the_connection()
    {
        await using MailListener listener = await StartAsync(TlsMode.StartTls, new Pop3Options(), requiresTls: true);
        using var client = new TcpClient();
        await client.ConnectAsync(listener.EndPoint);
        using var reader = new StreamReader(client.GetStream());
        await reader.ReadLineAsync();
        await client.GetStream().WriteAsync("STLS\r\nCAPA\r\n"u8.ToArray());
        Assert.Equal("+OK begin TLS", await reader.ReadLineAsync());
        Assert.Null(await ReadToEndAsync(reader));
    }

    [Fact]
    public async Task The_name_that_was_said_before_TLS_is_forgotten()
    {
        await using MailListener listener = await StartAsync(TlsMode.StartTls, new Pop3Options(), requiresTls: false);
        using var client = new TcpClient();
        await client.ConnectAsync(listener.EndPoint);
        NetworkStream plain = client.GetStream();
        await AskAsync(plain, null);
        await AskAsync(plain, "USER u");
        await AskAsync(plain, "STLS");
        await using var tls = new SslStream(plain, leaveInnerStreamOpen: true, static (_, _, _, _) => true);
        await tls.AuthenticateAsClientAsync("localhost");
        Assert.Equal("-ERR USER comes before PASS\r\n", await AskAsync(tls, "PASS a secret"));
        Assert.Equal("-ERR TLS is in force already\r\n", await AskAsync(tls, "STLS"));
    }

    [Fact]
    public async Task A_silent_client_is_left_without_a_word()
    {
        var options = new Pop3Options { SignInTimeout = TimeSpan.Zero };
        await using MailListener listener = await StartAsync(TlsMode.None, options, requiresTls: false);
        using var client = new TcpClient();
        await client.ConnectAsync(listener.EndPoint);
        using var reader = new StreamReader(client.GetStream());
        await reader.ReadLineAsync();
        Assert.Null(await ReadToEndAsync(reader));
    }

    [Fact]
    public async Task A_server_that_stops_says_so_and_removes_nothing()
    {
        await using MailListener listener = await StartAsync(TlsMode.None, new Pop3Options(), requiresTls: false);
        using var client = new TcpClient();
        await client.ConnectAsync(listener.EndPoint);
        NetworkStream stream = client.GetStream();
        await AskAsync(stream, null);
        await AskAsync(stream, "USER u");
        await AskAsync(stream, "PASS a secret");
        await AskAsync(stream, "DELE 1");
        await listener.StopAsync(Patience);
        Assert.Equal("-ERR [SYS/TEMP] the server is stopping, goodbye\r\n", await AskAsync(stream, null));
        Assert.Equal(4, _store.Uids.Length);
    }

    private static async Task<string?> ReadToEndAsync(StreamReader reader)
    {
        try
        {
            return await reader.ReadLineAsync().WaitAsync(Patience);
        }
        catch (IOException)
        {
            return null; // reset: unread octets of ours lay there
        }
    }

    private static async Task<string> AskAsync(Stream stream, string? command)
    {
        if (command is not null)
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(command + "\r\n"));
        }

        var line = new List<byte>();
        byte[] octet = new byte[1];
        while (!line.Contains((byte)'\n') && await stream.ReadAsync(octet).AsTask().WaitAsync(Patience) == 1)
        {
            line.Add(octet[0]);
        }

        return Encoding.UTF8.GetString([.. line]);
    }

    internal static string WithCrLf(byte[] message)
    {
        string text = Encoding.Latin1.GetString(message).Replace("\r\n", "\n", StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal);
        return text.EndsWith('\n') || text.Length == 0 ? text : text + "\r\n";
    }

    internal static async Task<(int Status, string Said)> RunPythonAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("python3", [Path.Combine(DialogTests.Root(), arguments[0]), .. arguments[1..]])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process? python = null;
        try
        {
            python = Process.Start(start);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Skip.If(true, "no python3 here");
        }

        using Process process = python!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
        return (process.ExitCode, await output + await errors);
    }

    private async Task<MailListener> StartAsync(TlsMode tls, Pop3Options options, bool requiresTls)
    {
        string certificate = Path.Combine(_folder.FullName, "certificate.pem");
        string key = Path.Combine(_folder.FullName, "key.pem");
        ServerCertificate.EnsureSelfSigned(certificate, key, "mail.example.test", TimeProvider.System.GetUtcNow());
        return await MailListener.StartAsync(
            new ListenerOptions(new IPEndPoint(IPAddress.Loopback, 0), tls, 100, 100),
            new Pop3Fixture(_store, options, requiresTls).Server,
            ServerCertificate.Load(certificate, key),
            TimeProvider.System,
            NullLoggerFactory.Instance,
            CancellationToken.None);
    }
}
