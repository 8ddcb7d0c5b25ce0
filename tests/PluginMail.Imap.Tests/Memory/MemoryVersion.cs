using System.Collections.Immutable;
using PluginMail.Storage;

namespace PluginMail.Imap.Tests;

/// <summary>A folder version for tests: a plain array.</summary>
internal sealed class MemoryVersion(
    FolderId folder, uint uidValidity, uint uidNext, ulong modSeq, ImmutableArray<string> keywords, ImmutableArray<MessageEntry> entries) : FolderVersion
{
    public override FolderId Folder => folder;

    public override uint UidValidity => uidValidity;

    public override uint UidNext => uidNext;

    public override ulong HighestModSeq => modSeq;

    public override ImmutableArray<string> Keywords => keywords;

    public override int Count => entries.Length;

    public override MessageEntry this[int position] => entries[position];

    public override int IndexOf(uint uid) => entries.BinarySearch(new MessageEntry(uid, 0, default), Comparer<MessageEntry>.Create((a, b) => a.Uid.CompareTo(b.Uid)));

    public override FolderDelta DeltaFrom(FolderVersion older)
    {
        List<int> expunged = [];
        List<int> changed = [];
        for (int i = older.Count - 1; i >= 0; i--)
        {
            if (IndexOf(older[i].Uid) < 0)
            {
                expunged.Add(i);
            }
        }

        int kept = older.Count - expunged.Count;
        for (int i = 0; i < kept; i++)
        {
            if (entries[i].Flags != older[older.IndexOf(entries[i].Uid)].Flags)
            {
                changed.Add(i);
            }
        }

        return new FolderDelta([.. expunged], [.. changed], entries.Length - kept);
    }
}
