using System.Buffers;
using System.Collections.Frozen;
using System.Text.Unicode;

namespace PluginMail.Filters.Checking;

/// <summary>What is known of header fields by their names.</summary>
internal static class HeaderNames
{
    private static readonly FrozenSet<string> Unstructured = FrozenSet.ToFrozenSet(
        [
            "subject", "comments", "keywords", "date", "resent-date", "message-id", "resent-message-id", "in-reply-to", "references",
            "received", "mime-version", "content-type", "content-transfer-encoding", "content-disposition", "content-id",
            "content-description", "list-id", "list-unsubscribe", "list-post", "list-help", "list-archive", "list-subscribe",
            "precedence", "priority", "importance", "x-priority", "user-agent", "x-mailer", "auto-submitted", "authentication-results",
            "dkim-signature", "received-spf", "x-spam-flag", "x-spam-status", "x-spam-score", "x-spam-level",
        ],
        StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> NamedAddresses = FrozenSet.ToFrozenSet(
        ["from", "to", "cc", "bcc", "reply-to", "resent-from", "resent-to", "resent-cc"],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a header holds addresses that mostly have names beside them (RFC 5322 3.6.2, 3.6.3).</summary>
    public static bool HoldsNamedAddresses(string name) => NamedAddresses.Contains(name);

    /// <summary>Whether a header says who wrote or sent the message.</summary>
    public static bool HoldsAuthor(string name) =>
        name.ToLowerInvariant() is "from" or "sender" or "reply-to" or "resent-from";

    /// <summary>Whether a message can have a header of this name (RFC 5322 3.6.8).</summary>
    public static bool IsValid(string name) =>
        name.Length > 0 && name.All(character => character is > ' ' and < '\x7F' and not ':');

    /// <summary>Whether a header is known to hold something else than addresses.</summary>
    public static bool HoldsNoAddresses(string name) => Unstructured.Contains(name);
}

/// <summary>What can be a folder's name.</summary>
internal static class FolderNames
{
    private const int LongestName = 1024;
    private static readonly SearchValues<char> Base64Letters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,");

    private static readonly SearchValues<byte> Controls = SearchValues.Create([.. Enumerable.Range(0, 32).Select(value => (byte)value), 0x7F]);

    /// <summary>Why the octets cannot name a folder, or null.</summary>
    public static string? FaultOf(ReadOnlySpan<byte> name) =>
        name.IsEmpty ? "A folder's name cannot be empty."
        : name.Length > LongestName ? $"A folder's name has at most {LongestName} octets."
        : !Utf8.IsValid(name) ? "A folder's name must be valid UTF-8."
        : name.IndexOfAny(Controls) >= 0 ? "A folder's name cannot hold control characters."
        : null;

    /// <summary>Whether a name looks like modified UTF-7 (RFC 3501 5.1.3): "&amp;", Base64 letters, "-".</summary>
    public static bool LooksEncoded(string name)
    {
        var start = name.IndexOf('&', StringComparison.Ordinal);
        if (start < 0)
        {
            return false;
        }

        var length = name.AsSpan(start + 1).IndexOfAnyExcept(Base64Letters);
        return length >= 0 && name[start + 1 + length] == '-';
    }
}
