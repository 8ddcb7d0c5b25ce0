using System.Buffers.Binary;

namespace PluginMail.Server;

/// <summary>Blocks on the control socket: four octets of length (network order), then the block.</summary>
internal static class ControlWire
{
    public static async Task WriteAsync(Stream stream, byte[] block, CancellationToken cancellationToken)
    {
        byte[] length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, block.Length);
        await stream.WriteAsync(length, cancellationToken);
        await stream.WriteAsync(block, cancellationToken);
    }

    /// <exception cref="IOException">The other end is gone, or the block is too long.</exception>
    public static async Task<byte[]> ReadAsync(Stream stream, int maximum, CancellationToken cancellationToken)
    {
        byte[] length = new byte[4];
        await stream.ReadExactlyAsync(length, cancellationToken);
        int octets = BinaryPrimitives.ReadInt32BigEndian(length);
        if (octets < 0 || octets > maximum)
        {
            throw new IOException($"a block of {octets} octets is too long");
        }

        byte[] block = new byte[octets];
        await stream.ReadExactlyAsync(block, cancellationToken);
        return block;
    }
}
