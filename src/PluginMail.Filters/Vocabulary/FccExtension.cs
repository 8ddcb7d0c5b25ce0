using PluginMail.Filters.Checking;
using PluginMail.Filters.Evaluation;

namespace PluginMail.Filters.Vocabulary;

/// <summary>The capability "fcc" (RFC 8580): a copy of what vacation and notify send is filed in a folder.</summary>
internal static class FccExtension
{
    public static void AddTo(VocabularyBuilder vocabulary)
    {
        vocabulary.Add(new Capability("fcc", "the tag :fcc of vacation and notify", "RFC 8580"));
        foreach (var word in (string[])["vacation", "notify"])
        {
            vocabulary
                .AddTag(word, new("fcc", "files a copy of what is sent in this folder")
                {
                    Capability = "fcc",
                    Value = new("mailbox", ValueKind.Text, ValueMeaning.Folder),
                })
                .AddTag(word, new("create", "makes the folder of :fcc where it is missing") { Capability = "mailbox" })
                .AddTag(word, new("flags", "the flags of the copy") { Capability = "imap4flags", Value = new("flags", ValueKind.TextList) })
                .AddTag(word, new("specialuse", "the folder of :fcc has this special use, where there is one")
                {
                    Capability = "special-use",
                    Value = new("special-use-attr", ValueKind.Text),
                })
                .AddTag(word, new("mailboxid", "the folder of :fcc has this identifier, where there is one")
                {
                    Capability = "mailboxid",
                    Value = new("mailbox-id", ValueKind.Text),
                });
        }
    }

    /// <summary>The filing that a word's tags ask for; null where they ask for none.</summary>
    public static Func<FilterRun, FilterEffect.FileInto?> Of(BoundWord word)
    {
        if (word.TextOf("fcc") is not { } folder)
        {
            return static _ => null;
        }

        var tags = new FilingTags(word);
        var at = word.Span;
        return run => run.Folder(folder, at) is { } name ? tags.Apply(run, name) : null;
    }

    /// <summary>Warns of tags that say where a copy goes that is not asked for.</summary>
    public static void Check(BoundWord word, DiagnosticBag diagnostics)
    {
        if (!word.Has("fcc") && word.Tags.FirstOrDefault(tag => tag.Signature.Name is "create" or "flags" or "specialuse" or "mailboxid") is { } lone)
        {
            diagnostics.Add(FilterCodes.MissingTag, lone.Syntax.Span, $"`:{lone.Signature.Name}` says more about the copy of `:fcc`, which is missing.");
        }
    }
}
