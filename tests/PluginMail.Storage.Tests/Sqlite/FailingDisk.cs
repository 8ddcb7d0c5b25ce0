using Microsoft.Win32.SafeHandles;

namespace PluginMail.Storage.Tests;

/// <summary>A disk that fails where a test says so.</summary>
internal sealed class FailingDisk() : DurableDisk(TimeSpan.Zero)
{
    private const int NoSpace = 28;
    private const int IoError = 5;

    public volatile bool WritesFail;
    public volatile bool SyncsFail;
    public volatile bool RenamesFail;

    public override void Write(SafeFileHandle file, ReadOnlySpan<byte> octets, long offset)
    {
        if (WritesFail)
        {
            base.Write(file, octets[..(octets.Length / 2)], offset);
            throw new IOException("No space left on device", NoSpace);
        }

        base.Write(file, octets, offset);
    }

    public override void Sync(SafeFileHandle file)
    {
        if (SyncsFail)
        {
            throw new IOException("Input/output error", IoError);
        }

        base.Sync(file);
    }

    public override void Rename(string from, string to)
    {
        if (RenamesFail)
        {
            throw new IOException("Input/output error", IoError);
        }

        base.Rename(from, to);
    }
}
