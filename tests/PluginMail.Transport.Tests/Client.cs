using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace PluginMail.Transport.Tests;

/// <summary>A client over a real socket.</summary>
internal sealed class Client : IDisposable
{
    private readonly TcpClient _socket = new();
    private Stream _stream = Stream.Null;

    public X509Certificate2? ServerCertificate { get; private set; }

    public static async Task<Client> ConnectAsync(IPEndPoint endPoint)
    {
        var client = new Client();
        await client._socket.ConnectAsync(endPoint);
        client._stream = client._socket.GetStream();
        return client;
    }

    public async Task EncryptAsync()
    {
        var tls = new SslStream(_stream);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            {
                ServerCertificate = X509CertificateLoader.LoadCertificate(certificate!.GetRawCertData());
                return true;
            },
        });
        _stream = tls;
    }

    public async Task SendAsync(string text) => await _stream.WriteAsync(Encoding.ASCII.GetBytes(text));

    public async Task<string> AskAsync(string line)
    {
        await SendAsync(line + "\r\n");
        return await ReadLineAsync();
    }

    /// <summary>The next line; what came before the end of the connection, if that comes first.</summary>
    public async Task<string> ReadLineAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var text = new StringBuilder();
        var octet = new byte[1];
        try
        {
            while (await _stream.ReadAsync(octet, patience.Token) == 1 && octet[0] != '\n')
            {
                text.Append((char)octet[0]);
            }
        }
        catch (IOException)
        {
            // A reset is an end too.
        }

        return text.ToString().TrimEnd('\r');
    }

    public void Dispose()
    {
        _stream.Dispose();
        _socket.Dispose();
        ServerCertificate?.Dispose();
    }
}
