using PluginMail.Filters.Checking;
using PluginMail.Filters.Evaluation;
using PluginMail.Filters.Syntax;

namespace PluginMail.Filters.Vocabulary;

/// <summary>The plain words that are actions.</summary>
internal static class PlainActions
{
    private static Parameter Target { get; } = new("target", ValueKind.Text, ValueMeaning.FolderOrAddress);

    public static void AddTo(VocabularyBuilder vocabulary) => vocabulary
        .Add(new Word("move", WordKind.Action, "Files the message in a folder or in another mailbox instead of here, and ends the script.")
        {
            Reference = PlainTests.Reference,
            Parameters = [Target],
            Tags = [new("continue", "goes on with the script")],
            Ends = static word => !word.Has("continue"),
            CompileCommand = static (word, _) => File(word, isCopy: false, stops: !word.Has("continue")),
        })
        .Add(new Word("copy", WordKind.Action, "Files the message in a folder or in another mailbox too, and goes on.")
        {
            Reference = PlainTests.Reference,
            Parameters = [Target],
            CompileCommand = static (word, _) => File(word, isCopy: true, stops: false),
        })
        .Add(new Word("delete", WordKind.Action, "Files the message in the Trash folder, and ends the script.")
        {
            Reference = PlainTests.Reference,
            Tags = [new("forever", "throws it away")],
            Ends = static _ => true,
            CompileCommand = static (word, _) => Delete(word),
        });

    private static ActionNode File(BoundWord word, bool isCopy, bool stops)
    {
        var target = word.TextAt(0);
        var at = word.Span;
        return new(word.Span, run => Action(run, target, at, isCopy)) { Stops = stops };
    }

    private static FilterEffect? Action(FilterRun run, StringExpression target, SourceSpan at, bool isCopy) => target.Text(run) switch
    {
        var text when MailAddress.IsAddress(text) => new FilterEffect.FileIntoMailbox(text) { IsCopy = isCopy },
        _ => run.Folder(target, at) is { } folder ? new FilterEffect.FileInto(folder) { IsCopy = isCopy, Flags = run.Flags } : null,
    };

    private static ActionNode Delete(BoundWord word)
    {
        var forever = word.Has("forever");
        return new(word.Span, run => forever
            ? new FilterEffect.Discard()
            : new FilterEffect.FileInto("Trash") { SpecialUse = "\\Trash", Flags = run.Flags })
        {
            Stops = true,
        };
    }
}
