using System.Runtime.InteropServices;

namespace PluginMail.Dlp.Text;

/// <summary>Streams over octets that are there.</summary>
internal static class MemoryStreams
{
    /// <summary>A stream of octets; they are not copied where they lie in an array.</summary>
    public static MemoryStream AsReadOnlyStream(this ReadOnlyMemory<byte> octets) => MemoryMarshal.TryGetArray(octets, out var array)
        ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
        : new MemoryStream(octets.ToArray(), writable: false);
}
