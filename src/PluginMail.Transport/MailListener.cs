using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace PluginMail.Transport;

/// <summary>One listening address with its protocol: accepts, counts, encrypts, watches the time, and ends its connections when it stops.</summary>
/// <remarks>The socket work is Kestrel's transport; each listener has one of its own, so that each service can be stopped alone.</remarks>
public sealed class MailListener : IAsyncDisposable
{
    private static readonly TimeSpan WatchPeriod = TimeSpan.FromSeconds(1);
    private readonly ListenerOptions _options;
    private readonly IProtocolServer _protocol;
    private readonly ServerCertificate? _certificate;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly SocketTransport _transport;
    private readonly IConnectionListener _listener;
    private readonly ITimer _watch;
    private readonly ConnectionCounter _counter;
    private readonly ConcurrentDictionary<MailConnection, Task> _connections = new();
    private readonly CancellationTokenSource _cut = new();
    private readonly CancellationTokenSource _unbound = new();
    private Task _accepting = Task.CompletedTask;
    private string? _socketPath;

    private MailListener(
        ListenerOptions options,
        IProtocolServer protocol,
        ServerCertificate? certificate,
        TimeProvider clock,
        ILogger log,
        SocketTransport transport,
        IConnectionListener listener)
    {
        _options = options;
        _protocol = protocol;
        _certificate = certificate;
        _clock = clock;
        _log = log;
        _transport = transport;
        _listener = listener;
        _socketPath = options.SocketPath;
        _counter = new ConnectionCounter(
            options.MaximumConnections, options.MaximumConnectionsPerAddress, options.MaximumConnectionsPerMinute, clock);
        _watch = clock.CreateTimer(_ => WatchConnections(), null, WatchPeriod, WatchPeriod);
    }

    /// <summary>Where it listens, with the port that was taken.</summary>
    /// <remarks>A Unix socket has neither address nor port: then it is <see cref="IPAddress.None"/> and 0.</remarks>
    public IPEndPoint EndPoint => _listener.EndPoint as IPEndPoint ?? new IPEndPoint(IPAddress.None, 0);

    /// <summary>The protocol's name.</summary>
    public string Protocol => _protocol.Name;

    /// <summary>How it treats TLS.</summary>
    public TlsMode Tls => _options.Tls;

    /// <summary>How many connections are open.</summary>
    public int Connections => _connections.Count;

    /// <summary>Listens and begins to serve.</summary>
    /// <param name="options">Where and how.</param>
    /// <param name="protocol">What is spoken.</param>
    /// <param name="certificate">What TLS is served with; required unless TLS is <see cref="TlsMode.None"/>.</param>
    /// <param name="clock">Measures silence.</param>
    /// <param name="loggers">Where it says what happens.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The listener.</returns>
    /// <exception cref="IOException">The address is taken or not this machine's.</exception>
    public static async Task<MailListener> StartAsync(
        ListenerOptions options,
        IProtocolServer protocol,
        ServerCertificate? certificate,
        TimeProvider clock,
        ILoggerFactory loggers,
        CancellationToken cancellationToken)
    {
        if (options.Tls != TlsMode.None)
        {
            ArgumentNullException.ThrowIfNull(certificate);
        }

        var transport = new SocketTransport(loggers);
        IConnectionListener listener = await BindAsync(transport, options, cancellationToken);
        var started = new MailListener(
            options,
            protocol,
            options.Tls == TlsMode.None ? null : certificate,
            clock,
            loggers.CreateLogger($"listener.{protocol.Name}"),
            transport,
            listener);
        started._accepting = new AcceptLoop(listener, started.Begin, clock, started._log).RunAsync(started._unbound.Token);
        return started;
    }

    /// <summary>Stops: accepts no more, lets sessions say goodbye, and cuts those that have not ended in time.</summary>
    /// <param name="patience">How long sessions may take to end.</param>
    /// <returns>Completes when no connection is left.</returns>
    public async Task StopAsync(TimeSpan patience)
    {
        await _unbound.CancelAsync();
        await _listener.UnbindAsync();
        if (Interlocked.Exchange(ref _socketPath, null) is { } path)
        {
            UnixSocketFile.Remove(path); // once, and before sessions end: another listener may take the path then
        }

        await _accepting;
        foreach (MailConnection connection in _connections.Keys)
        {
            connection.AnnounceStop();
        }

        Task all = Task.WhenAll(_connections.Values);
        try
        {
            await all.WaitAsync(patience, _clock);
        }
        catch (TimeoutException)
        {
            TransportLog.CuttingConnections(_log, _connections.Count);
            await _cut.CancelAsync();
            foreach (MailConnection connection in _connections.Keys)
            {
                connection.Abort();
            }

            await all;
        }
    }

    /// <summary>Ends the sessions of a login: each says goodbye when it waits for a command, so that what it does is done.</summary>
    /// <param name="account">The login as <see cref="MailConnection.Account"/> has it; case does not matter.</param>
    /// <returns>How many there are.</returns>
    public int RevokeLogin(string account)
    {
        int count = 0;
        foreach (MailConnection connection in _connections.Keys)
        {
            if (account.Equals(connection.Account, StringComparison.OrdinalIgnoreCase))
            {
                connection.RevokeLogin();
                count++;
            }
        }

        return count;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.Zero);
        await _watch.DisposeAsync();
        await _listener.DisposeAsync();
        await _transport.DisposeAsync();
        _cut.Dispose();
        _unbound.Dispose();
    }

    private static async Task<IConnectionListener> BindAsync(SocketTransport transport, ListenerOptions options, CancellationToken cancellationToken)
    {
        EndPoint endPoint = options.SocketPath is { } path ? new UnixDomainSocketEndPoint(path) : options.EndPoint;
        try
        {
            if (options.SocketPath is { } free)
            {
                UnixSocketFile.Free(free);
            }

            IConnectionListener listener = await transport.Factory.BindAsync(endPoint, cancellationToken);
            if (options.SocketPath is { } made)
            {
                UnixSocketFile.Protect(made, options.SocketMode);
            }

            return listener;
        }
        catch (Exception e) when (e is AddressInUseException or SocketException or UnauthorizedAccessException or IOException)
        {
            await transport.DisposeAsync();
            throw new IOException($"Cannot listen on {endPoint}: {e.Message}", e);
        }
    }

    private void Begin(ConnectionContext context)
    {
        var connection = new MailConnection(
            SessionId.Next(),
            context.Transport,
            Unmap(context.RemoteEndPoint),
            Unmap(context.LocalEndPoint),
            _certificate,
            _clock,
            () => context.Abort(new ConnectionAbortedException("The server ends the connection")));
        var registered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task serving = ServeAsync(context, connection, registered.Task);
        _connections[connection] = serving;
        registered.SetResult();
    }

    private async Task ServeAsync(ConnectionContext context, MailConnection connection, Task registered)
    {
        await registered;
        IPAddress? address = connection.Remote?.Address;
        bool counted = _counter.TryEnter(address);
        try
        {
            using var end = CancellationTokenSource.CreateLinkedTokenSource(context.ConnectionClosed, _cut.Token);
            if (!counted)
            {
                TransportLog.TooManyConnections(_log, connection.Remote);
                TransportMetrics.Connected(_protocol.Name, "too_many");
                await RefuseAsync(connection, end.Token);
            }
            else if (_options.Tls != TlsMode.Implicit || await connection.EncryptAsync(_options.HandshakeTimeout, end.Token))
            {
                TransportMetrics.Connected(_protocol.Name, "served");
                await _protocol.ServeAsync(connection, end.Token);
            }
            else
            {
                TransportLog.HandshakeFailed(_log, connection.Id, connection.Remote);
                TransportMetrics.Connected(_protocol.Name, "handshake_failed");
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ConnectionResetException or ConnectionAbortedException)
        {
            TransportLog.ConnectionLost(_log, connection.Id, e.Message);
        }
        catch (Exception e)
        {
            TransportLog.SessionFault(_log, connection.Id, e);
        }
        finally
        {
            await connection.DisposeAsync();
            await context.Transport.Output.CompleteAsync();
            await context.Transport.Input.CompleteAsync();
            await context.DisposeAsync();
            if (counted)
            {
                _counter.Leave(address);
            }

            _connections.TryRemove(connection, out _);
        }
    }

    private async ValueTask RefuseAsync(MailConnection connection, CancellationToken cancellationToken)
    {
        if (_options.Tls != TlsMode.Implicit)
        {
            connection.Output.Write(_protocol.TooManyConnections.Span);
            await connection.FlushAsync(WatchPeriod, cancellationToken);
        }
    }

    private void WatchConnections()
    {
        foreach (MailConnection connection in _connections.Keys)
        {
            connection.Watch();
        }
    }

    private static IPEndPoint? Unmap(EndPoint? endPoint) => endPoint is IPEndPoint { Address.IsIPv4MappedToIPv6: true } mapped
        ? new IPEndPoint(mapped.Address.MapToIPv4(), mapped.Port)
        : endPoint as IPEndPoint;
}
