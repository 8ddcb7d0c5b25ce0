using System.Collections.Immutable;
using PluginMail.Filters.Evaluation;
using PluginMail.Filters.Syntax;
using PluginMail.Filters.Vocabulary;

namespace PluginMail.Filters.Checking;

/// <summary>Puts tags, strings and numbers into the places of a word's signature (RFC 5228 2.6).</summary>
internal sealed class ArgumentBinder(FilterVocabulary vocabulary, Requirements requirements, DiagnosticBag diagnostics)
{
    private readonly List<BoundTag> _noTags = [];
    private readonly ValueChecker _values = new(vocabulary, requirements, diagnostics);

    /// <summary>Whether one of the strings bound refers to match variables.</summary>
    public bool RefersToMatches => _values.RefersToMatches;

    /// <summary>The word with its arguments, or null where one is missing or wrong.</summary>
    public BoundWord? Bind(Word word, CommandSyntax syntax)
    {
        List<BoundTag> tags = syntax.Arguments.IsEmpty ? _noTags : new(syntax.Arguments.Length);
        List<BoundValue> values = new(word.Parameters.Length);
        var good = true;
        if (word.IsFirstOptional && PositionalCount(word, syntax) < word.Parameters.Length)
        {
            values.Add(new BoundStrings([], new(syntax.NameSpan.End, 0)));
        }

        for (var i = 0; i < syntax.Arguments.Length; i++)
        {
            if (syntax.Arguments[i] is TagSyntax tag)
            {
                good &= BindTag(word, tag, syntax.Arguments, ref i, values.Exists(static value => value is not BoundStrings { Strings.IsEmpty: true }), tags);
            }
            else
            {
                good &= BindPositional(word, syntax.Arguments[i], tags, values);
            }
        }

        good &= CheckMissing(word, syntax, tags, values);
        return good ? ResolveMatch(new(word, syntax) { Tags = [.. tags], Arguments = [.. values] }) : null;
    }

    private int PositionalCount(Word word, CommandSyntax syntax)
    {
        var count = 0;
        for (var i = 0; i < syntax.Arguments.Length; i++)
        {
            if (syntax.Arguments[i] is not TagSyntax tag)
            {
                count++;
            }
            else if (vocabulary.FindTag(word, tag.Name) is { Value: not null })
            {
                i++;
            }
        }

        return count;
    }

    private bool BindTag(
        Word word, TagSyntax tag, ImmutableArray<ArgumentSyntax> arguments, ref int index, bool isLate, List<BoundTag> tags)
    {
        var signature = vocabulary.FindTag(word, tag.Name);
        if (signature is null)
        {
            ReportUnknownTag(word, tag);
            return false;
        }

        if (signature.Capability is { } capability && !requirements.TryUse(capability))
        {
            requirements.Report(capability, tag.Span, $"`:{tag.Name}` of `{word.Name}`");
        }

        var good = !isLate;
        if (isLate)
        {
            diagnostics.Add(FilterCodes.LateTag, tag.Span, $"The tag `:{tag.Name}` must stand before the other arguments of `{word.Name}`.");
        }

        BoundValue? value = null;
        if (signature.Value is { } parameter)
        {
            if (index + 1 >= arguments.Length || arguments[index + 1] is TagSyntax)
            {
                diagnostics.Add(FilterCodes.MissingTagValue, tag.Span, $"The tag `:{tag.Name}` needs {Name(parameter)} after it.");
                return false;
            }

            value = _values.Bind(word, parameter, arguments[++index]);
            good &= value is not null;
        }

        good &= CheckConflict(tag, signature, tags);
        tags.Add(new(signature, tag, value));
        return good;
    }

    private bool CheckConflict(TagSyntax tag, TagSignature signature, List<BoundTag> tags)
    {
        foreach (var other in tags)
        {
            if (other.Signature.Name == signature.Name)
            {
                diagnostics.Add(
                    FilterCodes.DuplicateTag, tag.Span, $"The tag `:{tag.Name}` is given twice.", related: [new(other.Syntax.Span, "first here")]);
                return false;
            }

            if (signature.Group is not null && other.Signature.Group == signature.Group)
            {
                diagnostics.Add(
                    FilterCodes.ConflictingTags, tag.Span, $"The tags `:{other.Signature.Name}` and `:{tag.Name}` exclude each other.",
                    related: [new(other.Syntax.Span, $"`:{other.Signature.Name}` is given here")]);
                return false;
            }
        }

        return true;
    }

    private void ReportUnknownTag(Word word, TagSyntax tag)
    {
        var names = vocabulary.TagsOf(word).Select(known => known.Name).ToList();
        var nearest = Spelling.Nearest(tag.Name, names);
        var message = nearest is null
            ? $"`{word.Name}` takes no tag `:{tag.Name}`."
            : $"`{word.Name}` takes no tag `:{tag.Name}`; did you mean `:{nearest}`?";
        diagnostics.Add(
            FilterCodes.UnknownTag, tag.Span, message,
            nearest is null ? null : TextEdit.Replace(tag.Span, $":{nearest}", $"write `:{nearest}`"),
            notes: names.Count == 0 ? [] : [$"`{word.Name}` takes {string.Join(", ", names.Select(name => $":{name}"))}."]);
    }

    private bool BindPositional(Word word, ArgumentSyntax argument, List<BoundTag> tags, List<BoundValue> values)
    {
        if (values.Count >= word.Parameters.Length)
        {
            var takes = word.Parameters.Length == 0 ? "no argument" : $"only {string.Join(" and ", word.Parameters.Select(Name))}";
            diagnostics.Add(FilterCodes.TooManyArguments, argument.Span, $"`{word.Name}` takes {takes}; this is one too many.");
            return false;
        }

        var first = values.Count == 0 ? tags.Find(tag => tag.Signature.First is not null)?.Signature.First : null;
        var parameter = first ?? word.Parameters[values.Count];
        var value = _values.Bind(word, parameter, argument);
        values.Add(value ?? new BoundNumber(0, argument.Span));
        return value is not null;
    }

    private bool CheckMissing(Word word, CommandSyntax syntax, List<BoundTag> tags, List<BoundValue> values)
    {
        var good = true;
        foreach (var group in word.RequiredGroups)
        {
            if (tags.Exists(tag => tag.Signature.Group == group))
            {
                continue;
            }

            var choices = word.Tags.Where(tag => tag.Group == group).Select(tag => $"`:{tag.Name}`");
            diagnostics.Add(FilterCodes.MissingTag, syntax.NameSpan, $"`{word.Name}` needs {string.Join(" or ", choices)}.");
            good = false;
        }

        var needed = Needed(word);
        foreach (var tag in tags)
        {
            if (tag.Signature.Needs is null || tags.Exists(other => other.Signature.Name == tag.Signature.Needs))
            {
                continue;
            }

            diagnostics.Add(FilterCodes.MissingTag, tag.Syntax.Span, $"`:{tag.Signature.Name}` means nothing without `:{tag.Signature.Needs}`.");
            good = false;
        }

        if (values.Count < needed)
        {
            var missing = string.Join(" and ", word.Parameters.Take(needed).Skip(values.Count).Select(Name));
            diagnostics.Add(FilterCodes.MissingArgument, syntax.NameSpan, $"`{word.Name}` needs {missing}.");
            good = false;
        }

        return good;
    }

    private static int Needed(Word word)
    {
        var count = 0;
        foreach (var parameter in word.Parameters)
        {
            count += parameter.IsOptional ? 0 : 1;
        }

        return count;
    }

    private BoundWord? ResolveMatch(BoundWord bound)
    {
        var word = bound.Word;
        if (!word.TakesMatch)
        {
            return bound;
        }

        var typeTag = bound.TagOfGroup(Matching.MatchTypeGroup);
        var type = vocabulary.MatchTypes.First(row => row.Name == (typeTag?.Signature.Name ?? word.DefaultMatchType));
        var comparatorTag = bound.TagOfGroup(Matching.ComparatorGroup);
        var comparator = comparatorTag switch
        {
            null => FindComparator(word.DefaultComparator),
            { Value: BoundStrings strings } => FindComparator(strings.Strings[0].Value.Constant),
            _ => FindComparator(word.CaseComparator),
        };
        if (comparator is null)
        {
            return null;
        }

        if (type.NeedsSubstring && !comparator.HasSubstrings)
        {
            diagnostics.Add(
                FilterCodes.ComparatorMismatch, typeTag?.Syntax.Span ?? bound.Syntax.NameSpan,
                $"The comparator `{comparator.Name}` compares whole values only, so `:{type.Name}` cannot be used with it.",
                related: comparatorTag is null ? [] : [new(comparatorTag.Syntax.Span, "the comparator is chosen here")]);
            return null;
        }

        bound.MatchType = type;
        bound.Comparator = comparator;
        return ResolveAddressPart(bound) is { } resolved && CheckKeys(resolved) ? resolved : null;
    }

    private bool CheckKeys(BoundWord bound)
    {
        var good = true;
        if (bound.MatchType!.FaultOfKey is not { } faultOf)
        {
            return true;
        }

        foreach (var key in bound.Keys)
        {
            if (key.Value.IsConstant && faultOf(key.Value.Octets, bound) is { } fault)
            {
                diagnostics.Add(FilterCodes.BadKey, key.Syntax.Span, fault);
                good = false;
            }
        }

        return good;
    }

    private BoundWord? ResolveAddressPart(BoundWord bound)
    {
        if (!bound.Word.TakesAddressPart)
        {
            return bound;
        }

        var tag = bound.TagOfGroup(Matching.AddressPartGroup);
        var implied = bound.MatchType!.AddressPart;
        if (tag is not null && implied is not null && tag.Signature.Name != implied)
        {
            diagnostics.Add(
                FilterCodes.ConflictingTags, tag.Syntax.Span,
                $"`:{bound.MatchType.Name}` looks at the {implied}, so `:{tag.Signature.Name}` cannot be used with it.");
            return null;
        }

        var name = tag?.Signature.Name ?? implied ?? "all";
        bound.AddressPart = vocabulary.AddressParts.First(part => part.Name == name);
        return bound;
    }

    private Comparator? FindComparator(string name) =>
        vocabulary.Comparators.FirstOrDefault(known => known.Name == name)
        ?? (name == Comparator.Normalized.Name ? Comparator.Normalized : null);

    internal static string Name(Parameter parameter) => parameter.Kind switch
    {
        ValueKind.Number => $"a number ({parameter.Name})",
        ValueKind.Text => $"a string ({parameter.Name})",
        _ => $"a string or list of strings ({parameter.Name})",
    };
}
