using System.Security.Cryptography;
using PluginMail.Configuration.Options;

namespace PluginMail.Configuration;

/// <summary>
/// Reloads a configuration file when it changes, and when told to. Only that file is watched, by its name in its folder, so that it is noticed
/// too when an editor renames a new one over it. A change is read when the file has been left alone for a moment. A file with errors changes
/// nothing: <see cref="Current"/> goes on as it was.
/// </summary>
public sealed class ConfigurationWatcher : IDisposable
{
    /// <summary>How long a file must have been left alone before it is read.</summary>
    public static readonly TimeSpan Debounce = TimeSpan.FromMilliseconds(400);

    private readonly string _path;
    private readonly Action<ConfigurationResult> _reloaded;
    private readonly FileSystemWatcher _watcher;
    private readonly ITimer _timer;
    private readonly Lock _lock = new();
    private byte[]? _hash;
    private volatile MailServerOptions _current;
    private bool _disposed;

    /// <summary>Begins to watch.</summary>
    /// <param name="path">The file, which has been loaded already.</param>
    /// <param name="current">What it was loaded to.</param>
    /// <param name="reloaded">
    /// Takes each result: options that are now <see cref="Current"/>, or errors, with the old options still serving. Calls do not overlap; they
    /// come from the thread pool or from <see cref="Reload"/>'s caller, and must not throw.
    /// </param>
    /// <param name="clock">Times the wait.</param>
    public ConfigurationWatcher(string path, MailServerOptions current, Action<ConfigurationResult> reloaded, TimeProvider clock)
    {
        _path = path;
        _current = current;
        _reloaded = reloaded;
        _hash = Hash();
        _timer = clock.CreateTimer(static w => ((ConfigurationWatcher)w!).ReadChange(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        string full = Path.GetFullPath(path);
        _watcher = new FileSystemWatcher(Path.GetDirectoryName(full)!, Path.GetFileName(full))
        {
            NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite | NotifyFilters.Size,
        };
        _watcher.Changed += (_, _) => Touch();
        _watcher.Created += (_, _) => Touch();
        _watcher.Renamed += (_, _) => Touch();
        _watcher.Error += (_, _) => Touch();
        _watcher.EnableRaisingEvents = true;
    }

    /// <summary>The options in force: those of the last file without errors.</summary>
    public MailServerOptions Current => _current;

    /// <summary>Reads the file now, changed or not.</summary>
    /// <returns>What became of it; the callback has been given it too.</returns>
    public ConfigurationResult Reload()
    {
        lock (_lock)
        {
            _hash = Hash();
            return Load();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
        }

        _watcher.Dispose();
        _timer.Dispose();
    }

    /// <summary>Something happened to the file: the wait begins anew.</summary>
    internal void Touch()
    {
        lock (_lock)
        {
            if (!_disposed)
            {
                _timer.Change(Debounce, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void ReadChange()
    {
        lock (_lock)
        {
            // A file that is gone is about to come back, or somebody means to start anew later: nothing to read either way.
            var hash = Hash();
            if (!_disposed && hash is not null && (_hash is null || !hash.AsSpan().SequenceEqual(_hash)))
            {
                _hash = hash;
                Load();
            }
        }
    }

    private ConfigurationResult Load()
    {
        var result = ConfigurationFile.Load(_path);
        if (result.IsUsable)
        {
            _current = result.Options;
        }

        _reloaded(result);
        return result;
    }

    private byte[]? Hash()
    {
        try
        {
            using var file = File.OpenRead(_path);
            return SHA256.HashData(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
