using System.Collections.Concurrent;
using System.Net.Sockets;

namespace PluginMail.Icap.Protocol;

/// <summary>One service: its options, its connections, and whether it works.</summary>
internal sealed class IcapService(IcapAddress address, IcapOptions options, TimeProvider clock) : IDisposable
{
    private const int MostIdle = 4;

    private readonly ConcurrentStack<IcapConnection> _idle = new();
    private volatile Gate _gate = new(new SemaphoreSlim(options.Connections), options.Connections);
    private volatile Known? _known;
    private long _failedAt;
    private volatile bool _isClosed;

    public IcapAddress Address => address;

    /// <summary>Whether it failed so lately that others are tried before it.</summary>
    public bool FailedLately => Interlocked.Read(ref _failedAt) is > 0 and var at && clock.GetElapsedTime(at) < options.RetryAfter;

    public void Works() => Interlocked.Exchange(ref _failedAt, 0);

    public void Failed() => Interlocked.Exchange(ref _failedAt, Math.Max(1, clock.GetTimestamp()));

    /// <summary>Has an object scanned.</summary>
    /// <exception cref="IcapFaultException">The service did not say.</exception>
    public async Task<ScanResult> ScanAsync(IcapObject scanned, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.ScanTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var gate = _gate;
            await gate.Turns.WaitAsync(either.Token);
            try
            {
                return await ScanInTurnAsync(scanned, either.Token);
            }
            finally
            {
                gate.Turns.Release();
            }
        }
        catch (SocketException e)
        {
            throw new IcapFaultException(e.Message, e);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IcapFaultException($"no answer within {options.ScanTimeout}");
        }
    }

    public void Dispose()
    {
        _isClosed = true;
        while (_idle.TryPop(out var idle))
        {
            idle.Dispose();
        }
    }

    private async Task<ScanResult> ScanInTurnAsync(IcapObject scanned, CancellationToken cancellationToken)
    {
        while (true)
        {
            var connection = await RentAsync(cancellationToken);
            bool isKept = false;
            try
            {
                var service = await ServiceOptionsAsync(connection, cancellationToken);
                if (!service.KeepsConnection)
                {
                    continue; // OPTIONS was the last it answered
                }

                var (response, sentHash) = await connection.ScanAsync(address, options.Mode, service.Options, scanned, cancellationToken);
                isKept = response.KeepsConnection;
                if (response["ISTag"] is { } tag && service.Options.Tag is { } known && tag != known)
                {
                    _known = null;
                }

                return IcapFinding.Read(response, sentHash, options.Preset);
            }
            catch (Exception e) when (e is SocketException or IcapFaultException && connection.IsStale)
            {
                // It was closed while it waited; a fresh one will show whether the service works.
            }
            finally
            {
                Return(connection, isKept);
            }
        }
    }

    /// <summary>The options, asked anew when they have run out.</summary>
    private async ValueTask<(IcapServiceOptions Options, bool KeepsConnection)> ServiceOptionsAsync(IcapConnection connection, CancellationToken cancellationToken)
    {
        if (_known is { } known && clock.GetElapsedTime(known.At) < known.Options.Lifetime)
        {
            return (known.Options, true);
        }

        var response = await connection.OptionsAsync(address, cancellationToken);
        var read = response.Status switch
        {
            200 or 204 => IcapServiceOptions.Read(response),
            405 or 501 => IcapServiceOptions.Unknown,
            _ => throw new IcapFaultException($"it answered {response.Status} to OPTIONS"),
        };
        _known = new Known(read, clock.GetTimestamp());
        int connections = Math.Min(read.Connections ?? int.MaxValue, options.Connections);
        if (connections != _gate.Count)
        {
            _gate = new Gate(new SemaphoreSlim(connections), connections); // those under way leave by the old one
        }

        return (read, response.KeepsConnection);
    }

    private async ValueTask<IcapConnection> RentAsync(CancellationToken cancellationToken)
    {
        while (_idle.TryPop(out var idle))
        {
            if (idle.IsQuiet)
            {
                return idle;
            }

            idle.Dispose();
        }

        using var limit = new CancellationTokenSource(options.ConnectTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address.EndPoint, either.Token);
            return new IcapConnection(socket);
        }
        catch (Exception e)
        {
            socket.Dispose();
            if (e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            {
                throw new IcapFaultException($"no connection within {options.ConnectTimeout}");
            }

            throw;
        }
    }

    private void Return(IcapConnection connection, bool isKept)
    {
        if (isKept && !_isClosed && _idle.Count < MostIdle)
        {
            _idle.Push(connection);
        }
        else
        {
            connection.Dispose();
        }
    }

    private sealed record Known(IcapServiceOptions Options, long At);

    private sealed record Gate(SemaphoreSlim Turns, int Count);
}
