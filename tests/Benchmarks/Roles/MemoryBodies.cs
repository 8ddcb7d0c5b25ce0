using System.Buffers;
using PluginMail.Abstractions;
using PluginMail.Storage;

namespace PluginMail.Benchmarks.Roles;

/// <summary>Spools that stay in memory.</summary>
internal sealed class MemoryBodies : IBodyStore
{
    public IBodySpool CreateSpool() => new Spool();

    public MessageContent Open(StoredMessage message) => throw new NotSupportedException("nothing is stored here");

    private sealed class Spool : IBodySpool
    {
        public void LeaveMemory()
        {
        }

        private readonly byte[] _octets = ArrayPool<byte>.Shared.Rent(64 << 10);
        private int _length;

        public long Length => _length;

        public ValueTask WriteAsync(ReadOnlyMemory<byte> octets, CancellationToken cancellationToken)
        {
            octets.CopyTo(_octets.AsMemory(_length));
            _length += octets.Length;
            return ValueTask.CompletedTask;
        }

        public ValueTask<MessageContent> CompleteAsync(CancellationToken cancellationToken) =>
            new(new MemoryContent(_octets.AsMemory(0, _length)));

        public ValueTask DisposeAsync()
        {
            ArrayPool<byte>.Shared.Return(_octets);
            return ValueTask.CompletedTask;
        }
    }
}
