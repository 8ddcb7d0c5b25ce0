using System.Text;

namespace PluginMail.Server.Tests;

/// <summary>What an operation writes while it runs, as it is shown.</summary>
public sealed class OutputPrinterTests
{
    [Fact]
    public async Task It_is_printed_at_once_and_its_last_line_ended()
    {
        using var output = new MemoryStream();
        await using (var printer = new OutputPrinter(output, gathers: false))
        {
            await printer.ShowAsync(new AdminProgress(0, 0) { Output = "one\n€" }, CancellationToken.None);
            Assert.Equal("one\n€", Encoding.UTF8.GetString(output.ToArray()));
            await printer.ShowAsync(new AdminProgress(1, 2), CancellationToken.None);
            Assert.Null(printer.Gathered);
        }

        Assert.Equal("one\n€\n", Encoding.UTF8.GetString(output.ToArray()));
    }

    [Fact]
    public async Task For_JSON_it_is_gathered_within_bounds()
    {
        using var output = new MemoryStream();
        await using var printer = new OutputPrinter(output, gathers: true);
        await printer.ShowAsync(new AdminProgress(0, 0) { Output = "one" }, CancellationToken.None);
        Assert.Equal("one", printer.Gathered);
        await printer.ShowAsync(new AdminProgress(0, 0) { Output = new string('x', OutputPrinter.MostGathered) }, CancellationToken.None);
        Assert.EndsWith("x\n… (output cut: more than fits into one value of JSON)\n", printer.Gathered, StringComparison.Ordinal);
        Assert.Equal(0, output.Length);
    }
}
