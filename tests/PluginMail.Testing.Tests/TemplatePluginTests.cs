using PluginMail.Abstractions;
using PluginMail.Testing;

namespace PluginMail.Template.Tests;

/// <summary>The plugin on a host without a server.</summary>
public sealed class TemplatePluginTests
{
    [Theory]
    [InlineData("Subject: You won the lottery\r\n\r\n", true)]
    [InlineData("Subject: =?utf-8?B?bG90dGVyeQ==?=\r\n\r\n", true)]
    [InlineData("Subject: hello\r\n\r\nlottery\r\n", false)]
    public async Task A_word_in_the_subject_scores(string text, bool scores)
    {
        await using var host = new TestHost("points = 4");
        await host.StartAsync(new TemplatePlugin());
        Assert.Empty(host.SettingsProblems);
        using var message = TestMessage.Parse(text);
        var verdict = await host.Role<IMessageCheck>().CheckAsync(message, CancellationToken.None);
        Assert.Equal<Effect>(scores ? [new Effect.Score(4, "SUBJECT_WORD")] : [], verdict.Effects.AsEnumerable());
        Assert.Equal(scores, host.Log.Any(line => line.Contains("has a word in its subject", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("words = []", "a list of words")]
    [InlineData("points = 1000", "points")]
    [InlineData("wrods = [\"x\"]", "wrods")]
    public async Task Wrong_settings_are_told(string settings, string problem)
    {
        await using var host = new TestHost(settings);
        await host.StartAsync(new TemplatePlugin());
        Assert.Contains(problem, Assert.Single(host.SettingsProblems), StringComparison.Ordinal);
    }
}
