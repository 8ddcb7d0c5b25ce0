namespace PluginMail.Storage;

/// <summary>The next messages of a job: committed together, with the job's progress.</summary>
/// <param name="After">Where the job stands; where it stands elsewhere meanwhile, nothing is done.</param>
/// <param name="Through">Where it stands afterwards; with <see cref="MailboxJob.LastUid"/> it is done.</param>
/// <param name="Processed">How many messages that is.</param>
/// <param name="Withheld">How many actions the caller left out.</param>
/// <param name="Placements">What is done, UIDs rising; messages that are not named stay as they are.</param>
public sealed record MailboxJobBatch(uint After, uint Through, int Processed, int Withheld, IReadOnlyList<MessagePlacement> Placements);

/// <summary>Where a message goes.</summary>
/// <param name="Uid">The message.</param>
/// <param name="Stays">The flags that it gets where it is; null where it does not stay.</param>
/// <param name="Destinations">The folders it goes to. A message that neither stays nor goes anywhere is deleted.</param>
public sealed record MessagePlacement(uint Uid, AddedFlags? Stays, IReadOnlyList<MessageDestination> Destinations);

/// <summary>A folder that a message goes to.</summary>
/// <param name="Folder">The folder, of the same account.</param>
/// <param name="Flags">What it gets there beside the flags that it has.</param>
public sealed record MessageDestination(FolderId Folder, AddedFlags Flags);

/// <summary>Flags that a message gets beside those that it has.</summary>
/// <param name="System">System flags.</param>
/// <param name="Keywords">Keywords by name; those without room are left out.</param>
public sealed record AddedFlags(MessageFlags System, IReadOnlyList<string> Keywords)
{
    /// <summary>No flags.</summary>
    public static AddedFlags None { get; } = new(default, []);

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => System == default && Keywords.Count == 0;
}
