using PluginMail.Filters.Evaluation;
using PluginMail.Filters.Syntax;
using PluginMail.Filters.Vocabulary;

namespace PluginMail.Filters.Editing;

/// <summary>The documentation of what stands at a place.</summary>
/// <param name="Markdown">The text.</param>
/// <param name="Span">What it is about.</param>
internal sealed record HoverText(string Markdown, SourceSpan Span);

/// <summary>Finds the word, tag or capability at a place and says from the vocabulary what it does.</summary>
internal static class Hover
{
    public static HoverText? At(FilterDocument document, FilterCompilerOptions options, int offset)
    {
        foreach (var command in document.Compilation.Syntax.Commands)
        {
            if (Contains(command.Span, offset))
            {
                return In(command, options.Vocabulary, offset, asTest: false) ?? Value(document, options, offset);
            }
        }

        return null;
    }

    // What a string is to the mailbox: a folder of it, an address, a list.
    private static HoverText? Value(FilterDocument document, FilterCompilerOptions options, int offset)
    {
        var context = CompletionContext.At(options.Vocabulary, document.Text, offset);
        if (options.Mailbox is not { } mailbox || context.InString is not { } span || context.Parameter is not { } parameter || StringAt(document, span) is not { } text)
        {
            return null;
        }

        var says = parameter.Meaning is ValueMeaning.Folder or ValueMeaning.FolderOrAddress && !MailAddress.IsAddress(text)
                ? mailbox.HasFolder(text) ? "a folder of the mailbox" : "no folder of the mailbox; it is made when a message is filed there"
            : mailbox.HasAddress(text) ? "an address of the mailbox"
            : mailbox.Lists.Contains(text) ? "a list of the server"
            : null;
        return says is null ? null : new($"`{text}`: {says}", span);
    }

    private static HoverText? In(CommandSyntax command, FilterVocabulary vocabulary, int offset, bool asTest)
    {
        var word = vocabulary.Find(command.Name, asTest);
        if (word is not null && Contains(command.NameSpan, offset))
        {
            return new(Describe(VocabularyDocument.Usage(vocabulary, word), word.Summary, word.Capability, word.Reference), command.NameSpan);
        }

        var tests = command.Tests.FirstOrDefault(test => Contains(test.Span, offset));
        if (tests is not null)
        {
            return In(tests, vocabulary, offset, asTest: true);
        }

        var inner = command.Block?.Commands.FirstOrDefault(nested => Contains(nested.Span, offset));
        return inner is not null ? In(inner, vocabulary, offset, asTest: false)
            : word is null ? null
            : command.Arguments.Where(argument => Contains(argument.Span, offset)).Select(argument => Of(argument, word, vocabulary, offset)).FirstOrDefault();
    }

    private static HoverText? Of(ArgumentSyntax argument, Word word, FilterVocabulary vocabulary, int offset)
    {
        switch (argument)
        {
            case TagSyntax written when vocabulary.TagsOf(word).FirstOrDefault(tag => tag.Name == written.Name) is { } tag:
                var usage = tag.Value is { } value ? $":{tag.Name} <{value.Name}>" : $":{tag.Name}";
                return new(Describe(usage, tag.Summary, tag.Capability, null), written.Span);
            case StringListSyntax list when list.Strings.FirstOrDefault(text => Contains(text.Span, offset)) is { } text:
                if (word.Name == "require" && vocabulary.Capabilities.FirstOrDefault(known => known.Name == text.Text) is { } capability)
                {
                    return new(Describe(capability.Name, capability.Summary, null, capability.Reference), text.Span);
                }

                return vocabulary.Comparators.FirstOrDefault(known => known.Name == text.Text) is { } comparator
                    ? new(Describe(comparator.Name, $"Compares {(comparator.HasSubstrings ? "whole values and parts of them" : "whole values only")}.", null, comparator.Reference), text.Span)
                    : null;
            default:
                return null;
        }
    }

    private static string? StringAt(FilterDocument document, SourceSpan span)
    {
        var text = document.Text.Slice(span);
        return text.Length > 1 && text[0] == '"' && text[^1] == '"' ? text[1..^1].Replace("\\\"", "\"", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal) : null;
    }

    private static string Describe(string usage, string summary, string? capability, string? reference) =>
        $"```sieve\n{usage}\n```\n{summary}"
        + (capability is null ? "" : $"\n\nNeeds `require \"{capability}\";`")
        + (reference is null ? "" : $"\n\n{reference}");

    private static bool Contains(SourceSpan span, int offset) => span.Start <= offset && offset <= span.End;
}
