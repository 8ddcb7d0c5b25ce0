using System.Buffers;
using System.Collections.Concurrent;

namespace PluginMail.Transport;

/// <summary>
/// Receive buffers of 16 KiB. Kestrel's own have 4 KiB, which costs a system call and a wake-up for each 4 KiB of a large message. An idle
/// connection holds none; what is given back beyond a bound is left to the collector.
/// </summary>
internal sealed class BlockPool : MemoryPool<byte>
{
    public const int BlockSize = 16384;
    private const int MaximumKept = 2048;
    private readonly ConcurrentQueue<Block> _free = new();
    private int _kept;

    public override int MaxBufferSize => BlockSize;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockSize);
        if (!_free.TryDequeue(out Block? block))
        {
            return new Block(this);
        }

        Interlocked.Decrement(ref _kept);
        block.Take();
        return block;
    }

    protected override void Dispose(bool disposing) => _free.Clear();

    private void Return(Block block)
    {
        if (Interlocked.Increment(ref _kept) <= MaximumKept)
        {
            _free.Enqueue(block);
        }
        else
        {
            Interlocked.Decrement(ref _kept);
        }
    }

    private sealed class Block(BlockPool pool) : IMemoryOwner<byte>
    {
        private readonly byte[] _octets = GC.AllocateUninitializedArray<byte>(BlockSize, pinned: true);
        private int _isFree;

        public Memory<byte> Memory => _octets;

        public void Take() => Volatile.Write(ref _isFree, 0);

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isFree, 1) == 0)
            {
                pool.Return(this);
            }
        }
    }
}
