namespace PluginMail.Pipeline.Tests;

public sealed class TransactionIdTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 34, 56, TimeSpan.Zero);

    [Fact]
    public void An_id_tells_its_second()
    {
        string id = TransactionId.Next(Now.AddMilliseconds(700));
        Assert.Equal(TransactionId.Length, id.Length);
        Assert.True(TransactionId.TryGetTime(id, out DateTimeOffset time));
        Assert.Equal(Now, time);
    }

    [Fact]
    public void Ids_of_one_second_differ_and_sort_by_time()
    {
        HashSet<string> ids = [.. Enumerable.Range(0, 10_000).Select(_ => TransactionId.Next(Now))];
        Assert.Equal(10_000, ids.Count);
        string later = TransactionId.Next(Now.AddSeconds(1));
        Assert.All(ids, id => Assert.True(string.CompareOrdinal(id, later) < 0));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0123456789ABCDE")]
    [InlineData("0123456789ABCDEFG")]
    [InlineData("0123456789abcdef")]
    [InlineData("0123456789ABCDEI")]
    [InlineData("0123456789ABCD/.")]
    public void What_is_no_id_is_refused(string text) => Assert.False(TransactionId.TryGetTime(text, out _));
}
