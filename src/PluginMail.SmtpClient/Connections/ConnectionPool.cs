using System.Diagnostics.CodeAnalysis;

namespace PluginMail.SmtpClient;

/// <summary>Connections in rest, for a short time. Safe for concurrent calls.</summary>
internal sealed class ConnectionPool : IAsyncDisposable
{
    private static readonly TimeSpan FarewellTime = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly Dictionary<PoolKey, List<SmtpConnection>> _idle = [];
    private readonly Func<SmtpClientOptions> _options;
    private readonly TimeProvider _clock;
    private readonly ITimer _timer;
    private int _count;
    private bool _isClosed;

    /// <summary>Makes an empty pool.</summary>
    /// <param name="options">Settings; asked anew each time.</param>
    /// <param name="clock">The clock.</param>
    public ConnectionPool(Func<SmtpClientOptions> options, TimeProvider clock)
    {
        (_options, _clock) = (options, clock);
        _timer = clock.CreateTimer(static state => ((ConnectionPool)state!).Sweep(), this, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    /// <summary>Takes the connection that rested last.</summary>
    /// <param name="key">Where it must lead.</param>
    /// <param name="connection">It belongs to the caller now.</param>
    /// <returns>False where there is none.</returns>
    public bool TryTake(PoolKey key, [NotNullWhen(true)] out SmtpConnection? connection)
    {
        while (true)
        {
            lock (_lock)
            {
                if (!_idle.TryGetValue(key, out List<SmtpConnection>? waiting))
                {
                    connection = null;
                    return false;
                }

                connection = waiting[^1];
                Remove(key, waiting, waiting.Count - 1);
            }

            if (_clock.GetElapsedTime(connection.LastUsed) <= _options().IdleTime && !connection.HasUnexpectedInput)
            {
                return true;
            }

            Dismiss(connection);
        }
    }

    /// <summary>Takes a connection back, or closes it where it is of no more use or there are too many.</summary>
    /// <param name="key">Where it leads.</param>
    /// <param name="connection">Belongs to the pool now.</param>
    public void Return(PoolKey key, SmtpConnection connection)
    {
        SmtpClientOptions options = _options();
        if (connection.Failure is null && !connection.IsRetired && connection.Messages < options.MaximumMessagesPerConnection)
        {
            connection.Rest();
            connection.LastUsed = _clock.GetTimestamp();
            lock (_lock)
            {
                if (!_isClosed && _count < options.MaximumIdleConnections)
                {
                    if (!_idle.TryGetValue(key, out List<SmtpConnection>? waiting))
                    {
                        _idle.Add(key, waiting = []);
                    }

                    waiting.Add(connection);
                    _count++;
                    return;
                }
            }
        }

        Dismiss(connection);
    }

    /// <summary>Closes all.</summary>
    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        SmtpConnection[] all;
        lock (_lock)
        {
            _isClosed = true;
            all = [.. _idle.Values.SelectMany(static waiting => waiting)];
            _idle.Clear();
            _count = 0;
        }

        await Task.WhenAll(all.Select(static connection => connection.QuitAsync(FarewellTime).AsTask()));
    }

    private void Sweep()
    {
        var old = new List<SmtpConnection>();
        lock (_lock)
        {
            TimeSpan most = _options().IdleTime;
            foreach ((PoolKey key, List<SmtpConnection> waiting) in _idle.ToArray())
            {
                for (int i = waiting.Count - 1; i >= 0; i--)
                {
                    if (_clock.GetElapsedTime(waiting[i].LastUsed) > most)
                    {
                        old.Add(waiting[i]);
                        Remove(key, waiting, i);
                    }
                }
            }
        }

        old.ForEach(Dismiss);
    }

    private void Remove(PoolKey key, List<SmtpConnection> waiting, int index)
    {
        waiting.RemoveAt(index);
        _count--;
        if (waiting.Count == 0)
        {
            _idle.Remove(key);
        }
    }

    // The farewell is bounded in time and fails silently: nobody waits for it.
    private static void Dismiss(SmtpConnection connection) => _ = connection.QuitAsync(FarewellTime).AsTask();
}
