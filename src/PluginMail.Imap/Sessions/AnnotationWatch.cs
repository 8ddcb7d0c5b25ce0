using PluginMail.Storage;

namespace PluginMail.Imap;

/// <summary>What other sessions changed of an account's annotations, until this session's client is told (RFC 5464 section 4.4.2).</summary>
/// <remarks>Names are told, not values. A client that is not told for long learns of <see cref="MaximumNames"/> at most.</remarks>
internal sealed class AnnotationWatch : IDisposable
{
    /// <summary>The most names that wait to be told.</summary>
    public const int MaximumNames = 500;

    private readonly Lock _gate = new();
    private readonly Account _owner;
    private readonly IDisposable _observation;
    private readonly HashSet<(FolderId? Folder, string Entry)> _names = [];
    private IReadOnlyList<AnnotationUpdate>? _own;
    private TaskCompletionSource _news = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Begins to watch.</summary>
    /// <param name="store">The annotations.</param>
    /// <param name="owner">Whose.</param>
    public AnnotationWatch(IAnnotationStore store, Account owner)
    {
        _owner = owner;
        _observation = store.Observe(owner.Id, Note);
    }

    /// <summary>Whether changes of mailboxes are told, and not those of the server alone.</summary>
    public bool WithMailboxes { get; set; }

    /// <summary>Takes note of what the session is about to change itself, which is no news.</summary>
    public void Own(IReadOnlyList<AnnotationUpdate> updates)
    {
        lock (_gate)
        {
            _own = updates;
        }
    }

    /// <summary>Waits until there is something to tell.</summary>
    public Task WaitAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return _news.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Tells the client what was changed. What cannot be told now, because the store cannot be read, is not told: the command is done all the same.</summary>
    public async ValueTask TellAsync(ImapSession session, CancellationToken cancellationToken)
    {
        IGrouping<FolderId?, string>[] changed = Take();
        IReadOnlyList<Folder> folders = await FoldersAsync(session, changed, cancellationToken);
        foreach (IGrouping<FolderId?, string> names in changed)
        {
            string? mailbox = names.Key is { } id ? folders.FirstOrDefault(folder => folder.Id == id)?.Name : "";
            if (mailbox is null)
            {
                continue; // it is gone
            }

            session.Writer.Write("* METADATA "u8);
            session.Writer.WriteMailbox(mailbox);
            foreach (string name in names)
            {
                session.Writer.Write(" "u8);
                session.Writer.WriteAString(name);
            }

            session.WriteLine();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _observation.Dispose();

    private static async ValueTask<IReadOnlyList<Folder>> FoldersAsync(
        ImapSession session, IGrouping<FolderId?, string>[] changed, CancellationToken cancellationToken)
    {
        try
        {
            return Array.Exists(changed, static names => names.Key is not null)
                ? await session.Services.Store.Mailboxes.ListFoldersAsync(session.Owner.Id, cancellationToken)
                : [];
        }
        catch (StoreUnavailableException)
        {
            return [];
        }
    }

    private void Note(AnnotationNews news)
    {
        if (news.Owner.Folder is not null && !WithMailboxes)
        {
            return;
        }

        lock (_gate)
        {
            if (ReferenceEquals(news.Updates, _own))
            {
                return;
            }

            foreach (AnnotationUpdate update in news.Updates)
            {
                bool isForThisLogin = news.Owner.Login == _owner.Id || !AnnotationName.IsPrivate(update.Entry);
                if (isForThisLogin && _names.Count < MaximumNames)
                {
                    _names.Add((news.Owner.Folder, update.Entry));
                }
            }

            if (_names.Count > 0)
            {
                _news.TrySetResult();
            }
        }
    }

    private IGrouping<FolderId?, string>[] Take()
    {
        lock (_gate)
        {
            if (_names.Count == 0)
            {
                return [];
            }

            IGrouping<FolderId?, string>[] changed = [.. _names.ToArray().GroupBy(static name => name.Folder, static name => name.Entry)];
            _names.Clear();
            _news = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return changed;
        }
    }
}
