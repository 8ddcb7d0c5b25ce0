using System.Diagnostics;
using System.Text;

namespace PluginMail.Imap.Tests;

/// <summary>Modified UTF-7, patterns, sets.</summary>
public sealed class NameTests
{
    [Theory]
    [InlineData("INBOX", "INBOX")]
    [InlineData("inbox", "INBOX")]
    [InlineData("inbox/Sub", "INBOX/Sub")]
    [InlineData("inboxes", "inboxes")]
    [InlineData("a&-b", "a&b")]
    [InlineData("Entw&APw-rfe", "Entwürfe")]
    [InlineData("~peter/mail/&U,BTFw-/&ZeVnLIqe-", "~peter/mail/台北/日本語")]
    [InlineData("&2D3eAA-", "😀")]
    public void Decodes(string wire, string name)
    {
        Assert.True(MailboxName.TryDecode(Encoding.ASCII.GetBytes(wire), out string decoded));
        Assert.Equal(name, decoded);
        if (name != "INBOX" && !name.StartsWith("INBOX/", StringComparison.Ordinal))
        {
            Assert.Equal(wire, MailboxName.Encode(name));
        }
    }

    [Theory]
    [InlineData("&")]
    [InlineData("&APw")]
    [InlineData("&AGE-")] // an "a" that needs no shift
    [InlineData("&2D0-")] // half a surrogate pair
    [InlineData("&3gA-")]
    [InlineData("&A-")]
    [InlineData("&AP=-")]
    [InlineData("&APx-")] // bits left over
    [InlineData("caf\u00e9")]
    [InlineData("a\u0007b")]
    public void Refuses(string wire) => Assert.False(MailboxName.TryDecode(Encoding.Latin1.GetBytes(wire), out _));

    [Theory]
    [InlineData("*", "a/b/c", true)]
    [InlineData("%", "a/b", false)]
    [InlineData("%", "ab", true)]
    [InlineData("a/%", "a/b", true)]
    [InlineData("a/%", "a/b/c", false)]
    [InlineData("%/b", "a/b", true)]
    [InlineData("*b", "a/ab/b", true)]
    [InlineData("*b%", "a/b/c", false)]
    [InlineData("*b%d", "a/b/bxd", true)]
    [InlineData("a*%b*c", "axx/bzz/c", true)]
    [InlineData("inbox", "INBOX", true)]
    [InlineData("Work", "work", false)]
    [InlineData("", "", true)]
    [InlineData("a%", "a", true)]
    public void Matches(string pattern, string name, bool expected) => Assert.Equal(expected, new ListPattern(pattern).Matches(name));

    [Fact]
    public void Patterns_take_no_exponential_time()
    {
        var pattern = new ListPattern(string.Concat(Enumerable.Repeat("*a%", 300)) + "b");
        long began = Stopwatch.GetTimestamp();
        Assert.False(pattern.Matches(new string('a', 1000)));
        Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromMinutes(1));
    }

    [Theory]
    [InlineData(new uint[] { 1, 2, 3 }, "1:3")]
    [InlineData(new uint[] { 4 }, "4")]
    [InlineData(new uint[] { 1, 3, 4, 9 }, "1,3:4,9")]
    [InlineData(new uint[] { }, "")]
    public void Sets_are_written_as_ranges(uint[] numbers, string expected) => Assert.Equal(expected, MessageSet.Format(numbers));
}
