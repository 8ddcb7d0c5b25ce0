using System.Buffers;
using System.Text;

namespace PluginMail.Mime;

/// <summary>One entry of an address list: a mailbox or a group (RFC 5322 section 3.4).</summary>
/// <param name="DisplayName">Decoded display name, a group's name, or the comment after a bare address; null when there is none.</param>
/// <param name="LocalPart">Local part without quotes; empty for a group.</param>
/// <param name="Domain">Domain as written, or a literal with its brackets; empty for a group and when missing.</param>
public sealed record HeaderAddress(string? DisplayName, string LocalPart, string Domain)
{
    private static readonly SearchValues<char> AtomChars =
        SearchValues.Create("!#$%&'*+-./0123456789=?ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz{|}~");

    /// <summary>A group's members; null for a mailbox.</summary>
    public IReadOnlyList<HeaderAddress>? Members { get; init; }

    /// <summary>True for a group, an empty one included.</summary>
    public bool IsGroup => Members is not null;

    /// <summary>True when the entry follows the grammar, obsolete forms included, and a mailbox has a local part and a domain.</summary>
    public bool IsValid { get; init; } = true;

    /// <summary>The entry as it stands in the field when it is a mailbox that is not valid; otherwise null.</summary>
    public string? RawText { get; init; }

    /// <summary>"local@domain" with the local part quoted where it must be; the local part alone when there is no domain.</summary>
    public string Address => Domain.Length == 0 ? QuotedLocalPart : $"{QuotedLocalPart}@{Domain}";

    private string QuotedLocalPart => IsDotAtom(LocalPart) ? LocalPart : ParameterEncoder.Quote(LocalPart);

    /// <inheritdoc/>
    public override string ToString() => IsGroup
        ? $"{DisplayName}: {string.Join(", ", Members!)};"
        : string.IsNullOrEmpty(DisplayName) ? Address : $"{ParameterEncoder.Quote(DisplayName)} <{Address}>";

    private static bool IsDotAtom(string text)
    {
        if (text.Length == 0 || text[0] == '.' || text[^1] == '.' || text.Contains("..", StringComparison.Ordinal))
        {
            return false;
        }
        foreach (var character in text)
        {
            if (!Ascii.IsValid(character) ? char.IsControl(character) : !AtomChars.Contains(character))
            {
                return false;
            }
        }
        return true;
    }
}
