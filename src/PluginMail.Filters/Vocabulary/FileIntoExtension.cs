using PluginMail.Filters.Checking;
using PluginMail.Filters.Evaluation;

namespace PluginMail.Filters.Vocabulary;

/// <summary>The capability "fileinto" (RFC 5228 4.1).</summary>
internal static class FileIntoExtension
{
    public static void AddTo(VocabularyBuilder vocabulary) => vocabulary
        .Add(new Capability("fileinto", "the action fileinto", "RFC 5228 4.1"))
        .Add(new Word("fileinto", WordKind.Action, "Files the message in a folder.")
        {
            Reference = "RFC 5228 4.1",
            Capability = "fileinto",
            Parameters = [new("mailbox", ValueKind.Text, ValueMeaning.Folder)],
            CompileCommand = static (word, _) => FileInto(word),
        });

    private static ActionNode FileInto(BoundWord word)
    {
        var folder = word.TextAt(0);
        var copy = word.Has("copy");
        var at = word.Span;
        var tags = new FilingTags(word);
        return new(word.Span, run => run.Folder(folder, at) is { } name ? tags.Apply(run, name) with { IsCopy = copy } : null);
    }
}
