using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PluginMail.Storage;

/// <summary>The steps that decide whether something survives a crash, in one place. Virtual, so that a test can let each of them fail.</summary>
/// <param name="extraSyncDelay">Is added to every sync.</param>
internal class DurableDisk(TimeSpan extraSyncDelay)
{
    private const int NoSpace = 28;
    private const int FileTooBig = 27;
    private const int QuotaExceeded = 122;

    /// <summary>Writes octets at an offset.</summary>
    public virtual void Write(SafeFileHandle file, ReadOnlySpan<byte> octets, long offset) => RandomAccess.Write(file, octets, offset);

    /// <summary>Brings a file's octets and length to the disk.</summary>
    public virtual void Sync(SafeFileHandle file)
    {
        Delay();
        if (OperatingSystem.IsLinux())
        {
            Check(NativeMethods.SyncData(file), "fdatasync");
        }
        else
        {
            RandomAccess.FlushToDisk(file);
        }
    }

    /// <summary>Brings a folder's entries to the disk: a new name survives a crash only after this.</summary>
    public virtual void SyncFolder(string path)
    {
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsMacOS())
        {
            return;
        }

        int folder = NativeMethods.Open(path, 0);
        Check(folder, "open");
        try
        {
            Check(NativeMethods.Sync(folder), "fsync");
        }
        finally
        {
            _ = NativeMethods.Close(folder);
        }
    }

    /// <summary>Gives a file another name on the same file system.</summary>
    public virtual void Rename(string from, string to) => File.Move(from, to, overwrite: false);

    /// <summary>Gives the room of a range back; reads of it give zeros and all offsets stay.</summary>
    /// <returns>False where the file system cannot.</returns>
    public virtual bool PunchHole(SafeFileHandle file, long offset, long length) =>
        OperatingSystem.IsLinux()
        && NativeMethods.Allocate(file, NativeMethods.FallocatePunchHole | NativeMethods.FallocateKeepSize, offset, length) == 0;

    /// <summary>Waits as long as a slower disk would take.</summary>
    public void Delay()
    {
        if (extraSyncDelay <= TimeSpan.Zero)
        {
            return;
        }

        // A wait counts whole milliseconds and may end one early.
        using var never = new ManualResetEventSlim();
        long start = Stopwatch.GetTimestamp();
        for (TimeSpan left = extraSyncDelay; left > TimeSpan.Zero; left = extraSyncDelay - Stopwatch.GetElapsedTime(start))
        {
            never.Wait(TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)));
        }
    }

    /// <summary>The fault that callers of the store see.</summary>
    /// <param name="fault">What was met.</param>
    /// <returns>The same where it is one already.</returns>
    public static StoreUnavailableException Translate(Exception fault) =>
        fault as StoreUnavailableException
        ?? new StoreUnavailableException(
            "The store cannot write or read: " + fault.Message,
            fault is IOException && (fault.HResult & 0xFFFF) is NoSpace or FileTooBig or QuotaExceeded or 0x70,
            fault);

    private static void Check(int result, string call)
    {
        if (result < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            throw new IOException($"{call}: {Marshal.GetPInvokeErrorMessage(error)}", error);
        }
    }
}
