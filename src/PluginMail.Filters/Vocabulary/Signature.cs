using System.Collections.Immutable;
using PluginMail.Filters.Checking;
using PluginMail.Filters.Evaluation;

namespace PluginMail.Filters.Vocabulary;

/// <summary>The type of a positional argument or of a tag's value.</summary>
public enum ValueKind
{
    /// <summary>A number.</summary>
    Number,

    /// <summary>Exactly one string.</summary>
    Text,

    /// <summary>One string or a list of strings.</summary>
    TextList,
}

/// <summary>What strings of a parameter stand for; the checker and completion use it.</summary>
public enum ValueMeaning
{
    /// <summary>Any text.</summary>
    Any,

    /// <summary>The name of a header field.</summary>
    HeaderName,

    /// <summary>The name of a header field that holds addresses.</summary>
    AddressHeaderName,

    /// <summary>Keys that values are matched against.</summary>
    Key,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A mail address (RFC 5228 2.4.2.3).</summary>
    Address,

    /// <summary>A folder, or the address of another mailbox.</summary>
    FolderOrAddress,

    /// <summary>A part of the envelope.</summary>
    EnvelopePart,

    /// <summary>An item of the environment.</summary>
    EnvironmentItem,

    /// <summary>A capability.</summary>
    Capability,

    /// <summary>A comparator's name.</summary>
    Comparator,
}

/// <summary>A positional argument, or the value of a tag.</summary>
/// <param name="Name">Its name in the documentation.</param>
/// <param name="Kind">Its type.</param>
/// <param name="Meaning">What its strings stand for.</param>
public sealed record Parameter(string Name, ValueKind Kind, ValueMeaning Meaning = ValueMeaning.Any)
{
    /// <summary>The only values allowed, in lower case; empty where any is.</summary>
    public ImmutableArray<string> Allowed { get; init; } = [];

    /// <summary>Whether variables are not expanded in it, because its value decides how the script is compiled.</summary>
    public bool IsConstant { get; init; }

    internal bool NeedsConstant => IsConstant || !Allowed.IsEmpty || Meaning is ValueMeaning.Capability or ValueMeaning.Comparator or ValueMeaning.EnvelopePart;

    /// <summary>Whether it may be left out; only the last positional arguments may.</summary>
    public bool IsOptional { get; init; }
}

/// <summary>A tag that a word takes.</summary>
/// <param name="Name">Its name without the colon.</param>
/// <param name="Summary">What it does.</param>
public sealed record TagSignature(string Name, string Summary)
{
    /// <summary>The capability it needs beyond its word's, or null.</summary>
    public string? Capability { get; init; }

    /// <summary>Tags of one group exclude each other; null: none.</summary>
    public string? Group { get; init; }

    /// <summary>A tag without which it means nothing, or null.</summary>
    public string? Needs { get; init; }

    /// <summary>The value that follows it, or null.</summary>
    public Parameter? Value { get; init; }

    /// <summary>What the word's first positional argument is where the tag is given, or null: the same as without.</summary>
    public Parameter? First { get; init; }
}

/// <summary>What tests a word takes.</summary>
public enum TestArity
{
    /// <summary>None.</summary>
    None,

    /// <summary>Exactly one test without parentheses.</summary>
    One,

    /// <summary>A test list in parentheses.</summary>
    List,
}

/// <summary>What a word is.</summary>
public enum WordKind
{
    /// <summary>A control command such as if, require or stop.</summary>
    Control,

    /// <summary>An action command.</summary>
    Action,

    /// <summary>A test.</summary>
    Test,
}

/// <summary>A control's place in an if chain.</summary>
public enum ChainRole
{
    /// <summary>None.</summary>
    None,

    /// <summary>It begins a chain.</summary>
    Start,

    /// <summary>It goes on with one.</summary>
    Continue,

    /// <summary>It ends one.</summary>
    End,
}

/// <summary>One row of the vocabulary: a command or test with its typed signature and its meaning.</summary>
/// <param name="Name">The identifier in lower case.</param>
/// <param name="Kind">Control, action or test.</param>
/// <param name="Summary">What it does, one sentence.</param>
public sealed record Word(string Name, WordKind Kind, string Summary)
{
    /// <summary>The capability that must be required before it is used, or null.</summary>
    public string? Capability { get; init; }

    /// <summary>Further capabilities that must be required.</summary>
    public ImmutableArray<string> FurtherCapabilities { get; init; } = [];

    /// <summary>Where it is defined.</summary>
    public string Reference { get; init; } = "RFC 5228";

    /// <summary>Positional arguments in order; the last ones may be optional, and the first where <see cref="IsFirstOptional"/>.</summary>
    public ImmutableArray<Parameter> Parameters { get; init; } = [];

    /// <summary>Whether the first positional argument may be left out.</summary>
    public bool IsFirstOptional { get; init; }

    /// <summary>Its own tags; others may be added by extensions.</summary>
    public ImmutableArray<TagSignature> Tags { get; init; } = [];

    /// <summary>Groups of which one tag must be given.</summary>
    public ImmutableArray<string> RequiredGroups { get; init; } = [];

    /// <summary>Whether it takes match types and a comparator.</summary>
    public bool TakesMatch { get; init; }

    /// <summary>Whether matches leave the match variables as they are (RFC 5173 6).</summary>
    public bool SetsNoMatchVariables { get; init; }

    /// <summary>Whether :count passes over values that are empty (RFC 5229 5).</summary>
    public bool CountsNoEmptyValues { get; init; }

    /// <summary>Whether it takes address parts.</summary>
    public bool TakesAddressPart { get; init; }

    /// <summary>The match type where none is given.</summary>
    public string DefaultMatchType { get; init; } = "is";

    /// <summary>The comparator where none is given.</summary>
    public string DefaultComparator { get; init; } = "i;ascii-casemap";

    /// <summary>The comparator that :case stands for.</summary>
    public string CaseComparator { get; init; } = "i;octet";

    /// <summary>The tests it takes.</summary>
    public TestArity Tests { get; init; }

    /// <summary>For a test: whether the capabilities that it names count as required where they are there (RFC 5463).</summary>
    public bool Declares { get; init; }

    /// <summary>Whether a block follows.</summary>
    public bool HasBlock { get; init; }

    /// <summary>Its place in an if chain.</summary>
    public ChainRole Chain { get; init; }

    /// <summary>For a test: whether it asks for the envelope and nothing else, which an IMAP event does not have (RFC 6785 section 4.6).</summary>
    internal Func<BoundWord, bool> NeedsEnvelope { get; init; } = static _ => false;

    /// <summary>For a control or action: whether nothing after it in its block can run.</summary>
    internal Func<BoundWord, bool> Ends { get; init; } = static _ => false;

    /// <summary>For a test: makes the node that evaluates it.</summary>
    internal Func<BoundWord, CompileContext, TestNode>? CompileTest { get; init; }

    /// <summary>For a control or action outside of if chains: makes the node that executes it; null where it does nothing.</summary>
    internal Func<BoundWord, CompileContext, CommandNode>? CompileCommand { get; init; }

    /// <summary>Checks beyond the signature.</summary>
    internal Action<BoundWord, DiagnosticBag>? Check { get; init; }
}
