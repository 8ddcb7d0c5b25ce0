namespace PluginMail.Server.Tests;

/// <summary>How far an operation is, as it is shown.</summary>
public sealed class ProgressLineTests
{
    [Theory]
    [InlineData(true, false, "{\"done\":500,\"total\":900}\n{\"done\":900,\"total\":900}\n")]
    [InlineData(false, true, "\r500 of 900\r900 of 900\n")]
    [InlineData(false, false, "")]
    public async Task It_is_for_programs_for_terminals_or_for_nobody(bool asJson, bool isTerminal, string shown)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using (var line = new ProgressLine(output, asJson, isTerminal))
        {
            await line.ShowAsync(new AdminProgress(500, 900), CancellationToken.None);
            await line.ShowAsync(new AdminProgress(900, 900), CancellationToken.None);
        }

        Assert.Equal(shown, output.ToString());
    }
}
