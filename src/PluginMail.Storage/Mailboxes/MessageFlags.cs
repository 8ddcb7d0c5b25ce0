namespace PluginMail.Storage;

/// <summary>The flags of a message as one set of bits: the system flags (RFC 3501 section 2.3.2) and the folder's keywords.</summary>
/// <param name="Bits">Bits 0–4 are the system flags, bits 8–63 stand for the keywords of <see cref="FolderVersion.Keywords"/>, by position.</param>
public readonly record struct MessageFlags(ulong Bits)
{
    /// <summary>The most keywords a folder can have.</summary>
    public const int MaximumKeywords = 56;

    /// <summary>\Seen.</summary>
    public static readonly MessageFlags Seen = new(1);

    /// <summary>\Answered.</summary>
    public static readonly MessageFlags Answered = new(2);

    /// <summary>\Flagged.</summary>
    public static readonly MessageFlags Flagged = new(4);

    /// <summary>\Deleted.</summary>
    public static readonly MessageFlags Deleted = new(8);

    /// <summary>\Draft.</summary>
    public static readonly MessageFlags Draft = new(16);

    /// <summary>The flag of a keyword.</summary>
    /// <param name="position">Its position in <see cref="FolderVersion.Keywords"/>.</param>
    /// <returns>One bit.</returns>
    public static MessageFlags Keyword(int position) => new(1UL << (position + 8));

    /// <summary>Whether all of some flags are set.</summary>
    /// <param name="flags">The flags.</param>
    /// <returns>True when they are.</returns>
    public bool Has(MessageFlags flags) => (Bits & flags.Bits) == flags.Bits;

    /// <summary>Both sets together.</summary>
    public static MessageFlags operator |(MessageFlags left, MessageFlags right) => new(left.Bits | right.Bits);

    /// <summary>The first set without the second.</summary>
    public static MessageFlags operator -(MessageFlags left, MessageFlags right) => new(left.Bits & ~right.Bits);
}

/// <summary>A change of flags.</summary>
/// <param name="Mode">Add, remove or replace.</param>
/// <param name="System">The system flags.</param>
/// <param name="Keywords">The keywords by name; new ones are made part of the folder.</param>
public sealed record FlagUpdate(FlagUpdateMode Mode, MessageFlags System, IReadOnlyList<string> Keywords);

/// <summary>What to do with the flags named.</summary>
public enum FlagUpdateMode
{
    /// <summary>+FLAGS.</summary>
    Add,

    /// <summary>-FLAGS.</summary>
    Remove,

    /// <summary>FLAGS.</summary>
    Replace,
}
