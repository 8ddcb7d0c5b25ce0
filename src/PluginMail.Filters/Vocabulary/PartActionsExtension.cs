using PluginMail.Filters.Checking;
using PluginMail.Filters.Evaluation;
using PluginMail.Mime;

namespace PluginMail.Filters.Vocabulary;

/// <summary>The capabilities "replace" and "enclose" (RFC 5703 5, 6).</summary>
internal static class PartActionsExtension
{
    private const int LongestSubject = 400;
    private const int MostHeaders = 50;

    public static void AddTo(VocabularyBuilder vocabulary) => vocabulary
        .Add(new Capability("replace", "the action replace", "RFC 5703 5"))
        .Add(new Capability("enclose", "the action enclose", "RFC 5703 6"))
        .Add(new Word("replace", WordKind.Action, "Puts a text in the place of the message, or of the part that a loop is at.")
        {
            Reference = "RFC 5703 5",
            Capability = "replace",
            Parameters = [new("replacement", ValueKind.Text)],
            Tags =
            [
                new("mime", "the replacement is a MIME entity with its header"),
                new("subject", "the new subject of the message") { Value = new("subject", ValueKind.Text) },
                new("from", "the new author of the message") { Value = new("from", ValueKind.Text) },
            ],
            Check = CheckReplace,
            CompileCommand = static (word, _) => Replace(word),
        })
        .Add(new Word("enclose", WordKind.Action, "Makes the message an attachment of a new one.")
        {
            Reference = "RFC 5703 6",
            Capability = "enclose",
            Parameters = [new("text", ValueKind.Text)],
            Tags =
            [
                new("subject", "the new subject") { Value = new("subject", ValueKind.Text) },
                new("headers", "fields that are copied to the new message") { Value = new("headers", ValueKind.TextList, ValueMeaning.HeaderName) },
            ],
            CompileCommand = static (word, _) => Enclose(word),
        });

    private static ChangeNode Replace(BoundWord word)
    {
        var text = word.TextAt(0);
        var subject = word.TextOf("subject");
        var from = word.TextOf("from");
        var isMime = word.Has("mime");
        return new(word.Span, run =>
        {
            var part = run.Part is { } inner && run.Input.Parts.Root is { } root && inner != root ? PartPath.Of(root, inner) : null;
            return new MessageChange.Replace(text.Text(run))
            {
                IsMime = isMime,
                Subject = part is null ? OneLine(subject?.Text(run)) : null,
                From = part is null && from?.Text(run) is { } author && IsAddress(author) ? author : null,
                Part = part,
            };
        });
    }

    private static ChangeNode Enclose(BoundWord word)
    {
        var text = word.TextAt(0);
        var subject = word.TextOf("subject");
        var headers = word.TextsOf("headers");
        return new(word.Span, run => new MessageChange.Enclose(text.Text(run))
        {
            Subject = OneLine(subject?.Text(run)),
            Author = run.Input.Envelope.OwnerAddresses is [var owner, ..] ? owner : run.Input.Envelope.To ?? "",
            Date = run.Input.Now,
            Headers = [.. headers.Take(MostHeaders).Select(name => name.Text(run))],
        });
    }

    private static void CheckReplace(BoundWord word, DiagnosticBag diagnostics)
    {
        if (word.TextOf("from") is { IsConstant: true } from && !IsAddress(from.Constant))
        {
            diagnostics.Add(FilterCodes.BadAddress, word.TagOf("from")!.Value!.Span, $"`:from` needs a mail address such as \"Name <name@example.org>\", not \"{from.Constant}\".");
        }
    }

    private static bool IsAddress(string text) =>
        !text.AsSpan().ContainsAny('\r', '\n', '\0')
        && AddressParser.Parse(text, 10) is { Count: > 0 } addresses && addresses.All(address => address is { IsValid: true, IsGroup: false });

    private static string? OneLine(string? text)
    {
        if (text is null)
        {
            return null;
        }

        var line = string.Concat(text.Select(character => char.IsControl(character) ? ' ' : character)).Trim();
        return line.Length <= LongestSubject ? line : line[..LongestSubject];
    }
}
