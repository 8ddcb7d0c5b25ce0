using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Testing.Plugins;

namespace PluginMail.Plugins.Tests.Manual;

/// <summary>The template plugin, loaded as the server loads it.</summary>
public sealed class TemplateTests
{
    [Theory]
    [InlineData("You won the LOTTERY", true)]
    [InlineData("Lunch", false)]
    public async Task A_word_in_the_subject_gives_points_and_a_tag(string subject, bool found)
    {
        await using var bench = new PluginBench();
        Assert.Empty(await bench.ApplyAsync(DictionarySettings.For("template", ("points", 4.0), ("tag", "words"))));
        var message = FakeMessage.FromText($"Subject: {subject}\r\n\r\nlottery\r\n");
        var answer = await bench.Roles.MessageChecks[0].AskAsync(message, CancellationToken.None);
        Effect[] expected = found ? [new Effect.Score(4, "SUBJECT_WORD"), new Effect.Tag("words")] : [];
        Assert.Equal(expected, answer.Value.Effects.ToArray());
        Assert.Equal(
            found, bench.Loggers.Lines.Contains(("plugins.template.subject", LogLevel.Information, "t1 has a word in its subject", null)));
    }

    [Theory]
    [InlineData("points", 1000.0)]
    [InlineData("words", new string[0])]
    [InlineData("wrods", "x")]
    public async Task Impossible_settings_are_refused(string key, object value)
    {
        await using var bench = new PluginBench();
        Assert.Contains(key, Assert.Single(await bench.ApplyAsync(DictionarySettings.For("template", (key, value)))), StringComparison.Ordinal);
    }
}
