using PluginMail.Abstractions;

namespace PluginMail.Learning;

/// <summary>What a message is, in its owner's eyes.</summary>
internal enum MailClass
{
    /// <summary>Wanted.</summary>
    Ham,

    /// <summary>Not wanted.</summary>
    Spam,
}

/// <summary>Which moves teach.</summary>
/// <param name="IsOn">Whether any do.</param>
/// <param name="Junk">The folder of spam.</param>
/// <param name="Trash">The folder of what is thrown away: what goes there is neither.</param>
/// <param name="MaximumSize">Larger messages do not teach; octets.</param>
internal sealed record LearningOptions(bool IsOn, string Junk, string Trash, long MaximumSize)
{
    /// <summary>Reads them from a plugin's table.</summary>
    /// <param name="settings">The table.</param>
    /// <param name="maximumSize">The largest message that is scanned.</param>
    public static LearningOptions Read(ISettings settings, long maximumSize) => new(
        settings.GetBoolean("learn", defaultValue: false),
        ReadFolder(settings, "junk_folder", "Junk"),
        ReadFolder(settings, "trash_folder", "Trash"),
        maximumSize);

    /// <summary>What a change says of its message; null where it says nothing.</summary>
    /// <remarks>A copy counts as a move: clients without MOVE (RFC 6851) copy, then remove.</remarks>
    public MailClass? ClassOf(MailboxChange change)
    {
        if (change is not { Kind: MailboxChangeKind.Moved or MailboxChangeKind.Copied, FromFolder: { } origin, Content: { } content }
            || content.Length is 0 || content.Length > MaximumSize)
        {
            return null;
        }

        return (IsIn(Junk, origin), IsIn(Junk, change.Folder)) switch
        {
            (false, true) => MailClass.Spam,
            (true, false) when !IsIn(Trash, change.Folder) => MailClass.Ham,
            _ => null,
        };
    }

    private static string ReadFolder(ISettings settings, string key, string defaultValue)
    {
        string name = settings.GetString(key, defaultValue);
        if (string.IsNullOrWhiteSpace(name) || name.Equals("INBOX", StringComparison.OrdinalIgnoreCase))
        {
            settings.Reject(key, "the name of a folder other than INBOX");
        }

        return name;
    }

    /// <summary>Whether a folder is the one named or lies below it.</summary>
    private static bool IsIn(string named, string folder) =>
        folder.StartsWith(named, StringComparison.OrdinalIgnoreCase) && (folder.Length == named.Length || folder[named.Length] == '/');
}
