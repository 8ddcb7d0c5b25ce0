using PluginMail.Storage;

namespace PluginMail.Imap;

/// <summary>The work of one SEARCH: sorts out by UID and flags, reads rows in batches for the rest, and lets others work in between.</summary>
/// <param name="session">Whose.</param>
/// <param name="root">What to look for.</param>
internal sealed class SearchRun(ImapSession session, AndKey root)
{
    private const int BatchSize = 256;

    private readonly SelectedFolder _selected = session.Mailbox;
    private readonly SearchSubject _subject = new(session.Mailbox);
    private readonly List<int> _batch = new(BatchSize);
    private readonly List<int> _found = [];
    private long _sliceBegan = session.Services.Clock.GetTimestamp();

    /// <summary>Searches.</summary>
    /// <param name="cancellationToken">The connection's end.</param>
    /// <returns>Positions, rising.</returns>
    public async ValueTask<IReadOnlyList<int>> RunAsync(CancellationToken cancellationToken)
    {
        for (int i = 0; i < _selected.Version.Count; i++)
        {
            _subject.Turn(i);
            if (!root.MayMatch(_subject))
            {
                continue;
            }

            if (root.Cost == SearchCost.Entry)
            {
                _found.Add(i);
                continue;
            }

            _batch.Add(i);
            if (_batch.Count == BatchSize)
            {
                await SearchBatchAsync(cancellationToken);
            }
        }

        await SearchBatchAsync(cancellationToken);
        return _found;
    }

    private async ValueTask SearchBatchAsync(CancellationToken cancellationToken)
    {
        if (_batch.Count == 0)
        {
            return;
        }

        uint[] uids = [.. _batch.Select(position => _selected.Version[position].Uid)];
        IReadOnlyList<StoredMessage> rows = await session.Services.Store.Mailboxes.ReadAsync(
            _selected.Hold, uids, root.Cost >= SearchCost.Structure, cancellationToken);
        int next = 0;
        foreach (int position in _batch)
        {
            _subject.Turn(position);
            if (next >= rows.Count || rows[next].Uid != _subject.Entry.Uid)
            {
                continue;
            }

            using var message = new MessageReader(session.Services.Store.Bodies, rows[next++]);
            _subject.Attach(message);
            if (root.Matches(_subject))
            {
                _found.Add(position);
            }

            _subject.Attach(null);
            await YieldAsync(cancellationToken);
        }

        _batch.Clear();
    }

    private async ValueTask YieldAsync(CancellationToken cancellationToken)
    {
        if (session.Services.Clock.GetElapsedTime(_sliceBegan) > session.Services.Options.SearchSlice)
        {
            await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
            _sliceBegan = session.Services.Clock.GetTimestamp();
        }
    }
}
