using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using PluginMail.Filters;
using PluginMail.Filters.Evaluation;

namespace PluginMail.Delivery;

/// <summary>Where the server's own scripts are.</summary>
/// <param name="Before">Files that run before each mailbox's own script.</param>
/// <param name="After">Files that run after it.</param>
/// <param name="Folder">The folder of scripts that can be included; empty for none.</param>
public sealed record ServerFilterFiles(IReadOnlyList<string> Before, IReadOnlyList<string> After, string Folder)
{
    /// <summary>Files that run on IMAP events.</summary>
    public IReadOnlyList<string> OnEvents { get; init; } = [];

    /// <summary>No scripts.</summary>
    public static ServerFilterFiles None { get; } = new([], [], "");
}

/// <summary>
/// The server's own scripts, compiled. A file is looked at again at most once a second, and compiled again when it has changed; as long as a
/// new one does not compile, the last good one stays in force.
/// </summary>
/// <param name="files">Where they are; asked anew each time.</param>
/// <param name="compilerOptions">The vocabulary; asked anew for each compilation.</param>
/// <param name="clock">Says when a file is looked at again.</param>
/// <param name="log">Where it says that a script does not compile.</param>
public sealed class ServerFilters(
    Func<ServerFilterFiles> files, Func<FilterCompilerOptions> compilerOptions, TimeProvider clock, ILogger<ServerFilters> log)
{
    private const int MaximumEntries = 1000;
    private const string Ending = ".sieve";
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>The scripts that run before each mailbox's own.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The scripts in order.</returns>
    public ValueTask<ImmutableArray<CompiledFilter>> GetBeforeAsync(CancellationToken cancellationToken) => GetAsync(files().Before, cancellationToken);

    /// <summary>The scripts that run after each mailbox's own.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The scripts in order.</returns>
    public ValueTask<ImmutableArray<CompiledFilter>> GetAfterAsync(CancellationToken cancellationToken) => GetAsync(files().After, cancellationToken);

    /// <summary>A script that can be included by its name.</summary>
    /// <param name="name">The name, which is a file's without its ending; one that leads elsewhere finds nothing.</param>
    /// <returns>The compilation, the same object as long as the file is the same; null where there is no such file.</returns>
    public FilterCompilation? Find(string name)
    {
        string folder = files().Folder;
        return folder.Length == 0 || name.Length is 0 or > 200 || name[0] == '.' || name.AsSpan().ContainsAny('/', '\\', '\0')
            ? null
            : Read(Path.Combine(folder, name + Ending), name)?.Compilation;
    }

    /// <summary>All of the server's scripts that compile, those that can be included last.</summary>
    /// <returns>Each with when it runs: <c>before</c>, <c>after</c>, <c>event</c> or <c>include</c>.</returns>
    public ImmutableArray<(string Runs, CompiledFilter Filter)> List()
    {
        ServerFilterFiles all = files();
        IEnumerable<string> included = all.Folder.Length > 0 && Directory.Exists(all.Folder)
            ? Directory.EnumerateFiles(all.Folder, "*" + Ending).Order(StringComparer.Ordinal).Take(MaximumEntries / 2)
            : [];
        return
        [
            .. all.Before.Select(path => ("before", Read(path, Path.GetFileName(path))?.LastGood)).Where(found => found.LastGood is not null)!,
            .. all.After.Select(path => ("after", Read(path, Path.GetFileName(path))?.LastGood)).Where(found => found.LastGood is not null)!,
            .. all.OnEvents.Select(path => ("event", Read(path, Path.GetFileName(path))?.LastGood)).Where(found => found.LastGood is not null)!,
            .. included.Select(path => ("include", Find(Path.GetFileNameWithoutExtension(path))?.Filter)).Where(found => found.Filter is not null)!,
        ];
    }

    /// <summary>Scripts in order, those left out that are gone or never compiled.</summary>
    /// <param name="paths">Their files.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The scripts, linked with what they include.</returns>
    internal async ValueTask<ImmutableArray<CompiledFilter>> GetAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        if (paths.Count == 0)
        {
            return []; // the common case
        }

        ImmutableArray<CompiledFilter>.Builder filters = ImmutableArray.CreateBuilder<CompiledFilter>(paths.Count);
        foreach (string path in paths)
        {
            if (Read(path, Path.GetFileName(path))?.LastGood is { } filter)
            {
                filters.Add(filter.Includes.IsEmpty
                    ? filter
                    : filter.Link(await FilterLibrary.GatherAsync(filter, (script, _) => ValueTask.FromResult(FindFor(script)), cancellationToken)));
            }
        }

        return filters.ToImmutable();
    }

    // A script of the server belongs to no mailbox: there are no personal ones for it.
    private FilterCompilation? FindFor(ScriptReference script) => script.Location == ScriptLocation.Global ? Find(script.Name) : null;

    private Entry? Read(string path, string name)
    {
        FilterCompilerOptions words = compilerOptions();
        Entry? entry = _entries.GetValueOrDefault(path);
        if (entry is not null && entry.Words == words && clock.GetElapsedTime(entry.Looked) < Interval)
        {
            return entry.Compilation is null ? null : entry;
        }

        long now = clock.GetTimestamp();
        Entry? read = ReadFile(path, name, words, now, entry);
        if (read is null)
        {
            read = new Entry(default, words, now, null, entry?.LastGood); // gone, or being exchanged
        }

        if (_entries.Count >= MaximumEntries)
        {
            _entries.Clear();
        }

        _entries[path] = read;
        return read.Compilation is null && read.LastGood is null ? null : read;
    }

    private Entry? ReadFile(string path, string name, FilterCompilerOptions words, long now, Entry? old)
    {
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
            {
                return null;
            }

            (DateTime, long) stamp = (file.LastWriteTimeUtc, file.Length);
            if (old is not null && old.Stamp == stamp && old.Words == words)
            {
                return old with { Looked = now };
            }

            byte[] octets = file.Length > words.Limits.ScriptOctets ? [0] : File.ReadAllBytes(path);
            FilterCompilation compilation = FilterCompiler.Compile(octets, name, words with { Location = ScriptLocation.Global });
            if (compilation.Filter is null)
            {
                DeliveryLog.ServerFilterDoesNotCompile(log, path, compilation.Errors.First().Message, old?.LastGood is null ? "none is" : "the last good one stays");
            }

            return new Entry(stamp, words, now, compilation, compilation.Filter ?? old?.LastGood);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private sealed record Entry((DateTime Written, long Length) Stamp, FilterCompilerOptions Words, long Looked, FilterCompilation? Compilation, CompiledFilter? LastGood);
}
