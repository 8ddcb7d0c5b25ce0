using System.Runtime.CompilerServices;
using PluginMail.Abstractions;
using PluginMail.Storage;

namespace PluginMail.Pop3.Maildrops;

/// <summary>
/// A session's maildrop: the account's INBOX as it was at sign-in. What other sessions add is not seen, and what they remove stays readable.
/// Messages have numbers from 1; marks for removal are the session's own until QUIT.
/// </summary>
internal sealed class Maildrop : IDisposable
{
    private const int Batch = 256;
    private const int RemovedAtOnce = 1000;
    private readonly IMailStore _store;
    private readonly WireSizes _wireSizes;
    private readonly IFolderHold _hold;
    private readonly FolderVersion _version;
    private readonly bool[] _isMarked;
    private long[]? _sizes;

    private Maildrop(IMailStore store, WireSizes wireSizes, Folder folder, IFolderHold hold)
    {
        Folder = folder;
        _store = store;
        _wireSizes = wireSizes;
        _hold = hold;
        _version = hold.Version;
        _isMarked = new bool[_version.Count];
    }

    /// <summary>The account's INBOX.</summary>
    public Folder Folder { get; }

    /// <summary>How many messages there are, marked ones included: the highest number.</summary>
    public int Count => _isMarked.Length;

    /// <summary>The numbers of the messages that are not marked.</summary>
    public IEnumerable<int> Numbers => Enumerable.Range(1, Count).Where(Has);

    /// <summary>Opens an account's maildrop.</summary>
    /// <param name="store">The store.</param>
    /// <param name="wireSizes">Sizes that are known.</param>
    /// <param name="account">Whose.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null where the account has no INBOX (it is being removed).</returns>
    public static async ValueTask<Maildrop?> OpenAsync(
        IMailStore store, WireSizes wireSizes, AccountId account, CancellationToken cancellationToken)
    {
        Folder? inbox = await store.Mailboxes.FindFolderAsync(account, Storage.Folder.Inbox, cancellationToken);
        IFolderHold? hold = inbox is null ? null : await store.Mailboxes.HoldAsync(inbox.Id, takeRecent: false, cancellationToken);
        return hold is null ? null : new Maildrop(store, wireSizes, inbox!, hold);
    }

    /// <summary>Whether there is a message of this number that is not marked.</summary>
    public bool Has(int number) => number >= 1 && number <= Count && !_isMarked[number - 1];

    /// <summary>A message's unique id (RFC 1939 section 7, UIDL): never given twice in this maildrop, the same in every session.</summary>
    public string UniqueId(int number) => $"{_version.UidValidity}-{_version[number - 1].Uid}";

    /// <summary>Marks a message for removal.</summary>
    public void Mark(int number) => _isMarked[number - 1] = true;

    /// <summary>Takes all marks off.</summary>
    public void Reset() => Array.Clear(_isMarked);

    /// <summary>The sizes of all messages as RETR sends them, by number less one.</summary>
    /// <exception cref="StoreUnavailableException">A message cannot be read.</exception>
    public async ValueTask<long[]> SizesAsync(CancellationToken cancellationToken)
    {
        if (_sizes is not null)
        {
            return _sizes;
        }

        long[] sizes = new long[Count];
        for (int first = 0; first < Count; first += Batch)
        {
            uint[] uids = [.. Enumerable.Range(first, Math.Min(Batch, Count - first)).Select(i => _version[i].Uid)];
            foreach (StoredMessage message in await _store.Mailboxes.ReadAsync(_hold, uids, withStructure: false, cancellationToken))
            {
                cancellationToken.ThrowIfCancellationRequested();
                sizes[_version.IndexOf(message.Uid)] = _wireSizes.Of(message, _store.Bodies);
            }
        }

        return _sizes = sizes;
    }

    /// <summary>Opens a message.</summary>
    /// <returns>The content, to be disposed before the maildrop, and its size as RETR sends it.</returns>
    /// <exception cref="StoreUnavailableException">It cannot be read.</exception>
    public async ValueTask<(MessageContent Content, long Size)> OpenAsync(int number, CancellationToken cancellationToken)
    {
        IReadOnlyList<StoredMessage> read =
            await _store.Mailboxes.ReadAsync(_hold, [_version[number - 1].Uid], withStructure: false, cancellationToken);
        return read is [var message]
            ? (_store.Bodies.Open(message), _wireSizes.Of(message, _store.Bodies))
            : throw new StoreUnavailableException($"message {UniqueId(number)} is missing", isDiskFull: false);
    }

    /// <summary>Removes the marked messages for good, a thousand to a commit; those that another session removed already are gone.</summary>
    /// <returns>The UIDs of what each commit removed.</returns>
    /// <exception cref="StoreUnavailableException">Nothing but what was returned before is removed.</exception>
    public async IAsyncEnumerable<IReadOnlyList<uint>> RemoveMarkedAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (uint[] uids in Enumerable.Range(0, Count).Where(i => _isMarked[i]).Select(i => _version[i].Uid).Chunk(RemovedAtOnce))
        {
            yield return await _store.Mailboxes.ExpungeAsync(Folder.Id, uids, always: true, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _hold.Dispose();
}
