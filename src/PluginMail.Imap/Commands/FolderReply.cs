using PluginMail.Storage;

namespace PluginMail.Imap;

/// <summary>What the commands that change folders have in common.</summary>
internal static class FolderReply
{
    /// <summary>The reply to a change (codes of RFC 5530).</summary>
    public static Completion Of(FolderChange change, string done) => change switch
    {
        FolderChange.Done => Completion.Ok(done),
        FolderChange.NotFound => Completion.No("[NONEXISTENT] There is no such mailbox"),
        FolderChange.AlreadyExists => Completion.No("[ALREADYEXISTS] There is a mailbox of that name"),
        FolderChange.InvalidName => Completion.No("[CANNOT] A mailbox cannot have that name"),
        FolderChange.TooMany => Completion.No("[LIMIT] There are too many mailboxes"),
        _ => Completion.No("[CANNOT] That is not possible with this mailbox"),
    };
}
