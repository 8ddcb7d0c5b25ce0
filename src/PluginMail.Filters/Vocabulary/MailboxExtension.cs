using PluginMail.Filters.Checking;
using PluginMail.Filters.Evaluation;

namespace PluginMail.Filters.Vocabulary;

/// <summary>What scripts can know of folders: "mailbox" (RFC 5490), "special-use" (RFC 8579) and "mailboxid" (RFC 9042).</summary>
internal static class MailboxExtension
{
    public static void AddTo(VocabularyBuilder vocabulary) => vocabulary
        .Add(new Capability("mailbox", "the test mailboxexists and the tag :create of fileinto", "RFC 5490 3"))
        .AddTag("fileinto", new("create", "makes the folder where it is missing") { Capability = "mailbox" })
        .Add(new Word("mailboxexists", WordKind.Test, "True when all of the folders exist.")
        {
            Reference = "RFC 5490 3.1",
            Capability = "mailbox",
            Parameters = [new("mailbox-names", ValueKind.TextList, ValueMeaning.Folder)],
            CompileTest = static (word, _) => Every(word, 0, static (host, name, cancellation) => host.MailboxExistsAsync(name, cancellation)),
        })
        .Add(new Capability("special-use", "the test specialuse_exists and the tag :specialuse of fileinto", "RFC 8579"))
        .AddTag("fileinto", new("specialuse", "the folder with this special use, where there is one")
        {
            Capability = "special-use",
            Value = new("special-use-attr", ValueKind.Text),
        })
        .Add(new Word("specialuse_exists", WordKind.Test, "True when folders have all of the special uses.")
        {
            Reference = "RFC 8579 3",
            Capability = "special-use",
            Parameters = [new("mailbox", ValueKind.Text, ValueMeaning.Folder), new("special-use-attrs", ValueKind.TextList)],
            IsFirstOptional = true,
            CompileTest = static (word, _) => SpecialUse(word),
        })
        .Add(new Capability("mailboxid", "the test mailboxidexists and the tag :mailboxid of fileinto", "RFC 9042"))
        .AddTag("fileinto", new("mailboxid", "the folder with this identifier, where there is one")
        {
            Capability = "mailboxid",
            Value = new("mailbox-id", ValueKind.Text),
        })
        .Add(new Word("mailboxidexists", WordKind.Test, "True when folders have all of the identifiers.")
        {
            Reference = "RFC 9042 3",
            Capability = "mailboxid",
            Parameters = [new("mailbox-ids", ValueKind.TextList)],
            CompileTest = static (word, _) => Every(word, 0, static (host, id, cancellation) => host.MailboxIdExistsAsync(id, cancellation)),
        });

    /// <summary>A test that is true where the host says yes to every string of an argument.</summary>
    public static HostTestNode Every(BoundWord word, int argument, Func<IFilterHost, string, CancellationToken, ValueTask<bool>> ask)
    {
        var texts = word.TextsAt(argument);
        return new(word.Span, run =>
        {
            foreach (var text in texts)
            {
                var value = text.Text(run);
                if (!run.AskHost(word.Span, word.Word.Name, value, (host, cancellation) => ask(host, value, cancellation)))
                {
                    return false;
                }
            }

            return true;
        });
    }

    private static HostTestNode SpecialUse(BoundWord word)
    {
        var mailbox = word.TextsAt(0) is [var name] ? name : null;
        var uses = word.TextsAt(1);
        return new(word.Span, run =>
        {
            var folder = mailbox?.Text(run);
            foreach (var text in uses)
            {
                var use = text.Text(run);
                if (!run.AskHost(
                    word.Span, word.Word.Name, $"{folder}\0{use}", (host, cancellation) => host.SpecialUseExistsAsync(folder, use, cancellation)))
                {
                    return false;
                }
            }

            return true;
        });
    }
}
