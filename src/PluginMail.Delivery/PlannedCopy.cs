using System.Collections.Immutable;
using PluginMail.Filters.Evaluation;
using PluginMail.Storage;

namespace PluginMail.Delivery;

/// <summary>A copy to be put into a folder.</summary>
/// <param name="Mailbox">The mailbox.</param>
/// <param name="FolderName">The folder's name.</param>
/// <param name="SpecialUse">What the folder is for, where the filter means a use rather than a name.</param>
/// <param name="IsPlainKeep">Whether nobody named the folder, so that junk goes elsewhere.</param>
/// <param name="IsSent">Whether it is a copy of what the owner sends.</param>
/// <param name="Folder">The folder, once it is found.</param>
/// <param name="Inbox">Where it goes if that folder is deleted meanwhile; null where it is INBOX itself.</param>
/// <param name="Body">Its octets where they are not those of the message as it came in.</param>
public sealed record PlannedCopy(
    PlannedMailbox Mailbox,
    string FolderName,
    SpecialUse SpecialUse,
    bool IsPlainKeep,
    bool IsSent = false,
    Folder? Folder = null,
    FolderId? Inbox = null,
    NewBody? Body = null)
{
    /// <summary>IMAP flags that the filter sets (RFC 5232), system flags with their backslash.</summary>
    public ImmutableArray<string> Flags { get; init; } = [];

    /// <summary>What the folder is known by (RFC 8474 section 4), where the filter means the folder with it if there is one; otherwise null.</summary>
    public string? MailboxId { get; init; }

    /// <summary>Whether it is a letter that the filter wrote, so that it may lie beside the message itself.</summary>
    public bool IsLetter { get; init; }

    /// <summary>What the filter changed of the message.</summary>
    public ImmutableArray<MessageChange> Changes { get; init; } = [];

    /// <summary>A copy to INBOX, where no filter says otherwise.</summary>
    /// <param name="mailbox">The mailbox.</param>
    /// <returns>The copy.</returns>
    public static PlannedCopy ToInbox(PlannedMailbox mailbox) =>
        new(mailbox, Folder.Inbox, SpecialUse.None, IsPlainKeep: true) { Changes = mailbox.Changes };

    /// <summary>A copy to the folder that a filter names.</summary>
    /// <param name="mailbox">The mailbox.</param>
    /// <param name="file">What the filter says.</param>
    /// <returns>The copy.</returns>
    public static PlannedCopy To(PlannedMailbox mailbox, FilterEffect.FileInto file) =>
        new(mailbox, file.Folder, ToSpecialUse(file.SpecialUse), IsPlainKeep: false) { Changes = file.Changes, Flags = file.Flags, MailboxId = file.MailboxId };

    internal static SpecialUse ToSpecialUse(string? attribute) =>
        attribute is not null && Enum.TryParse(attribute.AsSpan().TrimStart('\\'), ignoreCase: true, out SpecialUse use) ? use : SpecialUse.None;
}
