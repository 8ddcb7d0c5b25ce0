using System.Buffers;

namespace PluginMail.Mime;

/// <summary>A pooled scratch buffer for the length of one call.</summary>
internal readonly ref struct RentedBytes(int length)
{
    private readonly byte[] _array = ArrayPool<byte>.Shared.Rent(Math.Max(length, 1));

    public Span<byte> Span => _array;

    public ReadOnlySpan<byte> Written(int count) => _array.AsSpan(0, count);

    public void Dispose() => ArrayPool<byte>.Shared.Return(_array);
}
