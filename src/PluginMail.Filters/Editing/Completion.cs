using System.Collections.Immutable;
using PluginMail.Filters.Checking;
using PluginMail.Filters.Syntax;
using PluginMail.Filters.Vocabulary;

namespace PluginMail.Filters.Editing;

/// <summary>The kinds of things that are offered, numbered as LSP 3.17 does.</summary>
internal enum CompletionKind
{
    Function = 3,
    Property = 10,
    Value = 12,
    Keyword = 14,
    Folder = 19,
}

/// <summary>Something that can be written at a place.</summary>
/// <param name="Label">What is written.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Detail">Its usage, in one line.</param>
/// <param name="Documentation">What it does.</param>
internal sealed record CompletionItem(string Label, CompletionKind Kind, string Detail, string Documentation)
{
    /// <summary>What it replaces.</summary>
    public SourceSpan Span { get; init; }

    /// <summary>A change elsewhere that it needs: the require of its extension.</summary>
    public TextEdit? Require { get; init; }
}

/// <summary>Says what can be written at a place: words by their position, tags of the word, values by their meaning.</summary>
internal static class Completion
{
    private const int MostItems = 500;

    private static readonly ImmutableArray<string> CommonHeaders =
    [
        "Bcc", "Cc", "Date", "From", "List-Id", "List-Post", "List-Unsubscribe", "Message-ID", "Precedence", "Received", "References", "Reply-To",
        "Sender", "Subject", "To", "X-Mailer", "X-Priority", "X-Spam-Flag", "X-Spam-Status",
    ];

    /// <summary>All that fits; the editor narrows it down to what is typed.</summary>
    public static IReadOnlyList<CompletionItem> At(FilterDocument document, FilterCompilerOptions options, int offset)
    {
        var vocabulary = options.Vocabulary;
        var context = CompletionContext.At(vocabulary, document.Text, offset);
        if (context.IsInComment)
        {
            return [];
        }

        var items = context.InString is { } text
            ? Values(context, options, Inside(document.Text, text))
            : Names(context, vocabulary, Prefix(document.Text, offset));
        return [.. items.Take(MostItems).Select(item => item.Item with { Require = RequireOf(item.Capability, vocabulary, document) })];
    }

    private static IEnumerable<(CompletionItem Item, string? Capability)> Names(CompletionContext context, FilterVocabulary vocabulary, SourceSpan prefix)
    {
        if (context.Expectation is Expectation.Command or Expectation.Test)
        {
            var tests = context.Expectation == Expectation.Test;
            foreach (var word in vocabulary.Words.Where(word => word.Kind == WordKind.Test == tests).OrderBy(word => word.Name, StringComparer.Ordinal))
            {
                var kind = word.Kind == WordKind.Control ? CompletionKind.Keyword : CompletionKind.Function;
                yield return (new(word.Name, kind, VocabularyDocument.Usage(vocabulary, word), word.Summary) { Span = prefix }, word.Capability);
            }
        }

        if (context.Word is not { } owner || context.Expectation == Expectation.Nothing || context.Expectation == Expectation.Command)
        {
            yield break;
        }

        foreach (var tag in vocabulary.TagsOf(owner))
        {
            var detail = tag.Value is { } value ? $":{tag.Name} <{value.Name}>" : $":{tag.Name}";
            yield return (new($":{tag.Name}", CompletionKind.Property, detail, tag.Summary) { Span = prefix }, tag.Capability);
        }
    }

    private static IEnumerable<(CompletionItem Item, string? Capability)> Values(CompletionContext context, FilterCompilerOptions options, SourceSpan span)
    {
        var vocabulary = options.Vocabulary;
        if (context.Parameter is not { } parameter)
        {
            return [];
        }

        IEnumerable<(string Label, CompletionKind Kind, string Summary, string? Capability)> values = parameter.Meaning switch
        {
            ValueMeaning.Capability => vocabulary.Capabilities.Select(known => (known.Name, CompletionKind.Value, $"{known.Summary} ({known.Reference})", (string?)null)),
            ValueMeaning.Comparator => vocabulary.Comparators.Select(known => (known.Name, CompletionKind.Value, known.Reference, (string?)known.Capability)),
            ValueMeaning.EnvelopePart => vocabulary.EnvelopeParts.Select(known => (known.Name, CompletionKind.Value, known.Summary, known.Capability)),
            ValueMeaning.EnvironmentItem => vocabulary.EnvironmentItems.Select(known => (known.Name, CompletionKind.Value, known.Summary, known.Capability)),
            ValueMeaning.HeaderName => CommonHeaders.Select(name => (name, CompletionKind.Value, "a header field", (string?)null)),
            ValueMeaning.AddressHeaderName => CommonHeaders.Where(name => !HeaderNames.HoldsNoAddresses(name))
                .Select(name => (name, CompletionKind.Value, "a header field that holds addresses", (string?)null)),
            ValueMeaning.Folder => Folders(options),
            ValueMeaning.FolderOrAddress => Folders(options).Concat(Addresses(options)),
            ValueMeaning.Address => Addresses(options),
            ValueMeaning.Key when context.Word is { TakesAddressPart: true } => Addresses(options).Concat(Lists(options)),
            _ when parameter.Name is "ext-list-name" or "ext-list-names" => Lists(options),
            _ => parameter.Allowed.Select(allowed => (allowed, CompletionKind.Value, parameter.Name, (string?)null)),
        };
        return values.Select(value => (new CompletionItem(value.Label, value.Kind, "", value.Summary) { Span = span }, value.Capability));
    }

    private static IEnumerable<(string Label, CompletionKind Kind, string Summary, string? Capability)> Folders(FilterCompilerOptions options) =>
        (options.Mailbox?.Folders ?? ["INBOX"]).Select(name => (name, CompletionKind.Folder, "a folder of the mailbox", (string?)null));

    private static IEnumerable<(string Label, CompletionKind Kind, string Summary, string? Capability)> Addresses(FilterCompilerOptions options) =>
        (options.Mailbox?.Addresses ?? []).Select(address => (address, CompletionKind.Value, "an address of the mailbox", (string?)null));

    private static IEnumerable<(string Label, CompletionKind Kind, string Summary, string? Capability)> Lists(FilterCompilerOptions options) =>
        (options.Mailbox?.Lists ?? []).Select(list => (list, CompletionKind.Value, "a list of the server", (string?)null));

    /// <summary>The name that is being typed, its colon included.</summary>
    private static SourceSpan Prefix(SourceText text, int offset)
    {
        var start = offset;
        while (start > 0 && (char.IsAsciiLetterOrDigit((char)text.Octets[start - 1]) || text.Octets[start - 1] == '_'))
        {
            start--;
        }

        return SourceSpan.Between(start > 0 && text.Octets[start - 1] == ':' ? start - 1 : start, offset);
    }

    /// <summary>What stands between the quotes; of a string that is not closed, up to the end of what was typed.</summary>
    private static SourceSpan Inside(SourceText text, SourceSpan quoted)
    {
        var isClosed = quoted.Length > 1 && text.Octets[quoted.End - 1] == '"';
        return SourceSpan.Between(quoted.Start + 1, isClosed ? quoted.End - 1 : quoted.End);
    }

    private static TextEdit? RequireOf(string? capability, FilterVocabulary vocabulary, FilterDocument document) =>
        capability is null || vocabulary.Capabilities.Any(known => known.Name == capability && known.IsOptional)
            ? null
            : Requirements.FixFor(capability, document.Compilation.Syntax);
}
