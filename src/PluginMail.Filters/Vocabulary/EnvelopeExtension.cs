using PluginMail.Filters.Evaluation;

namespace PluginMail.Filters.Vocabulary;

/// <summary>The capability "envelope" (RFC 5228 5.4).</summary>
internal static class EnvelopeExtension
{
    public static EnvelopePart From { get; } = new("from", "the reverse-path; the null one is empty") { Extract = static envelope => envelope.From };

    public static EnvelopePart To { get; } = new("to", "the recipient this delivery is for") { Extract = static envelope => envelope.To };

    /// <summary>The recipient before aliases; plain words see it.</summary>
    public static EnvelopePart OriginalTo { get; } = new("orig_to", "the recipient before aliases") { Extract = static envelope => envelope.OriginalTo };

    public static void AddTo(VocabularyBuilder vocabulary)
    {
        vocabulary.EnvelopeParts.AddRange([From, To]);
        vocabulary
            .Add(new Capability("envelope", "the test envelope", "RFC 5228 5.4"))
            .Add(new Word("envelope", WordKind.Test, "Matches addresses of the envelope, source routes dropped.")
            {
                Reference = "RFC 5228 5.4",
                Capability = "envelope",
                Parameters =
                [
                    new("envelope-part", ValueKind.TextList, ValueMeaning.EnvelopePart),
                    new("key-list", ValueKind.TextList, ValueMeaning.Key),
                ],
                TakesMatch = true,
                TakesAddressPart = true,
                NeedsEnvelope = static _ => true,
                CompileTest = static (word, context) => context.Match(
                    word, word.TextsAt(1), word.TextsAt(0), name => [new EnvelopeSource(context.EnvelopePart(name), word.AddressPart!)]),
            });
    }
}
