namespace PluginMail.Storage.Sqlite;

/// <summary>Annotations, read by their key.</summary>
internal sealed class AnnotationStore(ReaderPool readers, GroupWriter<WriteTransaction> writer, StoreOptions options) : IAnnotationStore
{
    private readonly AnnotationObservers _observers = new();

    public int MaximumValueOctets => options.MaximumAnnotationValueOctets;

    public ValueTask<ReadOnlyMemory<byte>?> FindAsync(AnnotationOwner owner, string entry, CancellationToken cancellationToken) =>
        AnnotationName.IsEntry(entry)
            ? readers.ReadAsync(
                database => AnnotationRows.Find(database, owner, entry) is { } value ? (ReadOnlyMemory<byte>?)value : null, cancellationToken)
            : ValueTask.FromResult<ReadOnlyMemory<byte>?>(null);

    public async ValueTask<IReadOnlyList<Annotation>> ListAsync(
        AnnotationOwner owner, IReadOnlyList<string> entries, AnnotationDepth depth, CancellationToken cancellationToken)
    {
        string[] names = [.. entries.Where(AnnotationName.IsTree).Distinct(StringComparer.OrdinalIgnoreCase)];
        names = depth == AnnotationDepth.Infinity ? Array.FindAll(names, name => !Array.Exists(names, other => IsBelow(name, other))) : names;
        return await readers.ReadAsync<IReadOnlyList<Annotation>>(
            database =>
            {
                var found = new OrderedDictionary<string, Annotation>(StringComparer.OrdinalIgnoreCase);
                foreach (string name in names)
                {
                    AnnotationRows.List(database, owner, name, depth, found);
                }

                return [.. found.Values];
            },
            cancellationToken);
    }

    public async ValueTask<AnnotationChange> SetAsync(
        AnnotationOwner owner, IReadOnlyList<AnnotationUpdate> updates, CancellationToken cancellationToken)
    {
        AnnotationUpdate[] last = [.. updates.Reverse().DistinctBy(static update => update.Entry, StringComparer.OrdinalIgnoreCase)];
        return WhyNot(owner, last)
            ?? await writer.WriteAsync(
                transaction =>
                {
                    AnnotationChange change = AnnotationRows.Set(transaction, owner, last, options, out AccountId account);
                    if (change == AnnotationChange.Done)
                    {
                        transaction.OnCommitted(() => _observers.Announce(account, new AnnotationNews(owner, updates)));
                    }

                    return change;
                },
                cancellationToken,
                last.Sum(static update => update.Value?.Length ?? 0L));
    }

    public IDisposable Observe(AccountId account, Action<AnnotationNews> observer) => _observers.Add(account, observer);

    private static bool IsBelow(string name, string other) =>
        other.Length > 0 && name.Length > other.Length && name[other.Length] == '/' && name.StartsWith(other, StringComparison.OrdinalIgnoreCase);

    private AnnotationChange? WhyNot(AnnotationOwner owner, AnnotationUpdate[] updates)
    {
        if (updates.Any(static update => !AnnotationName.IsEntry(update.Entry)))
        {
            return AnnotationChange.InvalidName;
        }

        if (owner.Folder is null && updates.Any(static update => !AnnotationName.IsPrivate(update.Entry)))
        {
            return AnnotationChange.NotAllowed;
        }

        return updates.Any(update => update.Value?.Length > options.MaximumAnnotationValueOctets) ? AnnotationChange.ValueTooLarge : null;
    }
}
