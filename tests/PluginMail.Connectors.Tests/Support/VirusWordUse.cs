using System.Collections.Immutable;
using PluginMail.Abstractions;
using PluginMail.Testing.Plugins;

namespace PluginMail.Connectors.Tests.Support;

/// <summary>The test <c>virus</c> of filters, used with one argument or none.</summary>
internal static class VirusWordUse
{
    private static readonly FilterArguments None =
        new(ImmutableDictionary<string, ImmutableArray<string>>.Empty, ImmutableDictionary<string, long>.Empty, []);

    /// <summary>What each plugin's test says of a message with the tags of a verdict.</summary>
    /// <param name="bench">The plugins.</param>
    /// <param name="argument">As <c>:is NAME</c>; empty: none.</param>
    /// <param name="verdict">The verdict.</param>
    public static async Task<IReadOnlyList<bool>> AskAsync(PluginBench bench, string argument, Verdict verdict)
    {
        var message = new FakeMessage(FakeMessage.Plain.Content) { Tags = [.. verdict.Effects.OfType<Effect.Tag>().Select(tag => tag.Name)] };
        var arguments = argument.Split(' ') is [var name, var key] ? None with { Texts = None.Texts.Add(name, [key]) } : None;
        var answers = new List<bool>();
        foreach (var word in bench.Roles.FilterVocabularies.SelectMany(row => row.Vocabulary.Tests).Where(test => test.Name == "virus"))
        {
            answers.Add(await word.Evaluate(message, arguments, CancellationToken.None));
        }

        return answers;
    }
}
