using System.Collections.Immutable;
using System.IO.Enumeration;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Dlp.Fingerprints;
using PluginMail.Dlp.Rules;
using PluginMail.Dlp.Text;

namespace PluginMail.Dlp;

/// <summary>What an update of the index has done.</summary>
/// <param name="Read">Documents that were read.</param>
/// <param name="Forgotten">Documents that went.</param>
/// <param name="Unreadable">Of those read, how many not in full.</param>
/// <param name="Links">Symbolic links in the folders, which are not followed.</param>
internal sealed record UpdateResult(int Read, int Forgotten, int Unreadable, int Links);

/// <summary>Keeps the index up to date with the files that are registered: at the start, each while, and when a command says so.</summary>
internal sealed class DocumentRegister(DlpOptions options, FingerprintIndex index, TimeProvider clock, ILogger log) : IBackgroundService, IDisposable
{
    // So much is gathered before it is written: 8 MiB, and as much again when it is sorted.
    private const int HashesAtOnce = 1 << 20;
    private const int DocumentsAtOnce = 5000;
    private const int MostFolderDepth = 64;
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(250);

    private readonly SemaphoreSlim _one = new(1);

    // How many links the log has been told of, by folder.
    private readonly Dictionary<string, int> _links = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await Task.Run(() => UpdateAsync(static registrations => registrations, cancellationToken), cancellationToken);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                DlpLog.NotUpdated(log, e.Message);
            }

            await Task.Delay(options.Rescan, clock, cancellationToken);
        }
    }

    /// <summary>Reads what is new or has changed, and forgets what is registered no more.</summary>
    /// <param name="change">What is registered by command from now on.</param>
    /// <param name="cancellationToken">Gives up; what was written stays.</param>
    /// <exception cref="IOException">The index cannot be written.</exception>
    public async Task<UpdateResult> UpdateAsync(
        Func<ImmutableArray<Registration>, ImmutableArray<Registration>> change, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            IDisposable? held;
            while ((held = index.TryLock()) is null)
            {
                await Task.Delay(LockPause, clock, cancellationToken);
            }

            using (held)
            {
                if (index.TakeDamage() is { Length: > 0 } damage)
                {
                    DlpLog.Damaged(log, damage);
                }

                return Update(change(index.Catalog.Registrations), cancellationToken);
            }
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    private UpdateResult Update(ImmutableArray<Registration> registrations, CancellationToken cancellationToken)
    {
        var known = index.Catalog.Documents.ToDictionary(document => (document.Collection, document.Path));
        HashSet<(string, string)> seen = [];
        HashSet<(string, string)> replaced = [];
        List<(RegisteredDocument Document, ulong[] Hashes)> fresh = [];
        int hashes = 0;
        int read = 0;
        int unreadable = 0;
        var roots = Roots(registrations);
        foreach (var root in roots)
        {
            foreach (var file in Files(root))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (!seen.Add((root.Collection, file.FullName)))
                {
                    continue;
                }

                known.TryGetValue((root.Collection, file.FullName), out var old);
                if (IsSame(old, Target(file)) || Read(root.Collection, file, cancellationToken) is not { } document)
                {
                    continue;
                }

                replaced.Add((root.Collection, file.FullName));
                fresh.Add(document);
                read++;
                unreadable += document.Document.Problem.Length > 0 ? 1 : 0;
                hashes += document.Hashes.Length;
                if (hashes > HashesAtOnce || fresh.Count >= DocumentsAtOnce)
                {
                    index.Commit(fresh, gone => replaced.Contains((gone.Collection, gone.Path)), registrations, cancellationToken);
                    fresh.Clear();
                    replaced.Clear();
                    hashes = 0;
                }
            }
        }

        var folders = new FolderNames();
        bool IsGone(RegisteredDocument document) => !seen.Contains((document.Collection, document.Path)) && !IsKept(document, roots, folders);
        int forgotten = index.Catalog.Documents.Count(IsGone);
        if (fresh.Count > 0 || forgotten > 0 || !registrations.SequenceEqual(index.Catalog.Registrations))
        {
            index.Commit(fresh, document => replaced.Contains((document.Collection, document.Path)) || IsGone(document), registrations, cancellationToken);
        }

        index.Compact(cancellationToken);

        if (read + forgotten > 0)
        {
            DlpLog.Updated(log, read, forgotten, index.Catalog.Documents.Length, index.Entries);
        }

        return new UpdateResult(read, forgotten, unreadable, roots.DistinctBy(root => root.Path).Sum(root => _links.GetValueOrDefault(root.Path)));
    }

    private List<Registration> Roots(ImmutableArray<Registration> registrations) =>
    [
        .. options.Collections.SelectMany(collection => collection.Paths.Select(path => new Registration(collection.Rule.Name, path))),
        .. registrations,
    ];

    // A document whose file has gone stays, unless its collection says otherwise and the folder around it is still there.
    private bool IsKept(RegisteredDocument document, List<Registration> roots, FolderNames folders)
    {
        bool keeps = options.Collection(document.Collection).Removed == RemovedFile.Keep;
        return roots.Exists(root => IsBelow(document, root) && (keeps || !folders.HaveLost(document.Path, root.Path)));
    }

    private static bool IsBelow(RegisteredDocument document, Registration root) => document.Collection == root.Collection
        && (document.Path == root.Path || document.Path.StartsWith(root.Path + Path.DirectorySeparatorChar, StringComparison.Ordinal));

    private static bool IsSame(RegisteredDocument? old, FileInfo file) =>
        old is not null && old.Length == file.Length && old.Modified == file.LastWriteTimeUtc.Ticks && !old.IsOutdated;

    private IEnumerable<FileInfo> Files(Registration root)
    {
        if (File.Exists(root.Path))
        {
            return [new FileInfo(root.Path)];
        }

        if (!Directory.Exists(root.Path))
        {
            DlpLog.NotFound(log, root.Path, root.Collection, "there is no such file or folder");
            return [];
        }

        return FilesOf(root);
    }

    // Links within a folder may lead anywhere; what is registered itself may be one.
    private IEnumerable<FileInfo> FilesOf(Registration root)
    {
        var bounds = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            MaxRecursionDepth = MostFolderDepth,
            IgnoreInaccessible = true,
            AttributesToSkip = FileAttributes.Device,
        };
        int links = 0;
        var files = new FileSystemEnumerable<FileInfo>(root.Path, static (ref FileSystemEntry entry) => (FileInfo)entry.ToFileSystemInfo(), bounds)
        {
            ShouldRecursePredicate = static (ref FileSystemEntry entry) => (entry.Attributes & FileAttributes.ReparsePoint) == 0,
            ShouldIncludePredicate = (ref FileSystemEntry entry) =>
            {
                bool isLink = (entry.Attributes & FileAttributes.ReparsePoint) != 0;
                links += isLink ? 1 : 0;
                return !isLink && !entry.IsDirectory;
            },
        };
        foreach (var file in files)
        {
            yield return file;
        }

        if (links > 0 && _links.GetValueOrDefault(root.Path) != links)
        {
            DlpLog.LinksNotFollowed(log, links, root.Path, root.Collection);
        }

        _links[root.Path] = links;
    }

    // Whose length and time count: a link has its own.
    private static FileInfo Target(FileInfo file)
    {
        try
        {
            return file.LinkTarget is null ? file : file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
        }
        catch (IOException)
        {
            // It leads to itself, or through more links than are followed; reading it says so.
            return file;
        }
    }

    private (RegisteredDocument Document, ulong[] Hashes)? Read(string collection, FileInfo file, CancellationToken cancellationToken)
    {
        try
        {
            var hashes = new DocumentHashes(index.Key);
            var budget = new TextBudget(options.DocumentLimits, clock, cancellationToken);
            var target = Target(file);
            long length = target.Length;
            long modified = target.LastWriteTimeUtc.Ticks;
            using (var stream = file.OpenRead())
            {
                new TextExtractor(budget, new FoldedText(hashes.Sink)).Read(stream, file.Name, "", null);
            }

            ulong[] own = hashes.Finish();
            string problem = budget.Problem.Length > 0 ? budget.Problem : own.Length == 0 ? "no text" : "";
            if (problem.Length > 0)
            {
                DlpLog.NotRead(log, file.FullName, collection, problem);
            }

            return (new RegisteredDocument(0, collection, file.FullName, length, modified, hashes.Sink.Count, own.Length, problem), own);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            DlpLog.NotFound(log, file.FullName, collection, e.Message);
            return null;
        }
        catch (Exception e) when (e is not (OperationCanceledException or OutOfMemoryException))
        {
            // One bad file must not keep those behind it from being read.
            DlpLog.NotRead(log, file.FullName, collection, e.Message);
            return null;
        }
    }
}
