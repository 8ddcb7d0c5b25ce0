using PluginMail.Filters.Checking;
using PluginMail.Filters.Evaluation;

namespace PluginMail.Filters.Vocabulary;

/// <summary>The capabilities "mboxmetadata" and "servermetadata" (RFC 5490 4 and 5): annotations of folders and of the server.</summary>
internal static class MetadataExtension
{
    private static readonly Parameter Mailbox = new("mailbox", ValueKind.Text, ValueMeaning.Folder);
    private static readonly Parameter Annotation = new("annotation-name", ValueKind.Text);
    private static readonly Parameter Annotations = new("annotation-names", ValueKind.TextList);
    private static readonly Parameter Keys = new("key-list", ValueKind.TextList, ValueMeaning.Key);

    public static void AddTo(VocabularyBuilder vocabulary) => vocabulary
        .Add(new Capability("mboxmetadata", "annotations of folders", "RFC 5490 4"))
        .Add(new Capability("servermetadata", "annotations of the server", "RFC 5490 5"))
        .Add(new Word("metadata", WordKind.Test, "Matches an annotation of a folder.")
        {
            Reference = "RFC 5490 4.1",
            Capability = "mboxmetadata",
            Parameters = [Mailbox, Annotation, Keys],
            TakesMatch = true,
            CompileTest = static (word, context) => context.Match(word, word.TextsAt(2), [Reader(word, word.TextAt(0), word.TextAt(1))]),
        })
        .Add(new Word("metadataexists", WordKind.Test, "True when a folder has all of the annotations.")
        {
            Reference = "RFC 5490 4.2",
            Capability = "mboxmetadata",
            Parameters = [Mailbox, Annotations],
            CompileTest = static (word, _) => Exists(word, word.TextAt(0), 1),
        })
        .Add(new Word("servermetadata", WordKind.Test, "Matches an annotation of the server.")
        {
            Reference = "RFC 5490 5.1",
            Capability = "servermetadata",
            Parameters = [Annotation, Keys],
            TakesMatch = true,
            CompileTest = static (word, context) => context.Match(word, word.TextsAt(1), [Reader(word, null, word.TextAt(0))]),
        })
        .Add(new Word("servermetadataexists", WordKind.Test, "True when the server has all of the annotations.")
        {
            Reference = "RFC 5490 5.2",
            Capability = "servermetadata",
            Parameters = [Annotations],
            CompileTest = static (word, _) => Exists(word, null, 0),
        });

    private static RunReader Reader(BoundWord word, StringExpression? mailbox, StringExpression annotation) =>
        new(run => Value(run, word, mailbox?.Text(run), annotation.Text(run)) is { } text ? [new(text)] : [], waits: true);

    private static HostTestNode Exists(BoundWord word, StringExpression? mailbox, int argument)
    {
        var names = word.TextsAt(argument);
        return new(word.Span, run => names.All(name => Value(run, word, mailbox?.Text(run), name.Text(run)) is not null));
    }

    private static string? Value(FilterRun run, BoundWord word, string? mailbox, string annotation) => run.AskHostForText(
        word.Span, "metadata", mailbox is null ? annotation : $"{mailbox}\0{annotation}",
        (host, cancellation) => host.GetMetadataAsync(mailbox, annotation, cancellation));
}
