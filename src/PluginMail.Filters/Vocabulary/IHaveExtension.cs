using System.Collections.Immutable;
using PluginMail.Filters.Evaluation;
using PluginMail.Filters.Syntax;

namespace PluginMail.Filters.Vocabulary;

/// <summary>
/// The capability "ihave" (RFC 5463). What is there is known when the script is compiled, so that the test is a constant: the
/// branch that cannot run is not checked, and what the test names counts as required.
/// </summary>
internal static class IHaveExtension
{
    public static void AddTo(VocabularyBuilder vocabulary) => vocabulary
        .Add(new Capability("ihave", "the test ihave and the control error", "RFC 5463"))
        .Add(new Word("ihave", WordKind.Test, "True when all of the extensions are there; they may then be used without require.")
        {
            Reference = "RFC 5463 4",
            Capability = "ihave",
            Parameters = [new("capabilities", ValueKind.TextList) { IsConstant = true }],
            Declares = true,
            CompileTest = static (word, context) => new ConstantNode(word.Span, HasAll(word.TextsAt(0).Select(text => text.Constant), context.Vocabulary)),
        })
        .Add(new Word("error", WordKind.Control, "Ends the script with an error; the message is kept.")
        {
            Reference = "RFC 5463 5",
            Capability = "ihave",
            Parameters = [new("message", ValueKind.Text)],
            Ends = static _ => true,
            CompileCommand = static (word, _) => new ErrorNode(word.Span, word.TextAt(0)),
        });

    /// <summary>Whether all are there; those that change what strings mean cannot be switched on by a test (RFC 5463 4).</summary>
    public static bool HasAll(IEnumerable<string> capabilities, FilterVocabulary vocabulary) => capabilities.All(name =>
        vocabulary.Capabilities.Any(known => known.Name == name) && !vocabulary.Interpretations.Any(known => known.Capability == name));

    /// <summary>What an ihave test says, as far as its arguments can be read.</summary>
    public static ImmutableArray<string> CapabilitiesOf(CommandSyntax test) =>
        test.Arguments is [StringListSyntax list] ? [.. list.Strings.Select(text => text.Text)] : [];

    private sealed class ErrorNode(SourceSpan span, StringExpression message) : CommandNode(span)
    {
        protected override Flow Perform(FilterRun run)
        {
            if (run.Acts)
            {
                run.Fail(Checking.FilterCodes.ScriptError, message.Text(run), Span);
            }

            return Flow.Next;
        }
    }
}
