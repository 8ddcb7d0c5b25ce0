using System.Collections.Immutable;
using PluginMail.Filters.Checking;
using PluginMail.Filters.Evaluation;

namespace PluginMail.Filters.Vocabulary;

/// <summary>The plain words that are tests: rows over the same sources and nodes as the standard ones.</summary>
internal static class PlainTests
{
    public const string Capability = "vnd.pluginmail.plain";
    public const string Reference = "plain words";
    private const string SourceGroup = "source";

    public static void AddTo(VocabularyBuilder vocabulary) => vocabulary
        .Add(new Capability(Capability, "the plain words; they need no require", Reference) { IsOptional = true })
        .Add(CoreTests.AllOf("all", Reference))
        .Add(CoreTests.AnyOf("any", Reference))
        .Add(CoreTests.Constant("always", value: true, "Always true.", Reference))
        .Add(Text("subject", "Matches the decoded subject.", Subject) with
        {
            Tags = [new("base", "without Re:, Fwd: and their like at its beginning")],
        })
        .Add(Text("sender", "Matches the addresses of the From header.", Sender) with
        {
            TakesAddressPart = true,
            Tags = [new("envelope", "the envelope's sender instead") { Group = SourceGroup }],
            NeedsEnvelope = static word => word.Has("envelope"),
            Check = CheckNames,
        })
        .Add(Text("recipient", "Matches the addresses of To and Cc, the envelope's recipient and the one before aliases.", Recipient) with
        {
            TakesAddressPart = true,
            Tags =
            [
                new("header", "only To and Cc") { Group = SourceGroup },
                new("envelope", "only the envelope") { Group = SourceGroup },
            ],
            NeedsEnvelope = static word => word.Has("envelope"),
            Check = CheckNames,
        })
        .Add(new Word("direction", WordKind.Test, "True for mail that comes in, or that the mailbox's owner is sending; outgoing mail is seen only inside this test.")
        {
            Reference = Reference,
            Parameters = [new("direction", ValueKind.TextList) { Allowed = ["incoming", "outgoing"] }],
            CompileTest = static (word, _) => new DirectionNode(word.Span, Includes(word, "incoming"), Includes(word, "outgoing")),
        });

    private static bool Includes(BoundWord word, string direction) =>
        word.TextsAt(0).Any(text => text.Constant.Equals(direction, StringComparison.OrdinalIgnoreCase));

    private static Word Text(string name, string summary, Func<BoundWord, ImmutableArray<ValueSource>> sources) =>
        new(name, WordKind.Test, summary)
        {
            Reference = Reference,
            Parameters = [new("key-list", ValueKind.TextList, ValueMeaning.Key)],
            TakesMatch = true,
            DefaultMatchType = "strict",
            DefaultComparator = "i;unicode-casemap",
            CaseComparator = "normalized",
            CompileTest = (word, context) => context.Match(word, word.TextsAt(0), sources(word)),
        };

    private static ImmutableArray<ValueSource> Subject(BoundWord word) =>
        word.Has("base") ? [new BaseSubjectSource()] : [new HeaderSource("subject")];

    private static ImmutableArray<ValueSource> Sender(BoundWord word) => word.Has("envelope")
        ? [new EnvelopeSource(EnvelopeExtension.From, word.AddressPart!)]
        : [new HeaderAddressSource("from", word.AddressPart!)];

    private static ImmutableArray<ValueSource> Recipient(BoundWord word)
    {
        ImmutableArray<ValueSource> header =
            [new HeaderAddressSource("to", word.AddressPart!), new HeaderAddressSource("cc", word.AddressPart!)];
        ImmutableArray<ValueSource> envelope =
        [
            new EnvelopeSource(EnvelopeExtension.To, word.AddressPart!),
            new EnvelopeSource(EnvelopeExtension.OriginalTo, word.AddressPart!),
        ];
        return word.Has("header") ? header : word.Has("envelope") ? envelope : header.AddRange(envelope);
    }

    private static void CheckNames(BoundWord word, DiagnosticBag diagnostics)
    {
        if (word.Has("envelope") && word.TagOf("name") is { } name)
        {
            diagnostics.Add(
                FilterCodes.ConflictingTags, name.Syntax.Span, "The envelope holds no names: :name and :envelope exclude each other.",
                related: [new(word.TagOf("envelope")!.Syntax.Span, "the envelope is asked for here")]);
        }
    }
}
