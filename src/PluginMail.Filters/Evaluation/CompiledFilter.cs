using System.Collections.Immutable;
using PluginMail.Filters.Syntax;

namespace PluginMail.Filters.Evaluation;

/// <summary>A script ready to run: immutable, and run by any number of threads at once.</summary>
public sealed class CompiledFilter
{
    private readonly ImmutableArray<CommandNode> _commands;

    internal CompiledFilter(
        SourceText text, ImmutableArray<CommandNode> commands, ImmutableArray<ValueSource> sources, ImmutableArray<FilterRule> rules)
    {
        Text = text;
        _commands = commands;
        Sources = sources;
        Rules = rules;
    }

    /// <summary>The script it was made from.</summary>
    public SourceText Text { get; }

    /// <summary>The rules that script clients marked, in order.</summary>
    public ImmutableArray<FilterRule> Rules { get; }

    internal ImmutableArray<ValueSource> Sources { get; }

    /// <summary>
    /// Runs the script on a message. Nothing is done: the result says what the host does. It never throws because of the
    /// script or the message; an error is a value in the result, and the message is then kept.
    /// </summary>
    /// <param name="input">The message; used by one run at a time.</param>
    /// <param name="options">Limits and trace.</param>
    /// <param name="cancellation">Ends the run with an error.</param>
    public FilterResult Run(FilterInput input, FilterRunOptions? options = null, CancellationToken cancellation = default)
    {
        var run = new FilterRun(this, input, options ?? FilterRunOptions.Default, cancellation);
        CommandNode.ExecuteAll(_commands, run);
        return run.ToResult();
    }
}
