using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace PluginMail.Server;

/// <summary>The control socket: a request and a response, a line of JSON each, on a connection of its own. Only the server's user can open it.</summary>
internal sealed class ControlServer : IAsyncDisposable
{
    private const int MaximumRequest = 128 << 20; // a message for sendmail, in base64
    private readonly string _path;
    private readonly Socket _socket;
    private readonly Func<AdminRequest, CancellationToken, Task<AdminResponse>> _run;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _accepting;

    private ControlServer(string path, Socket socket, Func<AdminRequest, CancellationToken, Task<AdminResponse>> run, ILogger log)
    {
        _path = path;
        _socket = socket;
        _run = run;
        _log = log;
        _accepting = Task.Run(AcceptAsync);
    }

    /// <summary>Begins to serve. The caller holds the data folder's lock, so that a socket file that is there belongs to nobody.</summary>
    public static ControlServer Start(string path, Func<AdminRequest, CancellationToken, Task<AdminResponse>> run, ILogger log)
    {
        File.Delete(path);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        socket.Listen();
        return new ControlServer(path, socket, run, log);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _socket.Dispose();
        await _accepting;
        File.Delete(_path);
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                Socket client = await _socket.AcceptAsync(_stopping.Token);
                _ = ServeAsync(client);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                if (!_stopping.IsCancellationRequested)
                {
                    ServerLog.ControlFailed(_log, e.Message);
                }
            }
        }
    }

    private async Task ServeAsync(Socket client)
    {
        try
        {
            await using var stream = new NetworkStream(client, ownsSocket: true);
            byte[] octets = await ControlWire.ReadAsync(stream, MaximumRequest, _stopping.Token);
            AdminRequest? request = JsonSerializer.Deserialize(octets, AdminJson.Default.AdminRequest);
            AdminResponse response = request is null
                ? AdminResponse.Unusable("the request is empty")
                : await _run(request, _stopping.Token);
            await ControlWire.WriteAsync(stream, JsonSerializer.SerializeToUtf8Bytes(response, AdminJson.Default.AdminResponse), _stopping.Token);
        }
        catch (Exception e) when (e is IOException or JsonException or OperationCanceledException or SocketException)
        {
            ServerLog.ControlFailed(_log, e.Message);
        }
        catch (Exception e)
        {
            ServerLog.ControlFailed(_log, e.ToString());
        }
    }
}
