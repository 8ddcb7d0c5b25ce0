using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using PluginMail.Filters.Checking;
using PluginMail.Filters.Evaluation;

namespace PluginMail.Filters.Vocabulary;

/// <summary>The capability "variables" (RFC 5229): ${name} in strings, set with its modifiers, and the test string.</summary>
internal static class VariablesExtension
{
    private const string Name = "variables";
    private const string Reference = "RFC 5229";
    private static readonly SearchValues<byte> Quoted = SearchValues.Create("*?\\"u8);

    public static void AddTo(VocabularyBuilder vocabulary)
    {
        vocabulary.Interpretations.Add(new(Name) { Interpret = VariableReferences.Interpret, Code = FilterCodes.BadVariable });
        vocabulary
            .Add(new Capability(Name, "${name} in strings, the action set and the test string", Reference))
            .Add(new Word("set", WordKind.Control, "Stores a value in a variable.")
            {
                Reference = "RFC 5229 4",
                Capability = Name,
                Parameters = [new("name", ValueKind.Text) { IsConstant = true }, new("value", ValueKind.Text)],
                Check = (word, diagnostics) => CheckSet(word, vocabulary.Namespaces, diagnostics),
                CompileCommand = Set,
            })
            .Add(new SetModifier("lower", "letters of ASCII in lower case", 40) { Apply = static value => Map(value, static text => Ascii(text, upper: false, all: true)) })
            .Add(new SetModifier("upper", "letters of ASCII in upper case", 40) { Apply = static value => Map(value, static text => Ascii(text, upper: true, all: true)) })
            .Add(new SetModifier("lowerfirst", "the first letter in lower case", 30) { Apply = static value => Map(value, static text => Ascii(text, upper: false, all: false)) })
            .Add(new SetModifier("upperfirst", "the first letter in upper case", 30) { Apply = static value => Map(value, static text => Ascii(text, upper: true, all: false)) })
            .Add(new SetModifier("quotewildcard", "*, ? and \\ with a backslash before each", 20) { Apply = static value => Quote(value, Quoted) })
            .Add(new SetModifier("length", "the number of characters", 10) { Apply = static value => Encoding.ASCII.GetBytes(LengthOf(value.Span).ToString(CultureInfo.InvariantCulture)) })
            .Add(new Word("string", WordKind.Test, "Matches strings of the script, mostly made of variables.")
            {
                Reference = "RFC 5229 5",
                Capability = Name,
                Parameters = [new("source", ValueKind.TextList), new("key-list", ValueKind.TextList, ValueMeaning.Key)],
                TakesMatch = true,
                CountsNoEmptyValues = true,
                CompileTest = static (word, context) => context.Match(word, word.TextsAt(1), StringsOf(word.TextsAt(0))),
            });
    }

    /// <summary>A backslash before each of the characters.</summary>
    public static ReadOnlyMemory<byte> Quote(ReadOnlyMemory<byte> value, SearchValues<byte> characters)
    {
        var output = new ArrayBufferWriter<byte>();
        foreach (var octet in value.Span)
        {
            output.Write(characters.Contains(octet) ? [(byte)'\\', octet] : [octet]);
        }

        return output.WrittenMemory;
    }

    private static ImmutableArray<ValueReader> StringsOf(ImmutableArray<StringExpression> strings) =>
        [new RunReader(run => [.. strings.Select(text => new TextValue(text.Evaluate(run).ToArray()))])];

    private static void CheckSet(BoundWord word, List<VariableNamespace> namespaces, DiagnosticBag diagnostics)
    {
        var name = word.TextAt(0).Constant;
        var at = ((BoundStrings)word.Arguments[0]).Strings[0].Syntax.Span;
        var dot = name.LastIndexOf('.');
        var isKnown = dot < 0 || namespaces.Exists(row => row.Set is not null && row.Name.Equals(name[..dot], StringComparison.OrdinalIgnoreCase));
        if (!isKnown)
        {
            diagnostics.Add(FilterCodes.BadVariable, at, $"`set` cannot set variables of a namespace `{name[..dot]}`.");
        }
        else if (!VariableReferences.IsName(name[(dot + 1)..]))
        {
            diagnostics.Add(
                FilterCodes.BadVariable, at, $"`{name}` cannot name a variable: letters, digits and _ can, a digit not first; ${{0}} to ${{9}} are set by matches alone.");
        }
        else if (word.TextAt(1) is { IsConstant: true } value && value.Octets.Length > VariableStore.LongestValue)
        {
            diagnostics.Add(FilterCodes.BadVariable, word.Arguments[1].Span, $"A variable holds at most {VariableStore.LongestValue} octets.");
        }
    }

    /// <summary>The modifiers among a word's tags, in the order in which they are applied.</summary>
    public static ImmutableArray<SetModifier> ModifiersOf(BoundWord word, CompileContext context) =>
        [.. word.Tags.SelectMany(tag => context.Vocabulary.SetModifiers.Where(row => row.Name == tag.Signature.Name)).OrderByDescending(row => row.Precedence)];

    private static SetNode Set(BoundWord word, CompileContext context)
    {
        var name = word.TextAt(0).Constant;
        var modifiers = ModifiersOf(word, context);
        var space = name.LastIndexOf('.') is > 0 and var dot
            ? context.Vocabulary.Namespaces.FirstOrDefault(row => row.Name.Equals(name[..dot], StringComparison.OrdinalIgnoreCase))
            : null;
        return new(word.Span, space is null ? name : name[(name.LastIndexOf('.') + 1)..], word.TextAt(1), modifiers, space?.Set);
    }

    private static ReadOnlyMemory<byte> Map(ReadOnlyMemory<byte> value, Action<Span<byte>> change)
    {
        var copy = value.ToArray();
        change(copy);
        return copy;
    }

    private static void Ascii(Span<byte> text, bool upper, bool all)
    {
        for (var i = 0; i < (all ? text.Length : Math.Min(1, text.Length)); i++)
        {
            text[i] = upper ? Syntax.Ascii.ToUpper(text[i]) : Syntax.Ascii.ToLower(text[i]);
        }
    }

    private static int LengthOf(ReadOnlySpan<byte> value)
    {
        var length = 0;
        while (!value.IsEmpty)
        {
            Rune.DecodeFromUtf8(value, out _, out var consumed);
            value = value[consumed..];
            length++;
        }

        return length;
    }
}
