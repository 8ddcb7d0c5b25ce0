using System.Numerics;
using System.Runtime.InteropServices;

namespace PluginMail.Storage;

/// <summary>CRC-32C, which processors compute (RFC 3720 appendix B.4).</summary>
internal static class Checksum
{
    public const uint Seed = uint.MaxValue;

    /// <summary>Goes on with a checksum.</summary>
    /// <param name="crc"><see cref="Seed"/> or what the call before gave.</param>
    /// <param name="octets">The octets that follow.</param>
    /// <returns>The state; <see cref="Finish"/> makes the checksum of it.</returns>
    public static uint Append(uint crc, ReadOnlySpan<byte> octets)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(octets);
        foreach (ulong word in words)
        {
            crc = BitOperations.Crc32C(crc, word);
        }

        foreach (byte octet in octets[(words.Length * sizeof(ulong))..])
        {
            crc = BitOperations.Crc32C(crc, octet);
        }

        return crc;
    }

    public static uint Finish(uint crc) => ~crc;

    public static uint Of(ReadOnlySpan<byte> octets) => Finish(Append(Seed, octets));
}
