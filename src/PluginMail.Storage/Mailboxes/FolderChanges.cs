namespace PluginMail.Storage;

/// <summary>What a commit did to one folder, gathered by the writer and published once it is on disk.</summary>
internal sealed class FolderChanges
{
    /// <summary>New messages, UIDs rising.</summary>
    public List<MessageEntry> Added { get; } = [];

    /// <summary>New states of messages, the later the newer.</summary>
    public List<MessageEntry> Updated { get; } = [];

    /// <summary>UIDs that are gone.</summary>
    public List<uint> Expunged { get; } = [];

    /// <summary>The folder's keywords after the commit; null where they are the same.</summary>
    public IReadOnlyList<string>? Keywords { get; set; }

    public uint UidNext { get; set; }

    public ulong HighestModSeq { get; set; }

    public bool IsDeleted { get; set; }
}
