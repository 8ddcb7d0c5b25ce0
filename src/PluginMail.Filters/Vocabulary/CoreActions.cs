using PluginMail.Filters.Evaluation;

namespace PluginMail.Filters.Vocabulary;

/// <summary>Action commands of RFC 5228 section 4 that need no capability.</summary>
internal static class CoreActions
{
    public static void AddTo(VocabularyBuilder vocabulary) => vocabulary
        .Add(new Word("keep", WordKind.Action, "Files the message in the mailbox's INBOX.")
        {
            Reference = "RFC 5228 4.3",
            CompileCommand = static (word, _) => Keep(word),
        })
        .Add(new Word("discard", WordKind.Action, "Cancels the implicit keep; other actions still happen.")
        {
            Reference = "RFC 5228 4.4",
            CompileCommand = static (word, _) => new ActionNode(word.Span, static _ => new FilterEffect.Discard()),
        })
        .Add(new Word("redirect", WordKind.Action, "Sends the message on to another address.")
        {
            Reference = "RFC 5228 4.2",
            Parameters = [new("address", ValueKind.Text, ValueMeaning.Address)],
            CompileCommand = static (word, _) => Redirect(word),
        });

    private static ActionNode Keep(Checking.BoundWord word)
    {
        var tags = new FilingTags(word);
        return new(word.Span, run => new FilterEffect.Keep { Flags = tags.Flags(run) });
    }

    private static ActionNode Redirect(Checking.BoundWord word)
    {
        var address = word.TextAt(0);
        var copy = word.Has("copy");
        var at = word.Span;
        if (word.Has("list"))
        {
            return new(word.Span, run => new FilterEffect.Redirect(address.Text(run)) { IsList = true, IsCopy = copy });
        }

        return new(word.Span, run => run.Address(address, at) is { } to ? new FilterEffect.Redirect(to) { IsCopy = copy } : null);
    }
}
