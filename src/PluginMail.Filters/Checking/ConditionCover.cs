using System.Collections.Immutable;
using PluginMail.Filters.Syntax;

namespace PluginMail.Filters.Checking;

/// <summary>
/// Whether one condition holds wherever another does. It answers yes only where that follows from the conditions' form: the
/// same test, a part of an anyof or allof, or keys of the same source of which one contains the other. After so many steps it
/// answers no: conditions can be nested so that comparing them takes very long.
/// </summary>
internal sealed class ConditionCover(int steps)
{
    private int _steps = steps;

    /// <summary>Whether both hold for the same messages.</summary>
    public bool Equal(BoundWord first, BoundWord second) => Covers(first, second) && Covers(second, first);

    /// <summary>Whether <paramref name="wide"/> is true for every message that <paramref name="narrow"/> is true for.</summary>
    public bool Covers(BoundWord wide, BoundWord narrow) => --_steps > 0 && (
        ConstantCondition.Of(wide) == true
        || (narrow.Word.Name is "anyof" or "any" && narrow.Tests.Length > 0 && narrow.Tests.All(test => Covers(wide, test)))
        || (wide.Word.Name is "allof" or "all" && wide.Tests.Length > 0 && wide.Tests.All(test => Covers(test, narrow)))
        || (wide.Word.Name is "anyof" or "any" && wide.Tests.Any(test => Covers(test, narrow)))
        || (narrow.Word.Name is "allof" or "all" && narrow.Tests.Any(test => Covers(wide, test)))
        || (wide.Word.Name == "not" && narrow.Word.Name == "not" && Covers(narrow.Tests[0], wide.Tests[0]))
        || Same(wide, narrow)
        || MatchCovers(wide, narrow));

    private static bool Same(BoundWord wide, BoundWord narrow) =>
        wide.Word == narrow.Word && wide.Span.Length < 4096 && SyntaxPrinter.Print(wide.Syntax) == SyntaxPrinter.Print(narrow.Syntax);

    private static bool MatchCovers(BoundWord wide, BoundWord narrow)
    {
        if (wide.Word != narrow.Word || !wide.Word.TakesMatch || wide.Comparator != narrow.Comparator || wide.AddressPart?.Name != narrow.AddressPart?.Name
            || OtherTags(wide) != OtherTags(narrow) || wide.Has("every") || narrow.Has("every")
            || !IsConstant(wide) || !IsConstant(narrow))
        {
            return false;
        }

        var last = wide.Arguments.Length - 1;
        for (var i = 0; i < last; i++)
        {
            if (!Texts(narrow, i).IsSubsetOf(Texts(wide, i)))
            {
                return false;
            }
        }

        var keys = Texts(wide, last);
        return Texts(narrow, last).All(key => keys.Any(known => KeyCovers(wide.MatchType!.Name, known, narrow.MatchType!.Name, key)));
    }

    private static string OtherTags(BoundWord word) =>
        string.Join(' ', word.Tags.Where(tag => tag.Signature.Group is not Vocabulary.Matching.MatchTypeGroup).Select(tag => tag.Signature.Name).Order());

    private static ImmutableHashSet<string> Texts(BoundWord word, int index) => word.Arguments[index] is BoundStrings strings
        ? [.. strings.Strings.Select(text => IsName(word, index) ? text.Value.Constant.ToLowerInvariant() : Fold(word, text.Value.Constant))]
        : ImmutableHashSet<string>.Empty;

    // RFC 5228 2.4.2.2: names of headers are compared without regard to case, whatever the comparator.
    private static bool IsName(BoundWord word, int index) =>
        word.Word.Parameters[index].Meaning is Vocabulary.ValueMeaning.HeaderName or Vocabulary.ValueMeaning.AddressHeaderName;

    private static string Fold(BoundWord word, string text) =>
        word.Comparator is not { } comparator || comparator.Name.EndsWith("casemap", StringComparison.Ordinal) ? text.ToLowerInvariant() : text;

    private static bool IsConstant(BoundWord word) =>
        word.Arguments.OfType<BoundStrings>().All(strings => strings.Strings.All(text => text.Value.IsConstant));

    private static bool KeyCovers(string wideType, string wide, string narrowType, string narrow) => (wideType, narrowType) switch
    {
        ("is" or "strict", "is" or "strict") => wide == narrow,
        ("matches", "matches") => wide == narrow,
        ("contains", "is" or "strict" or "contains" or "starts_with" or "ends_with") => narrow.Contains(wide, StringComparison.Ordinal),
        ("starts_with", "is" or "strict" or "starts_with") => narrow.StartsWith(wide, StringComparison.Ordinal),
        ("ends_with", "is" or "strict" or "ends_with") => narrow.EndsWith(wide, StringComparison.Ordinal),
        _ => false,
    };
}
