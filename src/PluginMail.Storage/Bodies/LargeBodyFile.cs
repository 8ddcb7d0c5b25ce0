using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PluginMail.Storage;

/// <summary>A body in a file of its own.</summary>
/// <param name="Handle">The open file, owned by whoever opened it.</param>
/// <param name="Record">Its mark.</param>
/// <param name="Checksums">Of its blocks.</param>
internal readonly record struct LargeBodyFile(SafeFileHandle Handle, BodyRecord Record, uint[] Checksums)
{
    /// <summary>Opens a file and reads its end.</summary>
    /// <exception cref="StoreUnavailableException">The end is damaged.</exception>
    public static LargeBodyFile Open(string path)
    {
        SafeFileHandle handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        try
        {
            return ReadEnd(handle) is { } file
                ? file
                : throw new StoreUnavailableException($"{Path.GetFileName(path)} is damaged: its end is no mark", isDiskFull: false);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private static LargeBodyFile? ReadEnd(SafeFileHandle handle)
    {
        long length = RandomAccess.GetLength(handle);
        byte[] mark = new byte[BodyRecord.MarkLength];
        if (length < mark.Length || RandomAccess.Read(handle, mark, length - mark.Length) < mark.Length
            || !BodyRecord.TryRead(mark, out BodyRecord record)
            || length != record.Length + record.TableLength + record.StructureLength + mark.Length)
        {
            return null;
        }

        byte[] tail = new byte[record.TableLength + record.StructureLength];
        if (RandomAccess.Read(handle, tail, record.Length) < tail.Length || Checksum.Of(tail) != record.TailChecksum)
        {
            return null;
        }

        return new LargeBodyFile(handle, record, MemoryMarshal.Cast<byte, uint>(tail.AsSpan(0, record.TableLength)).ToArray());
    }
}
