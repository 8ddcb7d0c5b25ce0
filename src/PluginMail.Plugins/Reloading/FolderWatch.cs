using Microsoft.Extensions.Logging;
using PluginMail.Plugins.Roles;

namespace PluginMail.Plugins.Reloading;

/// <summary>Tells when a plugin's folder has changed and then been quiet for a while.</summary>
internal sealed class FolderWatch : IDisposable
{
    private readonly TimeSpan _debounce;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly Action<string> _changed;
    private readonly Dictionary<string, (FileSystemWatcher? Watcher, FolderStamp? Stamp)> _watchers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ITimer> _timers = new(StringComparer.OrdinalIgnoreCase);
    private bool _disposed;

    /// <summary>Begins to watch.</summary>
    /// <param name="roots">The folders that hold plugin folders; those that do not exist are watched from the first <see cref="Renew"/> on that finds them.</param>
    /// <param name="debounce">How long a folder must be quiet.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="log">Where lost changes are told.</param>
    /// <param name="changed">Is called with the name of the changed folder.</param>
    public FolderWatch(IEnumerable<string> roots, TimeSpan debounce, TimeProvider clock, ILogger log, Action<string> changed)
    {
        _debounce = debounce;
        _clock = clock;
        _log = log;
        _changed = changed;
        foreach (string root in roots)
        {
            var stamp = FolderStamp.Of(root);
            _watchers[root] = (stamp is null ? null : Begin(root), stamp);
        }
    }

    /// <summary>Watches those roots anew that were made or exchanged since, and looks at all that is in them. One call at a time.</summary>
    public void Renew()
    {
        foreach (var (root, (watcher, known)) in _watchers.ToList())
        {
            if (FolderStamp.Of(root) is var stamp && stamp != known)
            {
                watcher?.Dispose();
                _watchers[root] = (stamp is null ? null : Begin(root), stamp);
                TouchAll(root);
            }
        }
    }

    /// <summary>Starts a folder's quiet time anew.</summary>
    public void Touch(string folder) => Touch(folder, _debounce);

    /// <summary>Looks at a folder after a while, or when it has changed before that.</summary>
    public void Touch(string folder, TimeSpan after)
    {
        lock (_timers)
        {
            if (_disposed)
            {
                return;
            }

            if (_timers.TryGetValue(folder, out var timer))
            {
                timer.Change(after, Timeout.InfiniteTimeSpan);
            }
            else
            {
                _timers[folder] = _clock.CreateTimer(_ => _changed(folder), null, after, Timeout.InfiniteTimeSpan);
            }
        }
    }

    public void Dispose()
    {
        foreach (var (watcher, _) in _watchers.Values)
        {
            watcher?.Dispose();
        }

        lock (_timers)
        {
            _disposed = true;
            foreach (var timer in _timers.Values)
            {
                timer.Dispose();
            }
        }
    }

    private FileSystemWatcher? Begin(string root)
    {
        try
        {
            return Watch(root);
        }
        catch (IOException e)
        {
            // The system's limit of watches: plugins still run, and reload when they are told to.
            PluginsLog.NotWatched(_log, root, FaultText.Line(e));
            return null;
        }
    }

    private FileSystemWatcher Watch(string root)
    {
        var watcher = new FileSystemWatcher(root)
        {
            IncludeSubdirectories = true,
            NotifyFilter = NotifyFilters.LastWrite | NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.Size,
        };
        watcher.Changed += (_, change) => TouchFolderOf(root, change.FullPath);
        watcher.Created += (_, change) => TouchFolderOf(root, change.FullPath);
        watcher.Deleted += (_, change) => TouchFolderOf(root, change.FullPath);
        watcher.Renamed += (_, change) =>
        {
            TouchFolderOf(root, change.OldFullPath);
            TouchFolderOf(root, change.FullPath);
        };
        watcher.Error += (_, error) =>
        {
            PluginsLog.WatcherLost(_log, FaultText.Line(error.GetException()));
            TouchAll(root);
        };
        watcher.EnableRaisingEvents = true;
        return watcher;
    }

    private void TouchFolderOf(string root, string path)
    {
        string folder = Path.GetRelativePath(root, path).Split(Path.DirectorySeparatorChar)[0];
        if (!folder.StartsWith('.'))
        {
            Touch(folder);
        }
    }

    private void TouchAll(string root)
    {
        foreach (string folder in Directory.Exists(root) ? Directory.EnumerateDirectories(root) : [])
        {
            TouchFolderOf(root, folder);
        }
    }
}
