using System.Collections.Immutable;
using PluginMail.Filters.Checking;
using PluginMail.Filters.Evaluation;
using PluginMail.Mime;

namespace PluginMail.Filters.Vocabulary;

/// <summary>The capability "editheader" (RFC 5293). What it asks of a protected field is passed over in silence (section 6).</summary>
internal static class EditHeaderExtension
{
    private const int LongestValue = 8192;

    /// <summary>What says that no person wrote the message: a script may say so, and not deny it.</summary>
    private const string AutoSubmitted = "auto-submitted";

    private static readonly ImmutableArray<ValueReader> Candidates = [new RunReader(static run => run.Candidate)];

    public static void AddTo(VocabularyBuilder vocabulary) => vocabulary
        .Add(new Capability("editheader", "the actions addheader and deleteheader", "RFC 5293"))
        .Add(new Word("addheader", WordKind.Action, "Adds a field to the message's header.")
        {
            Reference = "RFC 5293 4",
            Capability = "editheader",
            Parameters = [new("field-name", ValueKind.Text), new("value", ValueKind.Text)],
            Tags = [new("last", "at the end of the header instead of its beginning")],
            Check = CheckName,
            CompileCommand = Add,
        })
        .Add(new Word("deleteheader", WordKind.Action, "Removes fields from the message's header.")
        {
            Reference = "RFC 5293 5",
            Capability = "editheader",
            Parameters = [new("field-name", ValueKind.Text), new("value-patterns", ValueKind.TextList, ValueMeaning.Key) { IsOptional = true }],
            Tags =
            [
                new("index", "only the field that it counts among those of the name") { Value = new("fieldno", ValueKind.Number) },
                new("last", "counts from the last one"),
            ],
            TakesMatch = true,
            Check = CheckDelete,
            CompileCommand = Delete,
        });

    private static AddHeaderNode Add(BoundWord word, CompileContext context) =>
        new(word.Span, word.TextAt(0), word.TextAt(1), word.Has("last"), LongestValue, context.ProtectedFields.Remove(AutoSubmitted));

    private static DeleteHeaderNode Delete(BoundWord word, CompileContext context)
    {
        int? index = word.NumberOf("index") is { } number ? (int)Math.Min(number, int.MaxValue) : null;
        var patterns = word.Arguments.Length < 2 ? null : context.Match(word, word.TextsAt(1), Candidates);
        return new(word.Span, word.TextAt(0), word.Has("last") ? -index : index, patterns, context.ProtectedFields);
    }

    private static void CheckName(BoundWord word, DiagnosticBag diagnostics)
    {
        if (word.TextAt(0) is { IsConstant: true } name && !HeaderBlock.IsFieldName(name.Constant))
        {
            diagnostics.Add(FilterCodes.BadValue, word.Arguments[0].Span, $"\"{name.Constant}\" is no name of a header field.");
        }
    }

    private static void CheckDelete(BoundWord word, DiagnosticBag diagnostics)
    {
        CheckName(word, diagnostics);
        if (word.TagOf("last") is { } last && !word.Has("index"))
        {
            diagnostics.Add(FilterCodes.MissingTag, last.Syntax.Span, "`:last` counts from the end and needs `:index` with a number.");
        }

        if (word.ValueOf("index") is BoundNumber { Value: 0 } zero)
        {
            diagnostics.Add(FilterCodes.BadValue, zero.Span, "`:index` counts from 1.");
        }
    }
}
