using System.Collections.Immutable;

namespace PluginMail.Imap;

/// <summary>Which octets of a part a section names.</summary>
internal enum SectionText
{
    /// <summary>The whole message, or a part's body.</summary>
    All,

    /// <summary>The header of a message.</summary>
    Header,

    /// <summary>Only some fields of it.</summary>
    HeaderFields,

    /// <summary>All fields of it but some.</summary>
    HeaderFieldsNot,

    /// <summary>A part's own header.</summary>
    Mime,

    /// <summary>The body of a message.</summary>
    Text,
}

/// <summary>A body section that is asked for (RFC 3501 section 6.4.5).</summary>
/// <param name="Part">Part numbers; empty for the message itself.</param>
/// <param name="Text">Which octets of that part.</param>
/// <param name="Fields">Names of header fields.</param>
/// <param name="Start">The first octet wanted.</param>
/// <param name="Count">How many are wanted at most; null for all.</param>
/// <param name="SetsSeen">Whether reading it sets \Seen.</param>
/// <param name="Label">What stands before the octets in the response, as <c>BODY[1]&lt;0&gt;</c>.</param>
internal sealed record BodySection(
    ImmutableArray<int> Part, SectionText Text, ImmutableArray<byte[]> Fields, uint Start, uint? Count, bool SetsSeen, byte[] Label)
{
    /// <summary>Whether the octets can be found without knowing the structure.</summary>
    public bool NeedsStructure => !Part.IsEmpty || Text != SectionText.All;
}
