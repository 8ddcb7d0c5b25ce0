using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;

namespace PluginMail.Transport.Tests;

public sealed class AcceptLoopTests
{
    private readonly FakeTime _clock = new();
    private readonly FaultyListener _listener = new();
    private int _begun;

    [Fact]
    public async Task No_fault_ends_it()
    {
        _listener.Results.Enqueue(() => throw new IOException("too many open files"));
        _listener.Results.Enqueue(() => throw new InvalidOperationException("something else"));
        _listener.Results.Enqueue(() => new DefaultConnectionContext());
        _listener.Results.Enqueue(() => null);
        Task loop = Loop(CancellationToken.None);
        Assert.False(loop.IsCompleted);
        Assert.Equal(3, _listener.Results.Count); // it pauses after the first
        _clock.Advance(TimeSpan.FromSeconds(1));
        while (_listener.Results.Count > 2)
        {
            await Task.Yield();
        }

        while (!loop.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal(1, _begun);
    }

    [Fact]
    public async Task A_fault_as_it_is_unbound_does()
    {
        using var unbound = new CancellationTokenSource();
        _listener.Results.Enqueue(() => throw new ObjectDisposedException("socket"));
        Task loop = Loop(unbound.Token);
        Assert.False(loop.IsCompleted);
        _listener.Results.Enqueue(() => throw new ObjectDisposedException("socket"));
        await unbound.CancelAsync();
        await loop.WaitAsync(TimeSpan.FromMinutes(2));
    }

    private Task Loop(CancellationToken unbound) =>
        new AcceptLoop(_listener, _ => _begun++, _clock, NullLogger.Instance).RunAsync(unbound);

    private sealed class FaultyListener : IConnectionListener
    {
        public Queue<Func<ConnectionContext?>> Results { get; } = new();

        public EndPoint EndPoint { get; } = new IPEndPoint(IPAddress.Loopback, 1);

        public ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            try
            {
                return new ValueTask<ConnectionContext?>(Results.Dequeue()());
            }
            catch (Exception e)
            {
                return ValueTask.FromException<ConnectionContext?>(e);
            }
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
