using System.Buffers;

namespace PluginMail.Mime;

/// <summary>The header under way: exactly its first bytes up to a limit, however the pieces are cut. The memory is pooled.</summary>
internal sealed class HeaderBuffer(int limit)
{
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(Math.Min(2048, limit));

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Length);

    /// <summary>Keeps what fits; false when that is not all.</summary>
    public bool TryAppend(ReadOnlySpan<byte> segment)
    {
        var kept = segment[..Math.Min(segment.Length, limit - Length)];
        if (Length + kept.Length > _bytes.Length)
        {
            Grow(Length + kept.Length);
        }
        kept.CopyTo(_bytes.AsSpan(Length));
        Length += kept.Length;
        return kept.Length == segment.Length;
    }

    public void Truncate(int length) => Length = length;

    /// <summary>Gives the memory back; the buffer is empty for good then.</summary>
    public void Release()
    {
        Truncate(0);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
    }

    private void Grow(int needed)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_bytes.Length * 2, needed));
        Bytes.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
