using System.Runtime.InteropServices;

namespace PluginMail.Configuration;

/// <summary>What a new file has to take over from the one whose place it takes, and what makes the exchange last.</summary>
internal static partial class ReplacedFile
{
    private const int CurrentFolder = -100; // AT_FDCWD: paths are as usual
    private const uint OwnerAndGroup = 0x18; // STATX_UID | STATX_GID

    /// <summary>Gives a new file the mode, owner and group of the old one; of the latter what this process may give away: root all, others their groups.</summary>
    public static void TakeOver(string old, string made)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        if (OperatingSystem.IsLinux() && Statistics(CurrentFolder, old, 0, OwnerAndGroup, out FileStatistics file) == 0
            && ChangeOwner(made, file.User, file.Group) != 0)
        {
            _ = ChangeOwner(made, uint.MaxValue, file.Group);
        }

        File.SetUnixFileMode(made, File.GetUnixFileMode(old)); // the last: a change of the owner takes bits away
    }

    /// <summary>Brings a folder's entries to the disk, so that a power loss does not bring the old file back.</summary>
    /// <exception cref="IOException">It cannot be done.</exception>
    public static void SyncFolder(string path)
    {
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsMacOS())
        {
            return;
        }

        int folder = Open(path, 0);
        if (folder < 0)
        {
            return; // one may write into a folder that one may not read
        }

        int result = Sync(folder);
        int error = Marshal.GetLastPInvokeError();
        _ = Close(folder);
        if (result < 0)
        {
            throw new IOException($"fsync of {path}: {Marshal.GetPInvokeErrorMessage(error)}", error);
        }
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Statistics(int folder, string path, int flags, uint mask, out FileStatistics result);

    [LibraryImport("libc", EntryPoint = "chown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int ChangeOwner(string path, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Sync(int file);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int file);

    /// <summary>The part of Linux's <c>struct statx</c> that is of use: it is the same on every architecture.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct FileStatistics
    {
        /// <summary>The owner.</summary>
        [FieldOffset(20)]
        public uint User;

        /// <summary>The group.</summary>
        [FieldOffset(24)]
        public uint Group;
    }
}
