using System.Text;
using FsCheck;
using FsCheck.Fluent;
using PluginMail.Filters.Evaluation;

namespace PluginMail.Filters.Tests;

/// <summary>The matcher that never goes back agrees with one that tries everything.</summary>
public sealed class GlobTests
{
    private static Gen<string> Text(string alphabet) => Gen.Elements(alphabet.ToCharArray()).ListOf().Select(characters => string.Concat(characters));

    [Fact]
    public void Octets_agree_with_the_reference() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(2000),
        Prop.ForAll(
            Text("ab*?*\\").ToArbitrary(), Text("ab*?").ToArbitrary(),
            (pattern, value) => Glob.Parse(Encoding.UTF8.GetBytes(pattern), charactersAreUtf8: false).Matches(Encoding.UTF8.GetBytes(value)) == Reference(pattern, value)));

    [Fact]
    public void Characters_agree_with_the_reference() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(2000),
        Prop.ForAll(
            Text("aé€*?").ToArbitrary(), Text("aé€").ToArbitrary(),
            (pattern, value) => Glob.Parse(Encoding.UTF8.GetBytes(pattern), charactersAreUtf8: true).Matches(Encoding.UTF8.GetBytes(value)) == Reference(pattern, value)));

    /// <summary>fits[i, j]: the pattern from i on fits the value from j on.</summary>
    private static bool Reference(string pattern, string value)
    {
        var fits = new bool[pattern.Length + 1, value.Length + 1];
        fits[pattern.Length, value.Length] = true;
        for (var i = pattern.Length - 1; i >= 0; i--)
        {
            // The character after a backslash is reached through the backslash only; what its own row says is never asked.
            var isEscape = pattern[i] == '\\' && i + 1 < pattern.Length;
            for (var j = value.Length; j >= 0; j--)
            {
                fits[i, j] = pattern[i] switch
                {
                    '*' => fits[i + 1, j] || (j < value.Length && fits[i, j + 1]),
                    '?' => j < value.Length && fits[i + 1, j + 1],
                    _ when isEscape => j < value.Length && pattern[i + 1] == value[j] && fits[i + 2, j + 1],
                    _ => j < value.Length && pattern[i] == value[j] && fits[i + 1, j + 1],
                };
            }
        }

        return fits[0, 0];
    }
}
