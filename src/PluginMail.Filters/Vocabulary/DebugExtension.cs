using PluginMail.Filters.Evaluation;
using PluginMail.Filters.Syntax;

namespace PluginMail.Filters.Vocabulary;

/// <summary>The capability "vnd.dovecot.debug" of Pigeonhole: debug_log writes into the trace.</summary>
internal static class DebugExtension
{
    public static void AddTo(VocabularyBuilder vocabulary) => vocabulary
        .Add(new Capability("vnd.dovecot.debug", "the command debug_log", "Pigeonhole"))
        .Add(new Word("debug_log", WordKind.Control, "Puts a remark into the trace.")
        {
            Reference = "Pigeonhole",
            Capability = "vnd.dovecot.debug",
            Parameters = [new("message", ValueKind.Text)],
            CompileCommand = static (word, _) => new DebugNode(word.Span, word.TextAt(0)),
        });

    private sealed class DebugNode(SourceSpan span, StringExpression message) : CommandNode(span)
    {
        protected override Flow Perform(FilterRun run)
        {
            run.Trace?.Note(Span, message.Text(run));
            return Flow.Next;
        }
    }
}
