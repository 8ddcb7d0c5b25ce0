using System.IO.Compression;
using PluginMail.Plugins.Loading;

namespace PluginMail.Plugins.Installing;

/// <summary>Copies a plugin out of a folder or a zip archive, within bounds. What is in it is not trusted before an administrator installs it.</summary>
internal static class PluginPackage
{
    public const int MostFiles = 2_000;
    public const long MostOctets = 512L << 20;
    private const int MostDepth = 32;
    private const int LongestName = 400;
    private const int UnixLink = 0xA000;
    private const int UnixKind = 0xF000;

    /// <summary>Copies it.</summary>
    /// <param name="source">A folder, or a file that is a zip archive.</param>
    /// <param name="destination">A folder that does not exist yet.</param>
    /// <exception cref="PluginRejectedException">It is no package, or not one that may be unpacked.</exception>
    /// <exception cref="IOException">It cannot be read, or the disk is full.</exception>
    public static void Unpack(string source, string destination)
    {
        Directory.CreateDirectory(destination);
        try
        {
            Copy(source, destination);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new PluginRejectedException($"not all of it can be read: {Roles.FaultText.Line(e)}");
        }
    }

    private static void Copy(string source, string destination)
    {
        if (Directory.Exists(source))
        {
            CopyFolder(source, destination);
        }
        else if (File.Exists(source))
        {
            CopyArchive(source, destination);
        }
        else
        {
            throw new PluginRejectedException($"{source} does not exist");
        }
    }

    private static void CopyFolder(string source, string destination)
    {
        // Links are not followed: what they name is not part of the plugin. What is not copied is not left out in silence.
        var options = new EnumerationOptions
        {
            RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false, MaxRecursionDepth = MostDepth,
        };
        var budget = new Budget(destination);
        foreach (var entry in new DirectoryInfo(source).EnumerateFileSystemInfos("*", options))
        {
            string name = Path.GetRelativePath(source, entry.FullName);
            if (entry.LinkTarget is not null)
            {
                throw new PluginRejectedException($"{name} is a link");
            }

            if (name.Count(static c => c == Path.DirectorySeparatorChar) >= MostDepth)
            {
                throw new PluginRejectedException($"{FaultName(name)} lies more than {MostDepth} folders deep");
            }

            if (entry is FileInfo)
            {
                using var file = File.OpenRead(entry.FullName);
                budget.Copy(file, name);
            }
        }
    }

    private static void CopyArchive(string source, string destination)
    {
        try
        {
            using var archive = ZipFile.OpenRead(source);
            var entries = archive.Entries.Where(entry => !entry.FullName.EndsWith('/')).ToList();
            string root = CommonRoot(entries);
            var budget = new Budget(destination);
            var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            foreach (var entry in entries)
            {
                if (!IsSafe(entry.FullName) || ((entry.ExternalAttributes >> 16) & UnixKind) == UnixLink)
                {
                    throw new PluginRejectedException($"the archive has an entry that may not be unpacked: {FaultName(entry.FullName)}");
                }

                if (!names.Add(entry.FullName))
                {
                    throw new PluginRejectedException($"the archive has two entries {FaultName(entry.FullName)}");
                }

                using var content = entry.Open();
                budget.Copy(content, entry.FullName[root.Length..]);
            }
        }
        catch (InvalidDataException e)
        {
            throw new PluginRejectedException($"{Path.GetFileName(source)} is not a whole zip archive: {e.Message}");
        }
    }

    /// <summary>The one folder that all entries lie in, with its slash; empty where there is none.</summary>
    private static string CommonRoot(List<ZipArchiveEntry> entries)
    {
        string first = entries.Count == 0 ? "" : entries[0].FullName;
        string root = first[..(first.IndexOf('/', StringComparison.Ordinal) + 1)];
        return entries.All(entry => entry.FullName.StartsWith(root, StringComparison.Ordinal)) ? root : "";
    }

    private static bool IsSafe(string name) =>
        name.Length is > 0 and <= LongestName
        && !name.Any(static c => char.IsControl(c) || c is '\\' or ':')
        && name.Split('/').All(static part => part is not ("" or "." or ".."));

    private static string FaultName(string name) => Roles.FaultText.Shown(name);

    /// <summary>Counts files and octets as they are written: what an archive says of its sizes need not be so.</summary>
    private sealed class Budget(string destination)
    {
        private readonly string _root = Path.GetFullPath(destination) + Path.DirectorySeparatorChar;
        private int _files;
        private long _octets;

        public void Copy(Stream from, string name)
        {
            string path = Path.GetFullPath(Path.Combine(_root, name));
            if (!path.StartsWith(_root, StringComparison.Ordinal))
            {
                throw new PluginRejectedException($"{FaultName(name)} lies outside of it");
            }

            if (++_files > MostFiles)
            {
                throw new PluginRejectedException($"it has more than {MostFiles} files");
            }

            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using var to = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
            byte[] buffer = new byte[81_920];
            for (int read = from.Read(buffer); read > 0; read = from.Read(buffer))
            {
                _octets += read;
                if (_octets > MostOctets)
                {
                    throw new PluginRejectedException($"it has more than {MostOctets >> 20} MiB");
                }

                to.Write(buffer.AsSpan(0, read));
            }

            to.Flush(flushToDisk: true);
        }
    }
}
