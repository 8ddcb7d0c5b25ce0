using System.Collections.Immutable;
using PluginMail.Storage;

namespace PluginMail.Imap.Tests;

/// <summary>A folder with its messages, for tests. The store's lock guards it.</summary>
internal sealed class MemoryFolder(FolderId id, AccountId account, string fullName, SpecialUse use)
{
    private TaskCompletionSource _news = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public FolderId Id => id;

    public string Name { get; set; } = fullName;

    public bool IsSelectable { get; set; } = true;

    public bool IsDeleted { get; private set; }

    public uint FirstRecent { get; set; } = 1;

    public uint UidNext { get; private set; } = 1;

    public ulong ModSeq { get; private set; }

    public ImmutableArray<string> Keywords { get; private set; } = [];

    public Dictionary<uint, StoredMessage> Rows { get; } = [];

    public ImmutableArray<MessageEntry> Entries { get; private set; } = [];

    public MemoryVersion Version { get; private set; } = new(id, 7, 1, 0, [], []);

    public Folder ToFolder(HashSet<string> subscriptions) =>
        new(id, account, Name, use, 7, subscriptions.Contains(Name), IsSelectable);

    public MessageFlags? FlagsOf(MessageFlags system, IReadOnlyList<string> names)
    {
        foreach (string name in names)
        {
            int index = Keywords.IndexOf(name, 0, Keywords.Length, StringComparer.OrdinalIgnoreCase);
            if (index < 0)
            {
                if (Keywords.Length == MessageFlags.MaximumKeywords)
                {
                    return null;
                }

                Keywords = Keywords.Add(name);
                index = Keywords.Length - 1;
            }

            system |= MessageFlags.Keyword(index);
        }

        return system;
    }

    public uint Add(StoredMessage row, MessageFlags flags)
    {
        uint uid = UidNext++;
        Rows[uid] = row with { Uid = uid };
        Entries = Entries.Add(new MessageEntry(uid, ++ModSeq, flags));
        return uid;
    }

    public MessageEntry SetFlags(uint uid, MessageFlags flags)
    {
        int index = Entries.IndexOf(Entries.First(entry => entry.Uid == uid));
        var entry = new MessageEntry(uid, ++ModSeq, flags);
        Entries = Entries.SetItem(index, entry);
        return entry;
    }

    public void Remove(uint uid) => Entries = Entries.RemoveAll(entry => entry.Uid == uid);

    public void Delete()
    {
        IsDeleted = true;
        Publish();
    }

    public void Publish()
    {
        Version = new MemoryVersion(id, 7, UidNext, ModSeq, Keywords, Entries);
        TaskCompletionSource before = _news;
        _news = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        before.SetResult();
    }

    public Task News => _news.Task;
}
