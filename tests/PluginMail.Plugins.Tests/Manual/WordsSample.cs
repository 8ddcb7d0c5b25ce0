using System.Collections.Immutable;
using PluginMail.Abstractions;

namespace PluginMail.Plugins.Tests.Manual;

// sample: Vocabulary
internal sealed class LengthWords : IFilterVocabulary
{
    // In a script: if lines :over 200 { mark_long :as "long"; }
    public ImmutableArray<FilterTest> Tests { get; } =
    [
        new(
            "lines",
            "Whether the message has more lines than that.",
            [new FilterParameter(":over", FilterArgumentType.Number, IsRequired: true, "Lines")],
            IsPure: true,
            async (message, arguments, cancellationToken) =>
            {
                using var reader = new StreamReader(message.OpenRaw());
                long lines = 0;
                while (await reader.ReadLineAsync(cancellationToken) is not null)
                {
                    lines++;
                }

                return lines > arguments.Numbers[":over"];
            }),
    ];

    public ImmutableArray<FilterAction> Actions { get; } =
    [
        new(
            "mark_long",
            "Adds X-Length.",
            [new FilterParameter(":as", FilterArgumentType.Text, IsRequired: true, "The field's value")],
            CancelsKeep: false,
            (message, arguments, cancellationToken) => new(Verdict.Apply(new HeaderEdit.Add("X-Length", arguments.Texts[":as"][0])))),
    ];
}
// end sample
