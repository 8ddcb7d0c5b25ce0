using System.Collections.Immutable;
using PluginMail.Filters.Checking;
using PluginMail.Filters.Evaluation;

namespace PluginMail.Filters.Vocabulary;

/// <summary>A match type (RFC 5228 2.7.1): how one key is compared with one value.</summary>
/// <param name="Name">Its tag without the colon.</param>
/// <param name="Summary">What it does.</param>
public sealed record MatchType(string Name, string Summary)
{
    /// <summary>The capability it needs, or null.</summary>
    public string? Capability { get; init; }

    /// <summary>Where it is defined.</summary>
    public string Reference { get; init; } = "RFC 5228 2.7.1";

    /// <summary>Whether the comparator must be able to compare substrings.</summary>
    public bool NeedsSubstring { get; init; }

    /// <summary>Whether * and ? are ordinary characters, so that their use as wildcards is a likely mistake.</summary>
    public bool TakesWildcardsLiterally { get; init; }

    /// <summary>The address part it works on; it is then valid only with words that take address parts.</summary>
    public string? AddressPart { get; init; }

    /// <summary>The argument of its tag, or null.</summary>
    public Parameter? Value { get; init; }

    /// <summary>Whether the key is taken as written; otherwise the comparator folds it.</summary>
    public bool TakesKeyAsWritten { get; init; }

    /// <summary>Whether a match sets the match variables (RFC 5229 3.2).</summary>
    public bool Captures { get; init; }

    /// <summary>The work of making a matcher in a run, in steps.</summary>
    internal int KeyCost { get; init; } = 2;

    /// <summary>Makes the matcher for a folded key; null where the key matches nothing.</summary>
    internal Func<byte[], BoundWord, KeyMatcher?> Compile { get; init; } = static (key, _) => new EqualKey(key);

    /// <summary>What is wrong with a key, or null.</summary>
    internal Func<ReadOnlyMemory<byte>, BoundWord, string?>? FaultOfKey { get; init; }

    /// <summary>Makes the node of a test where values are not matched one by one; null: <see cref="MatchNode"/>.</summary>
    internal Func<MatchTest, CompileContext, TestNode>? CompileTest { get; init; }
}

/// <summary>A part of an address that a test looks at (RFC 5228 2.7.4).</summary>
/// <param name="Name">Its tag without the colon.</param>
/// <param name="Summary">What it is.</param>
public sealed record AddressPart(string Name, string Summary)
{
    /// <summary>The capability it needs, or null.</summary>
    public string? Capability { get; init; }

    /// <summary>Where it is defined.</summary>
    public string Reference { get; init; } = "RFC 5228 2.7.4";

    /// <summary>The words that take it; empty: all that take address parts.</summary>
    public ImmutableArray<string> Words { get; init; } = [];

    /// <summary>Whether values and keys are, or end with, domains, which compare as A-labels.</summary>
    public bool HasDomain { get; init; }

    /// <summary>Rows of one name are equal, so that vocabularies made at different times share what was read of a message.</summary>
    public bool Equals(AddressPart? other) => Name == other?.Name;

    /// <inheritdoc/>
    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    /// <summary>The part of an address, or null where it has none, so that it matches nothing.</summary>
    internal Func<FilterAddress, string?> Extract { get; init; } = static address => address.Whole;
}

/// <summary>A part of the envelope (RFC 5228 5.4).</summary>
/// <param name="Name">Its name in lower case.</param>
/// <param name="Summary">What it is.</param>
public sealed record EnvelopePart(string Name, string Summary)
{
    /// <summary>The capability it needs beyond "envelope", or null.</summary>
    public string? Capability { get; init; }

    /// <summary>Rows of one name are equal.</summary>
    public bool Equals(EnvelopePart? other) => Name == other?.Name;

    /// <inheritdoc/>
    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    /// <summary>The address it stands for, or null where the transaction has none.</summary>
    internal Func<FilterEnvelope, string?> Extract { get; init; } = static _ => null;
}

/// <summary>Something that require names.</summary>
/// <param name="Name">The capability string; case matters (RFC 5228 section 6).</param>
/// <param name="Summary">What it adds.</param>
/// <param name="Reference">Where it is defined.</param>
public sealed record Capability(string Name, string Summary, string Reference)
{
    /// <summary>Whether everything it names may be used without it.</summary>
    public bool IsOptional { get; init; }

    /// <summary>Capabilities that are required with it.</summary>
    public ImmutableArray<string> Implied { get; init; } = [];

    /// <summary>Whether it says what a script is for, so that it is not left over where none of its words is used.</summary>
    public bool IsMarker { get; init; }

    /// <summary>Whether it answers mail that arrives, so that no script on an IMAP event can have it (RFC 6785 section 3.11).</summary>
    public bool IsForDelivery { get; init; }
}

/// <summary>A change of the meaning of strings that a capability switches on.</summary>
/// <param name="Capability">The capability.</param>
internal sealed record StringInterpretation(string Capability)
{
    /// <summary>The code of its faults.</summary>
    public string Code { get; init; } = FilterCodes.BadEncodedCharacter;

    /// <summary>The new octets, or a message that says what is wrong with them.</summary>
    public required Func<ReadOnlyMemory<byte>, FilterVocabulary, InterpretedString> Interpret { get; init; }
}

/// <summary>What an interpretation made of a string.</summary>
/// <param name="Value">The octets.</param>
/// <param name="Changed">Whether anything was replaced.</param>
/// <param name="Fault">What is wrong, or null.</param>
internal readonly record struct InterpretedString(ReadOnlyMemory<byte> Value, bool Changed, string? Fault = null)
{
    /// <summary>What a run makes of the string; null where it is the octets. The last interpretation decides.</summary>
    public StringExpression? Expression { get; init; }

    /// <summary>Capabilities that it uses beyond the interpretation's own.</summary>
    public ImmutableArray<string> Capabilities { get; init; } = [];
}

/// <summary>A namespace of variables (RFC 5229 section 3).</summary>
/// <param name="Name">Its name without the final dot.</param>
/// <param name="Capability">The capability it needs.</param>
internal sealed record VariableNamespace(string Name, string Capability)
{
    /// <summary>The value of a name in lower case; empty where there is none.</summary>
    public required Func<FilterRun, string, ReadOnlyMemory<byte>> Get { get; init; }

    /// <summary>Stores a value; false where it is too large. Null: set cannot be used with it.</summary>
    public Func<FilterRun, string, ReadOnlyMemory<byte>, bool>? Set { get; init; }
}

/// <summary>A modifier of set (RFC 5229 4.1).</summary>
/// <param name="Name">Its tag without the colon.</param>
/// <param name="Summary">What it does.</param>
/// <param name="Precedence">Those with larger numbers come first; two of one number exclude each other.</param>
internal sealed record SetModifier(string Name, string Summary, int Precedence)
{
    /// <summary>The capability it needs beyond "variables", or null.</summary>
    public string? Capability { get; init; }

    /// <summary>The new value.</summary>
    public required Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> Apply { get; init; }
}

/// <summary>A test that matches, before it becomes a node.</summary>
/// <param name="Word">The word.</param>
/// <param name="Keys">The keys as written.</param>
/// <param name="Readers">The values.</param>
internal sealed record MatchTest(BoundWord Word, ImmutableArray<StringExpression> Keys, ImmutableArray<ValueReader> Readers);
