using System.Text;

namespace PluginMail.Storage;

/// <summary>The rules for folder names.</summary>
internal static class FolderName
{
    /// <summary>The most levels of a name.</summary>
    public const int MaximumDepth = 32;

    /// <summary>Brings a name to its one form: NFC, the first level INBOX in capitals.</summary>
    /// <param name="name">As a client wrote it.</param>
    /// <returns>Null where it is no name.</returns>
    public static string? TryNormalize(string name)
    {
        if (name.Length is 0 or > Folder.MaximumNameLength)
        {
            return null;
        }

        try
        {
            name = name.Normalize(NormalizationForm.FormC);
        }
        catch (ArgumentException)
        {
            return null; // unpaired surrogates
        }

        if (name.Any(char.IsControl) || HasUnpairedSurrogate(name)
            || Encoding.UTF8.GetByteCount(name) > Folder.MaximumNameLength || !HasSoundLevels(name))
        {
            return null;
        }

        bool isInbox = name.StartsWith(Folder.Inbox, StringComparison.OrdinalIgnoreCase)
            && (name.Length == Folder.Inbox.Length || name[Folder.Inbox.Length] == Folder.Separator);
        return isInbox ? string.Concat(Folder.Inbox, name.AsSpan(Folder.Inbox.Length)) : name;
    }

    /// <summary>The names above a name, the highest first.</summary>
    public static IEnumerable<string> Ancestors(string name)
    {
        for (int at = name.IndexOf(Folder.Separator); at >= 0; at = name.IndexOf(Folder.Separator, at + 1))
        {
            yield return name[..at];
        }
    }

    /// <summary>INBOX first, then by name.</summary>
    public static int Compare(string left, string right) =>
        (left == Folder.Inbox, right == Folder.Inbox) switch
        {
            (true, false) => -1,
            (false, true) => 1,
            _ => string.CompareOrdinal(left, right),
        };

    private static bool HasSoundLevels(string name)
    {
        int depth = 0;
        foreach (Range level in name.AsSpan().Split(Folder.Separator))
        {
            if (name.AsSpan(level).IsEmpty || ++depth > MaximumDepth)
            {
                return false;
            }
        }

        return true;
    }

    private static bool HasUnpairedSurrogate(string name)
    {
        for (int i = 0; i < name.Length; i++)
        {
            if (char.IsSurrogate(name[i]) && (i + 1 == name.Length || !char.IsSurrogatePair(name[i], name[++i])))
            {
                return true;
            }
        }

        return false;
    }
}
