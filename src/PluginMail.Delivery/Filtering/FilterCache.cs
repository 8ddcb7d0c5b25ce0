using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using PluginMail.Filters;
using PluginMail.Filters.Evaluation;
using PluginMail.Storage;

namespace PluginMail.Delivery;

/// <summary>
/// The filters of accounts that run, compiled, and kept until they or what they include change. A script that does not compile leaves the last
/// good one in force.
/// </summary>
/// <param name="scripts">The scripts.</param>
/// <param name="server">The server's own scripts.</param>
/// <param name="compilerOptions">The vocabulary; asked anew for each compilation.</param>
/// <param name="log">Where it says that a script does not compile.</param>
public sealed class FilterCache(IScriptStore scripts, ServerFilters server, Func<FilterCompilerOptions> compilerOptions, ILogger<FilterCache> log)
{
    private const int MaximumEntries = 10_000;
    private static readonly Dictionary<ScriptReference, Included> None = [];
    private readonly ConcurrentDictionary<(AccountId Account, string? Name), Entry> _entries = new(); // the active one has no name
    private FilterCompilerOptions? _words;

    /// <summary>The filters that run for an account.</summary>
    /// <param name="account">The account.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null where there is none.</returns>
    public async ValueTask<ActiveFilters?> GetAsync(Account account, CancellationToken cancellationToken)
    {
        (string Name, CompiledFilter Filter)? own = await GetOwnAsync(account, cancellationToken);
        ImmutableArray<CompiledFilter> before = await server.GetBeforeAsync(cancellationToken);
        ImmutableArray<CompiledFilter> after = await server.GetAfterAsync(cancellationToken);
        if (before.IsEmpty && after.IsEmpty)
        {
            return own is { } only ? new ActiveFilters(only.Name, [only.Filter]) : null; // the common case
        }

        ImmutableArray<CompiledFilter> filters = own is { } active ? [.. before, active.Filter, .. after] : [.. before, .. after];
        return new ActiveFilters(own?.Name ?? filters[0].Text.Name, filters);
    }

    /// <summary>A script of an account by its name, be it active or not.</summary>
    /// <param name="account">The account.</param>
    /// <param name="name">The script's name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null where there is none that compiles.</returns>
    public async ValueTask<CompiledFilter?> FindAsync(Account account, string name, CancellationToken cancellationToken)
    {
        byte[]? text = await scripts.GetAsync(account.Id, name, cancellationToken);
        ActiveScript? script = text is null ? null : new ActiveScript(name, BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(text)), text);
        return await CompiledAsync(account, name, script, cancellationToken);
    }

    private async ValueTask<(string Name, CompiledFilter Filter)?> GetOwnAsync(Account account, CancellationToken cancellationToken)
    {
        ActiveScript? active = await scripts.GetActiveAsync(account.Id, cancellationToken);
        return await CompiledAsync(account, name: null, active, cancellationToken) is { } filter ? (active!.Name, filter) : null;
    }

    private async ValueTask<CompiledFilter?> CompiledAsync(Account account, string? name, ActiveScript? script, CancellationToken cancellationToken)
    {
        FilterCompilerOptions words = compilerOptions();
        if (Interlocked.Exchange(ref _words, words) != words)
        {
            _entries.Clear(); // plugins came or went, and their words with them
        }

        if (script is null)
        {
            _entries.TryRemove((account.Id, name), out _);
            return null;
        }

        if (!_entries.TryGetValue((account.Id, name), out Entry? entry) || entry.Version != script.Version)
        {
            entry = Compile(account, script, entry?.Filter, words);
            Keep((account.Id, name), entry);
        }

        if (entry.Filter is { Includes.IsEmpty: false } && await LinkAsync(account, entry, script.Name, words, cancellationToken) is { } linked)
        {
            entry = linked;
            Keep((account.Id, name), entry);
        }

        return entry.Filter;
    }

    private void Keep((AccountId Account, string? Name) script, Entry entry)
    {
        if (_entries.Count >= MaximumEntries)
        {
            _entries.Clear();
        }

        _entries[script] = entry;
    }

    private Entry Compile(Account account, ActiveScript active, CompiledFilter? lastGood, FilterCompilerOptions words)
    {
        FilterCompilation compilation = FilterCompiler.Compile(active.Text.Span, active.Name, words);
        if (compilation.Filter is not null)
        {
            return new Entry(active.Version, compilation.Filter, None);
        }

        DeliveryLog.FilterDoesNotCompile(log, active.Name, account.Address, compilation.Errors.First().Message, lastGood is null ? "none is" : "the last good one stays");
        return new Entry(active.Version, lastGood, None);
    }

    // What is included has no version of its own: its text is read again, and compiled where it is another one. Null where nothing is new.
    private async ValueTask<Entry?> LinkAsync(Account account, Entry entry, string name, FilterCompilerOptions words, CancellationToken cancellationToken)
    {
        Dictionary<ScriptReference, Included> found = [];
        bool isNew = false;
        FilterLibrary library = await FilterLibrary.GatherAsync(
            entry.Filter!,
            async (script, token) =>
            {
                Included? old = entry.Included.GetValueOrDefault(script);
                Included? now = script.Location == ScriptLocation.Global
                    ? server.Find(script.Name) is { } compilation ? new Included([], compilation) : null
                    : await ReadAsync(account, script.Name, old, words, token);
                isNew |= !ReferenceEquals(now?.Compilation, old?.Compilation);
                if (now is not null)
                {
                    found[script] = now;
                }

                return now?.Compilation;
            },
            cancellationToken);
        return isNew || found.Count != entry.Included.Count
            ? new Entry(entry.Version, entry.Filter!.Link(library, new ScriptReference(ScriptLocation.Personal, name)), found)
            : null;
    }

    private async ValueTask<Included?> ReadAsync(
        Account account, string name, Included? old, FilterCompilerOptions words, CancellationToken cancellationToken)
    {
        byte[]? text = await scripts.GetAsync(account.Id, name, cancellationToken);
        return text is null ? null
            : old is not null && old.Text.AsSpan().SequenceEqual(text) ? old
            : new Included(text, FilterCompiler.Compile(text, name, words));
    }

    private sealed record Included(byte[] Text, FilterCompilation Compilation);

    private sealed record Entry(long Version, CompiledFilter? Filter, IReadOnlyDictionary<ScriptReference, Included> Included);
}
