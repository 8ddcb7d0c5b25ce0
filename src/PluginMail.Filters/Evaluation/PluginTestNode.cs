using PluginMail.Abstractions;
using PluginMail.Filters.Syntax;

namespace PluginMail.Filters.Evaluation;

/// <summary>
/// A test of a plugin, which may have to wait. A run never waits: it ends there, the answer is fetched, and the script is
/// run again with the answer known. That changes nothing, for a run has no effects.
/// </summary>
internal sealed class PluginTestNode(SourceSpan span, FilterTest test, FilterArguments arguments) : TestNode(span)
{
    public string Name => test.Name;

    /// <summary>Asks the plugin.</summary>
    public ValueTask<bool> AskAsync(IMessageView view, CancellationToken cancellation) => test.Evaluate(view, arguments, cancellation);

    protected override bool Evaluate(FilterRun run) => run.Answer(this);
}
