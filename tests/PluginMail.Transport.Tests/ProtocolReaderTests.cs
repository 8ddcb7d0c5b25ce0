using System.Buffers;
using System.Text;

namespace PluginMail.Transport.Tests;

public sealed class ProtocolReaderTests
{
    [Fact]
    public async Task Reads_lines_however_they_arrive()
    {
        const string Text = "one\r\n\r\ntwo\nthr\ree\r\n\n";
        for (int cut = 1; cut <= Text.Length; cut++)
        {
            var peer = new InMemoryConnection();
            for (int at = 0; at < Text.Length; at += cut)
            {
                await peer.SendAsync(Text[at..Math.Min(at + cut, Text.Length)]);
            }

            await peer.CloseAsync();
            string[] expected = ["one|", "|", "two/", "thr\ree|", "/", "Closed", "Closed"];
            foreach (string line in expected)
            {
                Assert.Equal(line, await peer.ReadLineAsync());
            }
        }
    }

    [Theory]
    [InlineData(10, "Ok")]
    [InlineData(11, "TooLong")]
    [InlineData(12, "TooLong")]
    [InlineData(13, "TooLong")]
    [InlineData(1000, "TooLong")]
    public async Task Passes_over_lines_that_are_too_long(int length, string status)
    {
        foreach (int cut in new[] { 1, 7, 2000 })
        {
            var peer = new InMemoryConnection();
            Task<LineRead> read = peer.StartReadLine(10);
            string text = new string('x', length) + "\r\nnext\r\n";
            for (int at = 0; at < text.Length; at += cut)
            {
                await peer.SendAsync(text[at..Math.Min(at + cut, text.Length)]);
            }

            LineRead line = await read;
            Assert.Equal(status, line.Status.ToString());
            Assert.True(line.EndsWithCrLf);
            Assert.Equal("next|", await peer.ReadLineAsync(10));
        }
    }

    [Fact]
    public async Task Takes_whole_lines_without_waiting()
    {
        var peer = new InMemoryConnection();
        Assert.False(peer.Reader.TryReadLine(100, out _));
        await peer.SendAsync("one\r\ntw");
        Assert.True(peer.Reader.TryReadLine(100, out LineRead line));
        Assert.Equal("one|", InMemoryConnection.Describe(line));
        Assert.False(peer.Reader.TryReadLine(100, out _));
        Assert.False(peer.Reader.TryReadLine(100, out _));
        Assert.True(peer.Reader.HasBufferedInput);
        await peer.SendAsync("o\r\n");
        Assert.True(peer.Reader.TryReadLine(100, out line));
        Assert.Equal("two|", InMemoryConnection.Describe(line));
        Assert.False(peer.Reader.HasBufferedInput);
        await peer.SendAsync("thr");
        Assert.False(peer.Reader.TryReadLine(100, out _));
        Task<LineRead> read = peer.StartReadLine();
        await peer.SendAsync("ee\r\n");
        Assert.Equal("three|", InMemoryConnection.Describe(await read));
        await peer.CloseAsync();
        Assert.False(peer.Reader.TryReadLine(100, out _));
        Assert.Equal("Closed", await peer.ReadLineAsync());
    }

    [Fact]
    public async Task A_silent_client_times_out_and_can_still_be_read()
    {
        var peer = new InMemoryConnection();
        Task<LineRead> read = peer.StartReadLine();
        peer.Advance(9);
        Assert.False(read.IsCompleted);
        peer.Advance(2);
        Assert.Equal(ReadStatus.TimedOut, (await read).Status);
        Assert.False(peer.IsAborted);
        await peer.SendAsync("late\r\n");
        Assert.Equal("late|", await peer.ReadLineAsync());
        peer.Advance(100);
        Assert.False(peer.IsAborted); // nothing is waited for
    }

    [Fact]
    public async Task A_client_that_drips_times_out_too()
    {
        var peer = new InMemoryConnection();
        Task<LineRead> read = peer.StartReadLine();
        for (int i = 0; i < 50 && !read.IsCompleted; i++)
        {
            await peer.SendAsync("x");
            await WaitUntilWaitingAsync(peer, read);
            peer.Advance(1);
        }

        Assert.Equal(ReadStatus.TimedOut, (await read).Status);
    }

    [Fact]
    public async Task A_stop_is_said_only_between_lines()
    {
        var peer = new InMemoryConnection();
        Task<LineRead> read = peer.StartReadLine();
        peer.Connection.AnnounceStop();
        Assert.Equal(ReadStatus.Stopping, (await read).Status);
        Assert.Equal("Stopping", await peer.ReadLineAsync());

        peer = new InMemoryConnection();
        await peer.SendAsync("one\r\ntw");
        Assert.Equal("one|", await peer.ReadLineAsync());
        peer.Connection.AnnounceStop();
        read = peer.StartReadLine();
        peer.Connection.Watch();
        await peer.SendAsync("o\r\n");
        Assert.Equal("two|", InMemoryConnection.Describe(await read));
        Assert.Equal("Stopping", await peer.ReadLineAsync());

        peer = new InMemoryConnection();
        Task<BlockRead> block = peer.Reader.ReadBlockAsync(TimeSpan.FromSeconds(10), CancellationToken.None).AsTask();
        peer.Connection.AnnounceStop();
        peer.Connection.Watch();
        await peer.SendAsync("data");
        Assert.Equal(ReadStatus.Ok, (await block).Status);
    }

    [Fact]
    public async Task Reads_blocks_and_gives_back_what_was_not_used()
    {
        var peer = new InMemoryConnection();
        await peer.SendAsync("line\r\nabcdef");
        Assert.Equal("line|", await peer.ReadLineAsync());
        BlockRead block = await peer.Reader.ReadBlockAsync(TimeSpan.FromSeconds(10), CancellationToken.None);
        Assert.Equal("abcdef", Text(block));
        peer.Reader.Consume(block.Octets.GetPosition(2));
        Assert.Equal("cdef", Text(await peer.Reader.ReadBlockAsync(TimeSpan.FromSeconds(10), CancellationToken.None)));
        Task<BlockRead> more = peer.Reader.ReadMoreAsync(TimeSpan.FromSeconds(10), CancellationToken.None).AsTask();
        Assert.False(more.IsCompleted);
        await peer.SendAsync("gh\r\n");
        Assert.Equal("cdefgh\r\n", Text(await more));
        Assert.Equal("cdefgh|", await peer.ReadLineAsync());
        more = peer.Reader.ReadMoreAsync(TimeSpan.FromSeconds(10), CancellationToken.None).AsTask();
        peer.Advance(11);
        Assert.Equal(ReadStatus.TimedOut, (await more).Status);
        await peer.CloseAsync();
        Assert.Equal(ReadStatus.Closed, (await peer.Reader.ReadBlockAsync(TimeSpan.FromSeconds(10), CancellationToken.None)).Status);
    }

    [Fact]
    public async Task A_cancelled_read_ends_as_closed()
    {
        var peer = new InMemoryConnection();
        using var end = new CancellationTokenSource();
        Task<LineRead> read = peer.Reader.ReadLineAsync(100, TimeSpan.FromSeconds(10), end.Token).AsTask();
        await end.CancelAsync();
        Assert.Equal(ReadStatus.Closed, (await read).Status);
    }

    [Fact]
    public async Task A_client_that_takes_nothing_is_cut()
    {
        var peer = new InMemoryConnection();
        peer.Connection.Output.Write(new byte[100]);
        Task<bool> flush = peer.Connection.FlushAsync(TimeSpan.FromSeconds(10), CancellationToken.None).AsTask();
        peer.Advance(9);
        Assert.False(peer.IsAborted);
        peer.Advance(2);
        Assert.True(peer.IsAborted);
        Assert.False(await flush);
        peer = new InMemoryConnection();
        await peer.LeaveAsync();
        peer.Connection.Output.Write(new byte[1]);
        Assert.False(await peer.Connection.FlushAsync(TimeSpan.FromSeconds(10), CancellationToken.None));
    }

    private static string Text(BlockRead read) => Encoding.Latin1.GetString(read.Octets);

    private static async Task WaitUntilWaitingAsync(InMemoryConnection peer, Task read)
    {
        while (!peer.Reader.IsWaiting && !read.IsCompleted)
        {
            await Task.Yield();
        }
    }
}
