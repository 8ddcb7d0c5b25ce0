using PluginMail.Storage;

namespace PluginMail.Imap;

/// <summary>A mailbox pattern of LIST and LSUB: <c>*</c> stands for anything, <c>%</c> for anything within a level (RFC 3501 section 6.3.8).</summary>
/// <param name="text">The pattern in Unicode.</param>
internal sealed class ListPattern(string text)
{
    /// <summary>The pattern.</summary>
    public string Text { get; } = WithInbox(text);

    /// <summary>Whether a name fits the pattern as a whole. Takes at most the product of both lengths.</summary>
    /// <param name="name">The name.</param>
    public bool Matches(ReadOnlySpan<char> name)
    {
        int at = 0, pattern = 0;
        int star = -1, starAt = 0, percent = -1, percentAt = 0;
        while (at < name.Length)
        {
            char wanted = pattern < Text.Length ? Text[pattern] : '\0';
            if (wanted == '*')
            {
                star = ++pattern;
                starAt = at;
                percent = -1;
            }
            else if (wanted == '%')
            {
                percent = ++pattern;
                percentAt = at;
            }
            else if (pattern < Text.Length && wanted == name[at])
            {
                pattern++;
                at++;
            }
            else if (percent >= 0 && name[percentAt] != Folder.Separator)
            {
                pattern = percent;
                at = ++percentAt;
            }
            else if (star >= 0)
            {
                pattern = star;
                at = ++starAt;
                percent = -1;
            }
            else
            {
                return false;
            }
        }

        return Text.AsSpan(pattern).Trim("*%").IsEmpty;
    }

    private static string WithInbox(string text)
    {
        bool isInbox = text.StartsWith(Folder.Inbox, StringComparison.OrdinalIgnoreCase)
            && (text.Length == Folder.Inbox.Length || text[Folder.Inbox.Length] is Folder.Separator or '*' or '%');
        return isInbox ? string.Concat(Folder.Inbox, text.AsSpan(Folder.Inbox.Length)) : text;
    }
}
