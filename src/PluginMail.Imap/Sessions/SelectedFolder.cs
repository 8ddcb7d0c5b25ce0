using System.Collections.Immutable;
using PluginMail.Storage;

namespace PluginMail.Imap;

/// <summary>The selected mailbox as this session sees it: the version it was told of, and its own changes since.</summary>
/// <remarks>
/// What others change reaches the client only through <see cref="TellNews"/>, which the session calls where EXPUNGE is allowed
/// (RFC 3501 section 7.4.1). What the session itself changed was told at once; it is kept so that it is not told again.
/// </remarks>
/// <param name="folder">The folder.</param>
/// <param name="hold">The session's hold on it.</param>
/// <param name="isReadOnly">Whether it was opened with EXAMINE.</param>
internal sealed class SelectedFolder(Folder folder, IFolderHold hold, bool isReadOnly) : IDisposable
{
    private readonly Dictionary<uint, MessageEntry> _own = [];
    private FolderVersion _version = hold.Version;

    /// <summary>The folder as it was when it was selected.</summary>
    public Folder Folder { get; } = folder;

    /// <summary>The session's hold.</summary>
    public IFolderHold Hold { get; } = hold;

    /// <summary>Whether nothing may be changed.</summary>
    public bool IsReadOnly { get; } = isReadOnly;

    /// <summary>The version that the client knows. Sequence numbers are its positions plus one.</summary>
    public FolderVersion Version => _version;

    /// <summary>The keywords that the client knows.</summary>
    public ImmutableArray<string> Keywords { get; private set; } = hold.Version.Keywords;

    /// <summary>Messages that this session was the first to be told of.</summary>
    public int RecentCount
    {
        get
        {
            int first = _version.IndexOf(Hold.FirstRecentUid);
            return _version.Count - (first < 0 ? ~first : first);
        }
    }

    /// <summary>Whether a message is \Recent to this session.</summary>
    public bool IsRecent(uint uid) => uid >= Hold.FirstRecentUid;

    /// <summary>A message with its flags as the client knows them.</summary>
    /// <param name="position">From 0.</param>
    public MessageEntry EntryAt(int position)
    {
        MessageEntry entry = _version[position];
        return _own.Count > 0 && _own.TryGetValue(entry.Uid, out MessageEntry own) && own.ModSeq > entry.ModSeq ? own : entry;
    }

    /// <summary>Takes note of changes that this session made.</summary>
    public void Note(IReadOnlyList<MessageEntry> entries)
    {
        _own.EnsureCapacity(_own.Count + entries.Count);
        foreach (MessageEntry entry in entries)
        {
            _own[entry.Uid] = entry;
        }
    }

    /// <summary>Learns the names of keywords that this session has just made, and tells the client.</summary>
    /// <param name="mailboxes">The store.</param>
    /// <param name="writer">Where the client is told.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Completes when the names are known.</returns>
    public async ValueTask LearnKeywordsAsync(IMailboxStore mailboxes, ImapWriter writer, CancellationToken cancellationToken)
    {
        using IFolderHold? newest = await mailboxes.HoldAsync(Folder.Id, takeRecent: false, cancellationToken);
        if (newest is not null)
        {
            Learn(newest.Version.Keywords, writer);
        }
    }

    /// <summary>Moves on to the newest version and tells the client what is different: EXPUNGE, EXISTS, RECENT, FETCH with flags.</summary>
    /// <param name="writer">Where the client is told.</param>
    public void TellNews(ImapWriter writer)
    {
        if (!Hold.HasNews)
        {
            return;
        }

        FolderVersion older = _version;
        _version = Hold.Advance();
        FolderDelta delta = _version.DeltaFrom(older);
        Learn(_version.Keywords, writer);
        foreach (int position in delta.ExpungedPositions)
        {
            WriteNumbered(writer, position + 1, " EXPUNGE\r\n"u8);
        }

        if (delta.Added > 0)
        {
            WriteNumbered(writer, _version.Count, " EXISTS\r\n"u8);
            WriteNumbered(writer, RecentCount, " RECENT\r\n"u8);
        }

        foreach (int position in delta.Changed)
        {
            MessageEntry entry = _version[position];
            if (!_own.TryGetValue(entry.Uid, out MessageEntry own) || own.ModSeq != entry.ModSeq)
            {
                WriteFlags(writer, position, entry, withUid: true);
            }
        }

        _own.Clear();
    }

    /// <summary>Writes a FETCH response with a message's flags.</summary>
    public void WriteFlags(ImapWriter writer, int position, MessageEntry entry, bool withUid)
    {
        WriteNumbered(writer, position + 1, " FETCH ("u8);
        if (withUid)
        {
            writer.Write("UID "u8);
            writer.WriteNumber(entry.Uid);
            writer.Write(" "u8);
        }

        writer.Write("FLAGS "u8);
        FlagNames.Write(writer, entry.Flags, Keywords, IsRecent(entry.Uid));
        writer.Write(")\r\n"u8);
    }

    /// <summary>Writes FLAGS and PERMANENTFLAGS (RFC 3501 sections 7.1 and 7.2.6).</summary>
    public void WriteFlagLists(ImapWriter writer)
    {
        writer.Write("* FLAGS "u8);
        FlagNames.WriteAll(writer, Keywords, withNew: false);
        writer.Write("\r\n* OK [PERMANENTFLAGS "u8);
        if (IsReadOnly)
        {
            writer.Write("()] Read-only mailbox\r\n"u8);
        }
        else
        {
            FlagNames.WriteAll(writer, Keywords, withNew: Keywords.Length < MessageFlags.MaximumKeywords);
            writer.Write("] Flags permitted\r\n"u8);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Hold.Dispose();

    private void Learn(ImmutableArray<string> keywords, ImapWriter writer)
    {
        if (keywords.Length > Keywords.Length)
        {
            Keywords = keywords;
            WriteFlagLists(writer);
        }
    }

    private static void WriteNumbered(ImapWriter writer, int number, ReadOnlySpan<byte> rest)
    {
        writer.Write("* "u8);
        writer.WriteNumber(number);
        writer.Write(rest);
    }
}
