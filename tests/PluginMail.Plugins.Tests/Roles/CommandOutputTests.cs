using System.Text;
using PluginMail.Testing.Plugins;

namespace PluginMail.Plugins.Tests.Roles;

/// <summary>What commands write: passed on at once, bounded whatever they do, and never a reason to wait for one who is gone.</summary>
public sealed class CommandOutputTests
{
    [Fact]
    public async Task What_is_written_is_read_before_the_command_ends()
    {
        await using var output = new CommandOutput { NewLine = "\n" };
        var read = output.ReadAsync(CancellationToken.None).AsTask();
        Assert.False(read.IsCompleted);
        await output.WriteLineAsync("one");
        Assert.Equal("one\n", await read.WaitAsync(PluginBench.Patience));
        output.Write('t');
        output.Write("wo");
        output.Complete();
        output.Write("too late");
        Assert.Equal("two", await output.ReadAsync(CancellationToken.None));
        Assert.Null(await output.ReadAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Who_writes_asynchronously_waits_for_the_reader_and_loses_nothing()
    {
        await using var output = new CommandOutput();
        const int Length = 3 * CommandOutput.MostWaiting;
        var writing = WriteAsync(output, Length);
        Assert.False(writing.IsCompleted);
        long read = 0;
        while (await output.ReadAsync(CancellationToken.None).AsTask().WaitAsync(PluginBench.Patience) is { } text)
        {
            Assert.InRange(text.Length, 1, CommandOutput.LongestChunk);
            Assert.DoesNotContain("cut", text, StringComparison.Ordinal);
            read += text.Length;
        }

        Assert.Equal(Length, read);
        await writing.WaitAsync(PluginBench.Patience);

        static async Task WriteAsync(CommandOutput output, int length)
        {
            await output.WriteAsync(new string('x', length));
            output.Complete();
        }
    }

    [Fact]
    public async Task A_flood_that_does_not_wait_is_cut_and_the_cut_is_told_where_it_is()
    {
        await using var output = new CommandOutput { NewLine = "\n" };
        string line = new('x', 1000);
        for (int i = 0; i < 10_000; i++)
        {
            output.Write(line); // never waits, whoever reads
        }

        var all = new StringBuilder();
        while (all.Length < CommandOutput.MostWaiting + 1)
        {
            all.Append(await output.ReadAsync(CancellationToken.None));
        }

        output.Write("the end");
        all.Append(await output.ReadAsync(CancellationToken.None));
        string cut = $"\n… (output cut: {10_000_000 - CommandOutput.MostWaiting} characters were written faster than they were read)\nthe end";
        Assert.Equal(CommandOutput.MostWaiting + cut.Length, all.Length);
        Assert.EndsWith(cut, all.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_waits_goes_on_when_nobody_reads_any_more()
    {
        await using var output = new CommandOutput();
        var writing = output.WriteAsync(new string('x', CommandOutput.MostWaiting));
        Assert.False(writing.IsCompleted);
        output.Abandon();
        await writing.WaitAsync(PluginBench.Patience);
        Assert.Null(await output.ReadAsync(CancellationToken.None));
    }

    [Fact]
    public async Task No_character_is_torn_in_two()
    {
        await using var output = new CommandOutput();
        output.Write("a\uD83D");
        Assert.Equal("a", await output.ReadAsync(CancellationToken.None));
        var read = output.ReadAsync(CancellationToken.None).AsTask();
        Assert.False(read.IsCompleted);
        output.Write("\uDE00b");
        Assert.Equal("\U0001F600b", await read.WaitAsync(PluginBench.Patience));
    }
}
