using System.Runtime.InteropServices;
using System.Text;
using PluginMail.Filters.Evaluation;

namespace PluginMail.Filters.Tests;

/// <summary>What regular expressions capture: POSIX's leftmost-longest, with glibc's regexec as the judge.</summary>
public sealed class PosixGroupsTests
{
    [Theory]
    [InlineData("(foo|foobar)(bar)?", "foobar", "foobar", "foobar", "")]
    [InlineData("(a|ab)(c|bcd)(d*)", "abcd", "abcd", "ab", "c", "d")]
    [InlineData("(a?)(ab)?", "ab", "ab", "", "ab")]
    [InlineData("(a*)(a|aa)", "aaa", "aaa", "aa", "a")]
    [InlineData("(a|ab)*", "xabab", "", "")]
    [InlineData("x(a|ab|b)*", "xabb", "xabb", "b")]
    [InlineData("([0-9]+|[0-9]+-[0-9]+)", "no 12-34!", "12-34", "12-34")]
    [InlineData("^(Re|Re: Fwd): (.*)$", "Re: Fwd: x", "Re: Fwd: x", "Re: Fwd", "x")]
    [InlineData("(a{1,2}){2}", "aaaa", "aaaa", "aa")]
    [InlineData("(a*)*b", "b", "b", "")]
    [InlineData("((a)|b)*", "ab", "ab", "b", "")]
    public void Examples(string pattern, string value, params string[] groups) => Assert.Equal(groups, Captured(pattern, value));

    [Fact]
    public void A_long_value_falls_back_and_takes_no_time()
    {
        var groups = Captured("(.*)(.*)(.*)(.*)(a|aa)*", new string('a', 1999));
        Assert.Equal(1999, groups[0].Length);
        Assert.Equal("b", Captured("(a|b)$", new string('a', 5000) + "b")[1]);
    }

    [Fact]
    public void The_work_is_the_runs()
    {
        var value = new TextValue(new string('a', 1500));
        Key("(a|aa)*(a|aa)*").Capture(value, Comparator.Octet, out var much);
        Key("(a)").Capture(value, Comparator.Octet, out var little);
        Assert.InRange(much, 5000, int.MaxValue);
        Assert.InRange(little, 0, 200);
    }

    [SkippableFact]
    public void As_glibc_says()
    {
        Skip.IfNot(OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libc.so.6", out _), "needs glibc");
        var random = new Random(4711);
        var compared = 0;
        var differences = 0;
        for (var i = 0; i < 800; i++)
        {
            var groups = 0;
            var repeatsGroups = false;
            var pattern = Alternatives(random, 3, ref groups, ref repeatsGroups);
            var value = new string([.. Enumerable.Range(0, random.Next(9)).Select(_ => "abc"[random.Next(3)])]);
            var expected = Posix(pattern, value, groups);
            var key = Key(pattern);
            Assert.True(expected is not null == key.Matches(Encoding.UTF8.GetBytes(value)), $"{pattern} on {value}");
            if (expected is null)
            {
                continue;
            }

            var captured = Captured(pattern, value);
            Assert.True(expected[0] == captured[0], $"{pattern} on {value}: {expected[0]} and not {captured[0]}");

            // Of groups inside of repetitions glibc keeps what an earlier repetition found, and of two branches of a group it may take the
            // first instead of the longer one, which POSIX does not: there the first group that differs is the longer one here.
            var differs = repeatsGroups ? -1 : Enumerable.Range(0, expected.Length).FirstOrDefault(group => expected[group] != captured[group], -1);
            Assert.True(
                differs < 0 || captured[differs].Length > expected[differs].Length,
                $"{pattern} on {value}: {string.Join('|', expected)} and not {string.Join('|', captured)}");
            differences += differs < 0 ? 0 : 1;
            compared++;
        }

        Assert.True(compared > 300, $"only {compared} matched");
        Assert.True(differences < compared / 20, $"{differences} of {compared} differ");
    }

    private static RegexKey Key(string pattern)
    {
        var octets = Encoding.UTF8.GetBytes(pattern);
        return new(octets, PosixRegex.Parse(octets, Comparator.Octet, out _)!, Comparator.Octet);
    }

    private static string[] Captured(string pattern, string value) =>
        [.. Key(pattern).Capture(new TextValue(value), Comparator.Octet, out _)!.Select(group => Encoding.UTF8.GetString(group.Span))];

    private static string Alternatives(Random random, int depth, ref int groups, ref bool repeatsGroups)
    {
        var output = Sequence(random, depth, ref groups, ref repeatsGroups);
        for (var more = random.Next(3); more > 1; more--)
        {
            output += "|" + Sequence(random, depth, ref groups, ref repeatsGroups);
        }

        return output;
    }

    private static string Sequence(Random random, int depth, ref int groups, ref bool repeatsGroups)
    {
        var output = "";
        for (var pieces = random.Next(1, 4); pieces > 0; pieces--)
        {
            var before = groups;
            var isGroup = depth > 0 && random.Next(3) == 0;
            groups += isGroup ? 1 : 0;
            output += isGroup ? $"({Alternatives(random, depth - 1, ref groups, ref repeatsGroups)})" : new[] { "a", "b", "c", ".", "[ab]", "[^a]" }[random.Next(6)];
            var repetition = new[] { "", "", "", "*", "+", "?", "{1,2}" }[random.Next(7)];
            repeatsGroups |= repetition.Length > 0 && groups > before;
            output += repetition;
        }

        return output;
    }

    /// <summary>What regexec finds; null: no match.</summary>
    private static string[]? Posix(string pattern, string value, int groups)
    {
        var compiled = new byte[256];
        Assert.Equal(0, Compile(compiled, Encoding.ASCII.GetBytes(pattern + "\0"), 1));
        try
        {
            var found = new int[2 * (groups + 1)];
            return Execute(compiled, Encoding.ASCII.GetBytes(value + "\0"), groups + 1, found, 0) != 0 ? null
                : [.. Enumerable.Range(0, groups + 1).Select(i => found[2 * i] < 0 ? "" : value[found[2 * i]..found[(2 * i) + 1]])];
        }
        finally
        {
            Free(compiled);
        }
    }

    [DllImport("libc.so.6", EntryPoint = "regcomp")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Compile(byte[] compiled, byte[] pattern, int flags);

    [DllImport("libc.so.6", EntryPoint = "regexec")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Execute(byte[] compiled, byte[] value, nint count, int[] found, int flags);

    [DllImport("libc.so.6", EntryPoint = "regfree")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern void Free(byte[] compiled);
}
