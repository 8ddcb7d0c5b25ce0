using PluginMail.Filters.Checking;
using PluginMail.Filters.Evaluation;
using PluginMail.Filters.Tests.Support;
using static PluginMail.Filters.Tests.Support.Scripts;

namespace PluginMail.Filters.Tests;

/// <summary>Scripts one after another.</summary>
public sealed class SequenceTests
{
    private static async Task<FilterResult> Run(params string[] scripts) =>
        await FilterSequence.RunAsync([.. scripts.Select(Compile)], new(new TestMessage(MessageA), Envelope));

    [Theory]
    [InlineData("implicit keep")]
    [InlineData("discard", "discard;", "keep;")]
    [InlineData("keep", "keep;", "keep;")]
    [InlineData("discard", "keep;", "discard;")]
    [InlineData("implicit keep", "stop;", "stop;")]
    [InlineData("fileinto :copy \"A\"; fileinto \"B\"", "copy \"A\";", "move \"B\";", "move \"C\";")]
    [InlineData("fileinto :copy \"A\"; implicit keep", "copy \"A\";", "copy \"A\";")]
    [InlineData("fileinto :copy \"A\"; fileinto :copy \"B\"; keep", "copy \"A\";", "copy \"B\"; keep;")]
    public async Task Each_script_runs_while_the_message_is_kept(string expected, params string[] scripts) =>
        Assert.Equal(expected, string.Join("; ", (await Run(scripts)).Effects));

    [Fact]
    public async Task An_error_ends_the_sequence_and_keeps_the_message()
    {
        var tooMany = string.Concat(Enumerable.Range(0, 6).Select(i => $"redirect \"a{i}@example.org\";"));
        var result = await Run("copy \"A\";", tooMany, "discard;");
        Assert.Equal(FilterCodes.TooManyRedirects, result.Error?.Code);
        Assert.Equal("fileinto :copy \"A\"; implicit keep", string.Join("; ", result.Effects));
    }
}
