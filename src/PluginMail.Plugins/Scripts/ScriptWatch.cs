using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using PluginMail.Plugins.Reloading;
using PluginMail.Plugins.Roles;

namespace PluginMail.Plugins.Scripts;

/// <summary>
/// Tells when a file has changed that a script consists of. Watches the folders of these files, not what lies below; whether they are still the same
/// folders is looked at in <see cref="Renew"/>.
/// </summary>
/// <param name="changed">Is called with the script's name, maybe many times for one change.</param>
/// <param name="log">Where it is told that a folder cannot be watched.</param>
internal sealed class ScriptWatch(Action<string> changed, ILogger log) : IDisposable
{
    private readonly Dictionary<string, (FileSystemWatcher? Watcher, FolderStamp? Stamp)> _watchers = new(StringComparer.Ordinal);
    private ILookup<string, string> _scripts = Array.Empty<string>().ToLookup(path => path, StringComparer.Ordinal);

    /// <summary>Watches these scripts from now on, and no others. One call at a time.</summary>
    /// <param name="scripts">Names, each with its files.</param>
    public void Watch(IEnumerable<(string Name, ImmutableArray<string> Files)> scripts)
    {
        var files = scripts.SelectMany(script => script.Files.Select(file => (script.Name, File: file))).ToLookup(pair => pair.File, pair => pair.Name, StringComparer.Ordinal);
        Volatile.Write(ref _scripts, files);
        HashSet<string> folders = [.. files.Select(file => Path.GetDirectoryName(file.Key)!)];
        foreach (string gone in _watchers.Keys.Except(folders).ToList())
        {
            _watchers[gone].Watcher?.Dispose();
            _watchers.Remove(gone);
        }

        foreach (string folder in folders)
        {
            _watchers.TryAdd(folder, default);
        }

        Renew();
    }

    /// <summary>Watches those folders anew that were made or exchanged since. One call at a time.</summary>
    public void Renew()
    {
        foreach (var (folder, (watcher, known)) in _watchers.ToList())
        {
            if (FolderStamp.Of(folder) is var stamp && stamp != known)
            {
                watcher?.Dispose();
                _watchers[folder] = (stamp is null ? null : Begin(folder), stamp);
                TouchAll(folder); // it may have changed between reading and watching
            }
        }
    }

    public void Dispose()
    {
        foreach (var (watcher, _) in _watchers.Values)
        {
            watcher?.Dispose();
        }

        _watchers.Clear();
    }

    private FileSystemWatcher? Begin(string folder)
    {
        try
        {
            var watcher = new FileSystemWatcher(folder)
            {
                NotifyFilter = NotifyFilters.LastWrite | NotifyFilters.FileName | NotifyFilters.Size,
            };
            watcher.Changed += (_, change) => Touch(change.FullPath);
            watcher.Created += (_, change) => Touch(change.FullPath);
            watcher.Deleted += (_, change) => Touch(change.FullPath);
            watcher.Renamed += (_, change) =>
            {
                Touch(change.OldFullPath);
                Touch(change.FullPath);
            };
            watcher.Error += (_, error) =>
            {
                PluginsLog.WatcherLost(log, FaultText.Line(error.GetException()));
                TouchAll(folder);
            };
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (IOException e)
        {
            PluginsLog.NotWatched(log, folder, FaultText.Line(e));
            return null;
        }
    }

    private void Touch(string file)
    {
        foreach (string name in Volatile.Read(ref _scripts)[file])
        {
            changed(name);
        }
    }

    private void TouchAll(string folder)
    {
        foreach (var file in Volatile.Read(ref _scripts).Where(file => Path.GetDirectoryName(file.Key) == folder))
        {
            Touch(file.Key);
        }
    }
}
