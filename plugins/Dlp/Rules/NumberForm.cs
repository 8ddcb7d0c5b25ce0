using System.Collections.Immutable;

namespace PluginMail.Dlp.Rules;

/// <summary>What it takes for a number of a form to be one.</summary>
internal enum Certainty
{
    /// <summary>Its form and check digits.</summary>
    Sure,

    /// <summary>It has check digits, but too many others pass them: a word about it is needed.</summary>
    Checked,

    /// <summary>It has none, and a word about it is needed.</summary>
    Shape,
}

/// <summary>Numbers that are checked alike, and the ways to write them.</summary>
/// <param name="Certainty">What it takes.</param>
/// <param name="Check">Whether digits, and letters in upper case, are one.</param>
/// <param name="Spellings">The ways to write one.</param>
internal sealed record NumberForm(Certainty Certainty, NumberForm.Checker Check, ImmutableArray<Spelling> Spellings)
{
    /// <summary>Checks a number as it is without what parts its groups.</summary>
    internal delegate bool Checker(ReadOnlySpan<char> number);

    /// <summary>One that its check digits make sure.</summary>
    public static NumberForm Sure(Checker check, params ReadOnlySpan<string> spellings) => Of(Certainty.Sure, check, spellings);

    /// <summary>One with check digits that needs a word about it.</summary>
    public static NumberForm Checked(Checker check, params ReadOnlySpan<string> spellings) => Of(Certainty.Checked, check, spellings);

    /// <summary>One without check digits.</summary>
    public static NumberForm Shape(Checker check, params ReadOnlySpan<string> spellings) => Of(Certainty.Shape, check, spellings);

    private static NumberForm Of(Certainty certainty, Checker check, ReadOnlySpan<string> spellings)
    {
        var all = ImmutableArray.CreateBuilder<Spelling>(spellings.Length);
        foreach (string spelling in spellings)
        {
            all.Add(new Spelling(spelling));
        }

        return new NumberForm(certainty, check, all.ToImmutable());
    }
}
