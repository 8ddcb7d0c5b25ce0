namespace PluginMail.Storage;

/// <summary>A folder's key.</summary>
/// <param name="Value">A number that is never used again.</param>
public readonly record struct FolderId(long Value);

/// <summary>What a folder is for (RFC 6154 section 2).</summary>
public enum SpecialUse
{
    /// <summary>Nothing special.</summary>
    None,

    /// <summary>\All.</summary>
    All,

    /// <summary>\Archive.</summary>
    Archive,

    /// <summary>\Drafts.</summary>
    Drafts,

    /// <summary>\Flagged.</summary>
    Flagged,

    /// <summary>\Junk.</summary>
    Junk,

    /// <summary>\Sent.</summary>
    Sent,

    /// <summary>\Trash.</summary>
    Trash,
}

/// <summary>A folder to be made.</summary>
/// <param name="Name">See <see cref="Folder.Name"/>.</param>
/// <param name="SpecialUse">What it is for.</param>
public sealed record NewFolder(string Name, SpecialUse SpecialUse);

/// <summary>A folder of an account.</summary>
/// <param name="Id">The key; it stays through a rename.</param>
/// <param name="Account">Whose.</param>
/// <param name="Name">The full name in UTF-8 (NFC), levels parted by a slash; <c>INBOX</c> in capitals.</param>
/// <param name="SpecialUse">What it is for.</param>
/// <param name="UidValidity">RFC 3501 section 2.3.1.1.</param>
/// <param name="IsSubscribed">Whether it is on the owner's list (LSUB).</param>
/// <param name="IsSelectable">False for a name that only has children (\Noselect).</param>
public sealed record Folder(
    FolderId Id, AccountId Account, string Name, SpecialUse SpecialUse, uint UidValidity, bool IsSubscribed, bool IsSelectable)
{
    /// <summary>The folder every account has.</summary>
    public const string Inbox = "INBOX";

    /// <summary>What the folder is known by through renames (MAILBOXID, RFC 8474 section 4); given once in the store, never to another folder.</summary>
    public string MailboxId => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"F{Id.Value}");

    /// <summary>What parts the levels of a name.</summary>
    public const char Separator = '/';

    /// <summary>Octets of the longest name in UTF-8.</summary>
    public const int MaximumNameLength = 1000;
}

/// <summary>How a change of folders ended.</summary>
public enum FolderChange
{
    /// <summary>Done and on disk.</summary>
    Done,

    /// <summary>There is no such folder.</summary>
    NotFound,

    /// <summary>There is a folder of that name.</summary>
    AlreadyExists,

    /// <summary>The name is empty, too long, has empty levels or control characters.</summary>
    InvalidName,

    /// <summary>INBOX is not deleted; a folder cannot move below itself.</summary>
    NotAllowed,

    /// <summary>The account has as many folders as it may have.</summary>
    TooMany,
}
