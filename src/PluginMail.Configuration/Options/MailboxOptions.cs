using PluginMail.Configuration.Settings;

namespace PluginMail.Configuration.Options;

/// <summary>What becomes of mail for an account over its quota.</summary>
public enum OverQuota
{
    /// <summary>552 5.2.2: the sender gets it back.</summary>
    Refuse,

    /// <summary>452 4.2.2: the sender tries again.</summary>
    Defer,
}

/// <summary>The use of a folder (RFC 6154 2).</summary>
public enum FolderUse
{
    /// <summary>None in particular.</summary>
    None,

    /// <summary><c>\Archive</c>.</summary>
    Archive,

    /// <summary><c>\Drafts</c>.</summary>
    Drafts,

    /// <summary><c>\Junk</c>.</summary>
    Junk,

    /// <summary><c>\Sent</c>.</summary>
    Sent,

    /// <summary><c>\Trash</c>.</summary>
    Trash,
}

/// <summary>One of <c>folders</c> in <c>[mailboxes]</c>: <c>{ name = "Drafts", use = "drafts", subscribed = true }</c>.</summary>
/// <param name="Name">The folder's name, with <c>/</c> between levels.</param>
/// <param name="Use">Its use. Default none.</param>
/// <param name="Subscribed">Whether the account is subscribed to it (RFC 9051 6.3.7). Default true.</param>
public sealed record FolderOptions(string Name, FolderUse Use, bool Subscribed);

/// <summary>Table <c>[mailboxes]</c>.</summary>
public sealed record MailboxOptions
{
    private const int LongestName = 255;

    /// <summary><c>folders</c>: made beside INBOX with each account. Default Drafts, Sent, Junk, Trash and Archive with their uses.</summary>
    public IReadOnlyList<FolderOptions> Folders { get; init; } =
    [
        new("Drafts", FolderUse.Drafts, Subscribed: true),
        new("Sent", FolderUse.Sent, Subscribed: true),
        new("Junk", FolderUse.Junk, Subscribed: true),
        new("Trash", FolderUse.Trash, Subscribed: true),
        new("Archive", FolderUse.Archive, Subscribed: true),
    ];

    /// <summary><c>quota</c>: octets of mail that an account may hold unless its own quota says otherwise (RFC 9208); 0 none. Default 0.</summary>
    public long Quota { get; init; }

    /// <summary><c>over_quota</c>: <c>"refuse"</c> (552) or <c>"defer"</c> (452) mail beyond the quota. Default <c>"refuse"</c>.</summary>
    public OverQuota OverQuota { get; init; }

    /// <summary>
    /// <c>on_demand</c>: an account is made for whom a plugin knows and who has none: at the first login that an authenticator accepts, at the
    /// first recipient that a directory answers with itself. Default false.
    /// </summary>
    public bool OnDemand { get; init; }

    /// <summary><c>always_copy</c>: who gets a copy of all mail of a domain or address. Default none.</summary>
    public IReadOnlyList<AlwaysCopyOptions> AlwaysCopy { get; init; } = [];

    internal static MailboxOptions Read(OptionsReader reader)
    {
        var table = reader.Root.GetTable("mailboxes");
        var defaults = new MailboxOptions();
        return new MailboxOptions
        {
            Folders = table.Contains("folders") ? ReadFolders(table) : defaults.Folders,
            Quota = table.GetSize("quota", defaults.Quota),
            OverQuota = table.GetEnum("over_quota", defaults.OverQuota),
            OnDemand = table.GetBoolean("on_demand", defaults.OnDemand),
            AlwaysCopy = AlwaysCopyOptions.ReadAll(table),
        };
    }

    private static List<FolderOptions> ReadFolders(TomlSettings mailboxes)
    {
        var folders = new List<FolderOptions>();
        foreach (var table in mailboxes.GetTables("folders"))
        {
            var folder = new FolderOptions(
                table.GetString("name", ""), table.GetEnum("use", FolderUse.None), table.GetBoolean("subscribed", defaultValue: true));
            if (!IsName(folder.Name))
            {
                table.Reject("name", $"a folder's name of up to {LongestName} characters, with \"/\" between its levels, other than INBOX");
            }
            else if (folders.Exists(f => f.Name == folder.Name))
            {
                table.Reject("name", "each folder once");
            }

            if (folder.Use != FolderUse.None && folders.Exists(f => f.Use == folder.Use))
            {
                table.Reject("use", "each use once");
            }

            folders.Add(folder);
        }

        return folders;
    }

    private static bool IsName(string name) =>
        name.Length is > 0 and <= LongestName && !name.Any(char.IsControl) && name.IndexOfAny(['*', '%']) < 0
            && !name.Equals("INBOX", StringComparison.OrdinalIgnoreCase) && Array.TrueForAll(name.Split('/'), static level => level.Trim().Length > 0);
}
