using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace PluginMail.Storage;

/// <summary>Copies files of a store, durably.</summary>
internal sealed class BackupFiles(DurableDisk disk, IProgress<long>? progress)
{
    private const int ChunkSize = 1 << 20;

    /// <summary>The last file of a backup: without it the backup is not whole.</summary>
    public const string CompleteMark = "backup.complete";

    /// <summary>Octets copied so far.</summary>
    public long Copied { get; private set; }

    /// <summary>Makes sure that a folder is there and empty.</summary>
    /// <exception cref="StoreUnavailableException">Something is in it.</exception>
    public static void Prepare(string folder)
    {
        if (File.Exists(folder) || (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()))
        {
            throw new StoreUnavailableException($"{folder} is there already and not empty", isDiskFull: false);
        }

        PrivateFiles.CreateFolder(folder);
    }

    /// <summary>Copies ranges of a file to the same offsets of another; what is between stays a hole.</summary>
    public void CopyRanges(SafeFileHandle source, string target, IEnumerable<(long Offset, long Length)> ranges, CancellationToken cancellationToken)
    {
        using FileStream stream = PrivateFiles.Create(target);
        SafeFileHandle file = stream.SafeFileHandle;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ChunkSize);
        try
        {
            foreach ((long offset, long length) in ranges)
            {
                for (long copied = 0; copied < length;)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    int read = RandomAccess.Read(source, buffer.AsSpan(0, (int)Math.Min(ChunkSize, length - copied)), offset + copied);
                    if (read == 0)
                    {
                        throw new IOException($"{target}: its source ends too early");
                    }

                    disk.Write(file, buffer.AsSpan(0, read), offset + copied);
                    copied += read;
                    Report(read);
                }
            }

            disk.Sync(file);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Copies a file that never changes; by a second name where both lie on one file system.</summary>
    public void LinkOrCopy(string source, string target, CancellationToken cancellationToken)
    {
        PrivateFiles.CreateFolder(Path.GetDirectoryName(target)!);
        if (OperatingSystem.IsLinux() && NativeMethods.Link(source, target) == 0)
        {
            PrivateFiles.Protect(target);
            Report(new FileInfo(target).Length);
            return;
        }

        Copy(source, target, cancellationToken);
    }

    /// <summary>Copies a file.</summary>
    public void Copy(string source, string target, CancellationToken cancellationToken)
    {
        PrivateFiles.CreateFolder(Path.GetDirectoryName(target)!);
        using SafeFileHandle file = File.OpenHandle(source, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        CopyRanges(file, target, [(0, RandomAccess.GetLength(file))], cancellationToken);
    }

    /// <summary>Brings all names below a folder to the disk.</summary>
    public void SyncFolders(string folder)
    {
        foreach (string below in Directory.EnumerateDirectories(folder, "*", SearchOption.AllDirectories).Append(folder))
        {
            disk.SyncFolder(below);
        }
    }

    public void Report(long octets)
    {
        Copied += octets;
        progress?.Report(Copied);
    }
}
