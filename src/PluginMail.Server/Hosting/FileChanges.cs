using System.Security.Cryptography;

namespace PluginMail.Server;

/// <summary>
/// Says when any of some files has new content, once they have been left alone for a moment. The folders are watched whole, because tools
/// that renew certificates exchange links and folders rather than write into files.
/// </summary>
internal sealed class FileChanges : IDisposable
{
    /// <summary>How long the files must have been left alone.</summary>
    public static readonly TimeSpan Debounce = TimeSpan.FromMilliseconds(400);

    private readonly IReadOnlyList<string> _paths;
    private readonly Func<bool> _changed;
    private readonly List<FileSystemWatcher> _watchers = [];
    private readonly ITimer _timer;
    private readonly Lock _lock = new();
    private byte[] _hash;
    private bool _isDisposed;

    /// <summary>Begins to watch.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="changed">Reads them again; false where they are no use yet, and then the next touch asks again. Must not throw.</param>
    /// <param name="clock">Times the wait.</param>
    public FileChanges(IReadOnlyList<string> paths, Func<bool> changed, TimeProvider clock)
    {
        _paths = [.. paths.Select(Path.GetFullPath)];
        _changed = changed;
        _hash = Hash();
        _timer = clock.CreateTimer(_ => Look(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        foreach (string folder in _paths.Select(path => Path.GetDirectoryName(path)!).Distinct(StringComparer.Ordinal).Where(Directory.Exists))
        {
            _watchers.Add(Watch(folder));
        }
    }

    /// <summary>Something happened: the wait begins anew.</summary>
    public void Touch()
    {
        lock (_lock)
        {
            if (!_isDisposed)
            {
                _timer.Change(Debounce, Timeout.InfiniteTimeSpan);
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
        }

        _watchers.ForEach(watcher => watcher.Dispose());
        _timer.Dispose();
    }

    private FileSystemWatcher Watch(string folder)
    {
        var watcher = new FileSystemWatcher(folder)
        {
            NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size,
        };
        watcher.Changed += (_, _) => Touch();
        watcher.Created += (_, _) => Touch();
        watcher.Deleted += (_, _) => Touch();
        watcher.Renamed += (_, _) => Touch();
        watcher.Error += (_, _) => Touch();
        watcher.EnableRaisingEvents = true;
        return watcher;
    }

    private void Look()
    {
        lock (_lock)
        {
            byte[] hash = Hash();
            if (!_isDisposed && hash.Length > 0 && !hash.AsSpan().SequenceEqual(_hash) && _changed())
            {
                _hash = hash;
            }
        }
    }

    // Empty where one of them cannot be read: it is being exchanged.
    private byte[] Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        try
        {
            foreach (string path in _paths)
            {
                hash.AppendData(File.ReadAllBytes(path));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }

        return hash.GetHashAndReset();
    }
}
