using System.Text;
using System.Text.RegularExpressions;

namespace PluginMail.Filters.Evaluation;

/// <summary>
/// A POSIX extended regular expression, run by .NET's engine without backtracking: time is linear in the value. It looks at
/// the value itself; the comparator only says whether case counts.
/// </summary>
internal sealed class RegexKey(byte[] key, PosixRegex pattern, Comparator comparator) : KeyMatcher(key)
{
    private const int WorkOfStep = 64;
    private static readonly TimeSpan LongestMatch = TimeSpan.FromSeconds(2);
    private readonly Lazy<Regex> _regex = new(() => Make(pattern));
    private readonly Lazy<(PosixNode Root, int Groups)> _tree = new(() => (pattern.Tree(out var groups), groups));

    public override byte[] Literal { get; } = comparator.Fold(pattern.Literal) ?? [];

    /// <summary>The expression as .NET writes it.</summary>
    public static Regex Make(PosixRegex pattern) => new(
        pattern.Translated,
        RegexOptions.NonBacktracking | RegexOptions.Singleline | RegexOptions.CultureInvariant | (pattern.FoldsUnicode ? RegexOptions.IgnoreCase : RegexOptions.None),
        LongestMatch);

    public override bool Matches(ReadOnlySpan<byte> value) => IsMatch(Encoding.UTF8.GetString(value));

    public override bool Matches(TextValue value, byte[] folded) => IsMatch(value.Text);

    /// <summary>The value is matched a second time, and then gone through for the groups.</summary>
    public override ReadOnlyMemory<byte>[]? Capture(TextValue value, Comparator comparator, out int steps)
    {
        var text = value.Text;
        steps = CostOf(text.Length);
        try
        {
            var match = _regex.Value.Match(text);
            var found = PosixGroups.Find(_tree.Value.Root, _tree.Value.Groups, text, match.Index, out var work);
            steps += (int)(work / WorkOfStep);
            var groups = found ?? [.. match.Groups.Values.Select(static group => (group.Index, group.Index + group.Length))];
            return [.. groups.Select(group => group.Start < 0 ? default : (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(text[group.Start..group.End]))];
        }
        catch (Exception e) when (IsTooMuch(e))
        {
            return null;
        }
    }

    public override int CostOf(int valueLength) => 4 + (valueLength >> 4);

    private bool IsMatch(string value)
    {
        try
        {
            return _regex.Value.IsMatch(value);
        }
        catch (Exception e) when (IsTooMuch(e))
        {
            return false;
        }
    }

    /// <summary>A key made of variables may be larger than the engine takes; others have been tried when the script was compiled.</summary>
    private static bool IsTooMuch(Exception e) => e is RegexMatchTimeoutException or ArgumentException or NotSupportedException;
}
