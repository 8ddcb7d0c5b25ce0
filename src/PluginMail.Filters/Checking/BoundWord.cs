using System.Collections.Immutable;
using PluginMail.Filters.Evaluation;
using PluginMail.Filters.Syntax;
using PluginMail.Filters.Vocabulary;

namespace PluginMail.Filters.Checking;

/// <summary>A command or test whose arguments have found their places in its signature. The binder fills it; after that it stays as it is.</summary>
internal sealed class BoundWord(Word word, CommandSyntax syntax)
{
    public Word Word => word;

    public CommandSyntax Syntax => syntax;

    public ImmutableArray<BoundTag> Tags { get; init; } = [];

    public ImmutableArray<BoundValue> Arguments { get; init; } = [];

    public ImmutableArray<BoundWord> Tests { get; set; } = [];

    public ImmutableArray<BoundWord> Block { get; set; } = [];

    /// <summary>The match type in effect; null where the word takes none or the one written is unknown.</summary>
    public MatchType? MatchType { get; set; }

    public Comparator? Comparator { get; set; }

    public AddressPart? AddressPart { get; set; }

    public SourceSpan Span => Syntax.Span;

    /// <summary>The value of the match type's tag, or null.</summary>
    public string? MatchArgument => TagOfGroup(Matching.MatchTypeGroup)?.Value is BoundStrings { Strings: [var text, ..] } ? text.Value.Constant : null;

    /// <summary>The keys of a word that matches; none where it has none.</summary>
    public ImmutableArray<BoundString> Keys
    {
        get
        {
            for (var i = 0; i < Arguments.Length; i++)
            {
                if (word.Parameters[i].Meaning == ValueMeaning.Key)
                {
                    return ((BoundStrings)Arguments[i]).Strings;
                }
            }

            return [];
        }
    }

    public bool Has(string tag) => TagOf(tag) is not null;

    public BoundTag? TagOf(string tag)
    {
        foreach (var bound in Tags)
        {
            if (bound.Signature.Name == tag)
            {
                return bound;
            }
        }

        return null;
    }

    public BoundTag? TagOfGroup(string group)
    {
        foreach (var bound in Tags)
        {
            if (bound.Signature.Group == group)
            {
                return bound;
            }
        }

        return null;
    }

    public BoundValue? ValueOf(string tag) => TagOf(tag)?.Value;

    public StringExpression TextAt(int index) => ((BoundStrings)Arguments[index]).Strings[0].Value;

    public ImmutableArray<StringExpression> TextsAt(int index) =>
        ((BoundStrings)Arguments[index]).Strings is [var only] ? [only.Value] : [.. ((BoundStrings)Arguments[index]).Strings.Select(text => text.Value)];

    /// <summary>The string of a tag, or null where the tag is not there.</summary>
    public StringExpression? TextOf(string tag) => ValueOf(tag) is BoundStrings strings ? strings.Strings[0].Value : null;

    /// <summary>The strings of a tag; none where it is not there.</summary>
    public ImmutableArray<StringExpression> TextsOf(string tag) => ValueOf(tag) is BoundStrings strings ? [.. strings.Strings.Select(text => text.Value)] : [];

    /// <summary>The number of a tag, or null where the tag is not there.</summary>
    public long? NumberOf(string tag) => ValueOf(tag) is BoundNumber number ? number.Value : null;

    /// <summary>A key as the match type takes it, or null where the comparator does not define it.</summary>
    public byte[]? FoldKey(ReadOnlyMemory<byte> key)
    {
        if (MatchType!.TakesKeyAsWritten)
        {
            return key.ToArray();
        }

        var octets = AddressPart is { HasDomain: true } && !System.Text.Ascii.IsValid(key.Span)
            ? System.Text.Encoding.UTF8.GetBytes(MailAddress.ToALabels(System.Text.Encoding.UTF8.GetString(key.Span)))
            : key.ToArray();
        return Comparator!.Fold(octets);
    }
}

/// <summary>A tag with its value.</summary>
internal sealed record BoundTag(TagSignature Signature, TagSyntax Syntax, BoundValue? Value);

/// <summary>The value of a tag or positional argument.</summary>
internal abstract record BoundValue(SourceSpan Span);

/// <summary>A number.</summary>
internal sealed record BoundNumber(long Value, SourceSpan Span) : BoundValue(Span);

/// <summary>One or more strings.</summary>
internal sealed record BoundStrings(ImmutableArray<BoundString> Strings, SourceSpan Span) : BoundValue(Span);

/// <summary>A string as written and what it stands for.</summary>
internal sealed record BoundString(StringExpression Value, StringSyntax Syntax);

/// <summary>A script whose words are all known.</summary>
internal sealed record BoundScript(ScriptSyntax Syntax, ImmutableArray<BoundWord> Commands)
{
    /// <summary>Whether a string refers to match variables, so that matches have to note what their wildcards stood for.</summary>
    public bool RefersToMatches { get; init; }

    private List<BoundWord>? _all;

    /// <summary>The mailbox that it is for, where it is known.</summary>
    public FilterMailbox? Mailbox { get; init; }

    /// <summary>Every command and test of the script, each before what it holds.</summary>
    public IReadOnlyList<BoundWord> All()
    {
        if (_all is null)
        {
            _all = [];
            Descend(Commands, _all);
        }

        return _all;
    }

    /// <summary>Every block, the script itself first.</summary>
    public IEnumerable<ImmutableArray<BoundWord>> Blocks() =>
        All().Where(word => word.Word.HasBlock).Select(word => word.Block).Prepend(Commands);

    private static void Descend(ImmutableArray<BoundWord> words, List<BoundWord> all)
    {
        foreach (var word in words)
        {
            all.Add(word);
            Descend(word.Tests, all);
            Descend(word.Block, all);
        }
    }
}
