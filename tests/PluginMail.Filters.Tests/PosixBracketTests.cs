using System.Text;
using PluginMail.Filters.Evaluation;

namespace PluginMail.Filters.Tests;

/// <summary>Brackets stand for the same characters wherever they are read: for .NET's engine and for the groups.</summary>
public sealed class PosixBracketTests
{
    public static TheoryData<string> Brackets => new(
        "[a]", "[^a]", "[]a]", "[^]a]", "[a-]", "[\\w]", "[a-fA-F0-9]", "[^x-z-]", "[[-a]", "[--/]", "[+--]", "[[.-.][=a=]]", "[a-cb-xk]", "[!-~]", "[\u00e0-\u00ff]",
        "[\u0430-\u044f]", "[[:alnum:]]", "[[:alpha:]_]", "[[:blank:]]", "[[:cntrl:]]", "[^[:digit:]]", "[[:graph:]]", "[[:lower:]]", "[^[:lower:]]", "[[:print:]]",
        "[[:punct:]]", "[[:space:]]", "[[:upper:]]", "[[:lower:][:upper:]]", "[[:alpha:][:upper:]]", "[[:upper:][:digit:]]", "[[:xdigit:]]");

    [Theory]
    [MemberData(nameof(Brackets))]
    public void As_the_engine_reads_them(string pattern)
    {
        foreach (var comparator in new[] { Comparator.Octet, Comparator.AsciiCasemap, Comparator.UnicodeCasemap })
        {
            var regex = PosixRegex.Parse(Encoding.UTF8.GetBytes(pattern), comparator, out var fault);
            Assert.True(regex is not null, fault);
            var engine = RegexKey.Make(regex);
            var node = Assert.IsType<PosixNode.Character>(regex.Tree(out _));
            var different = Enumerable.Range(0, 0x10000).Select(static code => (char)code).Where(character => engine.IsMatch([character]) != node.Matches(character));
            Assert.Equal("", string.Join(' ', different.Select(static character => $"{(int)character:X4}").Take(20)));
        }
    }

    [Fact]
    public void Thousands_take_little_memory()
    {
        var key = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("[ab]", 1000)));
        var regex = PosixRegex.Parse(key, Comparator.UnicodeCasemap, out _)!;
        var before = GC.GetAllocatedBytesForCurrentThread();
        var root = regex.Tree(out _);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 2_000_000);
        Assert.NotNull(PosixGroups.Find(root, 0, new string('a', 1000), 0, out _));
    }
}
