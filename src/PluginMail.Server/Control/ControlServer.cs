using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace PluginMail.Server;

/// <summary>
/// The control socket: a request and a response, a block of JSON each, on a connection of its own; an operation that takes its time sends blocks
/// with its progress, or with what it writes, before. Only the server's user can open it.
/// </summary>
internal sealed class ControlServer : IAsyncDisposable
{
    /// <summary>Octets of the longest request: most of one are a message for sendmail, in base64.</summary>
    public const int MaximumRequest = 128 << 20;

    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromMilliseconds(200);
    private readonly string _path;
    private readonly Socket _socket;
    private readonly Func<AdminRequest, ReportProgress, CancellationToken, Task<AdminResponse>> _run;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<Task, bool> _serving = new();
    private readonly Task _accepting;

    private ControlServer(string path, Socket socket, Func<AdminRequest, ReportProgress, CancellationToken, Task<AdminResponse>> run, ILogger log)
    {
        _path = path;
        _socket = socket;
        _run = run;
        _log = log;
        _accepting = Task.Run(AcceptAsync);
    }

    /// <summary>Begins to serve. The caller holds the data folder's lock, so that a socket file that is there belongs to nobody.</summary>
    /// <exception cref="IOException">The socket cannot be made.</exception>
    public static ControlServer Start(string path, Func<AdminRequest, ReportProgress, CancellationToken, Task<AdminResponse>> run, ILogger log)
    {
        ControlPath.Prepare(path);
        File.Delete(path);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(new UnixDomainSocketEndPoint(path));
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }

            socket.Listen(); // nobody could connect before
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new IOException($"the control socket {path} cannot be made: {e.Message}", e);
        }

        return new ControlServer(path, socket, run, log);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _socket.Dispose();
        await _accepting;
        await Task.WhenAll(_serving.Keys); // they work on what is about to be closed
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
                Task serving = ServeAsync(client);
                _serving[serving] = true;
                _ = serving.ContinueWith(done => _serving.TryRemove(done, out bool _), TaskScheduler.Default);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                if (!_stopping.IsCancellationRequested)
                {
                    ServerLog.ControlFailed(_log, e.Message);
                    await Task.Delay(PauseAfterFault, TimeProvider.System, CancellationToken.None); // no file handle left, as a rule
                }
            }
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        Task watching = Task.CompletedTask;
        try
        {
            await using var stream = new NetworkStream(client, ownsSocket: true);
            byte[] request = await ControlWire.ReadAsync(stream, MaximumRequest, _stopping.Token);
            watching = WatchAsync(client, gone.CancelAsync, gone.Token);
            AdminResponse response = await AnswerAsync(
                request, async (progress, token) => await SendAsync(stream, new AdminResponse(0) { Progress = progress }, token), gone.Token);
            await SendAsync(stream, response, _stopping.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or SocketException)
        {
            ServerLog.ControlFailed(_log, e.Message);
        }
        finally
        {
            await gone.CancelAsync();
            await watching;
        }
    }

    // A client says nothing after its request: what ends the wait is the end of its connection.
    private static async Task WatchAsync(Socket client, Func<Task> end, CancellationToken cancellationToken)
    {
        try
        {
            await client.ReceiveAsync(new byte[1], cancellationToken);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // It is over in any case.
        }

        await end();
    }

    // A plugin's command works for the one who asked. The server's own operations change what is stored: they end whole, or between two steps.
    private static bool EndsWithClient(AdminRequest request) => request.Operation == "plugin run";

    private static Task SendAsync(Stream stream, AdminResponse response, CancellationToken cancellationToken) =>
        ControlWire.WriteAsync(stream, JsonSerializer.SerializeToUtf8Bytes(response, AdminJson.Default.AdminResponse), cancellationToken);

    private async Task<AdminResponse> AnswerAsync(byte[] octets, ReportProgress progress, CancellationToken gone)
    {
        try
        {
            AdminRequest? request = JsonSerializer.Deserialize(octets, AdminJson.Default.AdminRequest);
            return request is { Operation: not null, Arguments: not null, Items: not null }
                ? await _run(request, progress, EndsWithClient(request) ? gone : _stopping.Token)
                : AdminResponse.Unusable("the request is not whole");
        }
        catch (JsonException e)
        {
            return AdminResponse.Unusable($"the request is no JSON of a request: {e.Message}");
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            ServerLog.ControlFailed(_log, e.ToString());
            return AdminResponse.Failed($"the server failed: {e.Message}");
        }
    }
}
