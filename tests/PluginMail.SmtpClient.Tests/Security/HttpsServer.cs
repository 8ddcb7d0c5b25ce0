using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace PluginMail.SmtpClient.Tests.Security;

/// <summary>A request as it came.</summary>
internal sealed record HttpRequest(string Line, string Host, string? ContentType, byte[] Body);

/// <summary>An HTTPS server that answers each request with what the test set, and hangs up.</summary>
internal sealed class HttpsServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly X509Certificate2 _certificate;
    private readonly Task _running;

    public HttpsServer(X509Certificate2 certificate)
    {
        _certificate = certificate;
        _listener.Start();
        _running = RunAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public string Status { get; set; } = "200 OK";

    public string Headers { get; set; } = "Content-Type: text/plain; charset=utf-8\r\n";

    public string Body { get; set; } = "";

    public List<HttpRequest> Requests { get; } = [];

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _listener.Dispose();
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                using TcpClient client = await _listener.AcceptTcpClientAsync(_stopping.Token);
                await using var stream = new SslStream(client.GetStream());
                await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _stopping.Token);
                await AnswerAsync(stream);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or AuthenticationException)
            {
                // stopped, or the client does not trust us
            }
        }
    }

    private async Task AnswerAsync(SslStream stream)
    {
        List<byte> head = [];
        byte[] octet = new byte[1];
        while (!Encoding.ASCII.GetString([.. head.TakeLast(4)]).Equals("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(octet, _stopping.Token);
            head.Add(octet[0]);
        }

        string[] lines = Encoding.ASCII.GetString([.. head]).Split("\r\n");
        byte[] body = new byte[int.Parse(Field(lines, "Content-Length") ?? "0")];
        await stream.ReadExactlyAsync(body, _stopping.Token);
        Requests.Add(new HttpRequest(lines[0], Field(lines, "Host") ?? "", Field(lines, "Content-Type"), body));
        byte[] answer = Encoding.UTF8.GetBytes($"HTTP/1.1 {Status}\r\n{Headers}Content-Length: {Encoding.UTF8.GetByteCount(Body)}\r\nConnection: close\r\n\r\n{Body}");
        await stream.WriteAsync(answer, _stopping.Token);
        await stream.ShutdownAsync();
    }

    private static string? Field(string[] lines, string name) =>
        Array.Find(lines, line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim();
}
