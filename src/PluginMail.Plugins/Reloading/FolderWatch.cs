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
    private readonly List<FileSystemWatcher> _watchers = [];
    private readonly Dictionary<string, ITimer> _timers = new(StringComparer.OrdinalIgnoreCase);
    private bool _disposed;

    /// <summary>Begins to watch.</summary>
    /// <param name="roots">The folders that hold plugin folders; those that do not exist are passed over.</param>
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
        foreach (string root in roots.Where(Directory.Exists))
        {
            try
            {
                Watch(root);
            }
            catch (IOException e)
            {
                // The system's limit of watches: plugins still run, and reload when they are told to.
                PluginsLog.NotWatched(log, root, FaultText.Line(e));
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
        _watchers.ForEach(watcher => watcher.Dispose());
        lock (_timers)
        {
            _disposed = true;
            foreach (var timer in _timers.Values)
            {
                timer.Dispose();
            }
        }
    }

    private void Watch(string root)
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
        watcher.Error += (_, error) => TouchAll(root, error.GetException());
        watcher.EnableRaisingEvents = true;
        _watchers.Add(watcher);
    }

    private void TouchFolderOf(string root, string path)
    {
        string folder = Path.GetRelativePath(root, path).Split(Path.DirectorySeparatorChar)[0];
        if (!folder.StartsWith('.'))
        {
            Touch(folder);
        }
    }

    private void TouchAll(string root, Exception lost)
    {
        PluginsLog.WatcherLost(_log, FaultText.Line(lost));
        foreach (string folder in Directory.Exists(root) ? Directory.EnumerateDirectories(root) : [])
        {
            Touch(Path.GetFileName(folder));
        }
    }
}
