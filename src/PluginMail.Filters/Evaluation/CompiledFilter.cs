using System.Collections.Immutable;
using PluginMail.Filters.Checking;
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

    /// <summary>The rules in order.</summary>
    public ImmutableArray<FilterRule> Rules { get; }

    internal ImmutableArray<ValueSource> Sources { get; }

    /// <summary>Whose script it is: an account's own, or the server's.</summary>
    public ScriptLocation Location { get; internal init; }

    /// <summary>The rule that a line belongs to, or null.</summary>
    /// <param name="line">From 1.</param>
    public FilterRule? RuleAt(int line) => Rules.LastOrDefault(rule => rule.Line <= line && Text.LineOf(rule.Span.End - 1) >= line);

    /// <summary>The scripts that it includes itself (RFC 6609).</summary>
    public ImmutableArray<ScriptReference> Includes { get; internal init; } = [];

    /// <summary>The scripts that an include finds; <see cref="Link"/> gives them.</summary>
    public FilterLibrary Library { get; private init; } = FilterLibrary.Empty;

    /// <summary>The name by which it can be included, so that it is known when that happens; null where there is none.</summary>
    public ScriptReference? Reference { get; private init; }

    /// <summary>Decides the tests of a large script together; null for a small one.</summary>
    internal PredicateIndex? Index { get; init; }

    /// <summary>Whether the script asks a plugin or the host something, so that it has to be run by <see cref="RunAsync"/>.</summary>
    public bool AsksPlugins { get; internal init; }

    /// <summary>Whether the script has a direction test; without one, outgoing mail is kept (sent) and nothing is evaluated.</summary>
    public bool SeesOutgoing { get; internal init; }

    /// <summary>Whether a test asks for the envelope, so that on an IMAP event tests are evaluated in their turn alone.</summary>
    internal bool NeedsEnvelope { get; init; }

    /// <summary>What the script has that answers mail that arrives, so that it cannot run on an IMAP event (RFC 6785 3.11); null: nothing.</summary>
    internal EventObstacle? EventObstacle { get; init; }

    /// <summary>The same script with the scripts that it includes at hand.</summary>
    /// <param name="library">The scripts.</param>
    /// <param name="self">The name by which it can be included itself, or null.</param>
    public CompiledFilter Link(FilterLibrary library, ScriptReference? self = null) => new(Text, _commands, Sources, Rules)
    {
        Includes = Includes,
        Location = Location,
        Index = Index,
        NeedsEnvelope = NeedsEnvelope,
        EventObstacle = EventObstacle,
        Library = library,
        Reference = self,
        AsksPlugins = AsksPlugins || library.Scripts.Values.Any(script => script is { AsksPlugins: true }),
        SeesOutgoing = SeesOutgoing || library.Scripts.Values.Any(script => script is { SeesOutgoing: true }),
    };

    /// <summary>
    /// Runs the script on a message. Nothing is done: the result says what the host does. It never throws because of the
    /// script or the message; an error is a value in the result, and the message is then kept.
    /// </summary>
    /// <param name="input">The message; used by one run at a time.</param>
    /// <param name="options">Limits and trace.</param>
    /// <param name="cancellation">Ends the run with an error.</param>
    public FilterResult Run(FilterInput input, FilterRunOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= FilterRunOptions.Default;
        var run = new FilterRun(this, input, options, new(options.Clock), cancellation);
        Execute(run);
        if (run.Question is { } question)
        {
            run.Fail(FilterCodes.FaultyWord, $"`{question.Name}` has to wait for an answer, which cannot be done here.", question.Span);
        }

        return run.ToResult();
    }

    /// <summary>Runs the script on a message and waits where it has tests of plugins, or of what only the host knows. A fault of theirs is an error of the run.</summary>
    /// <param name="input">The message; used by one run at a time.</param>
    /// <param name="options">Limits and trace. Waiting for a plugin is limited by the plugin's own time limit.</param>
    /// <param name="cancellation">Ends the run with an error.</param>
    public async ValueTask<FilterResult> RunAsync(FilterInput input, FilterRunOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= FilterRunOptions.Default;
        var memory = new RunMemory(options.Clock);
        while (true)
        {
            var run = new FilterRun(this, input, options, memory, cancellation);
            Execute(run);
            if (run.Question is not { } question)
            {
                return run.ToResult();
            }

            run.Remember();
            var asked = options.Clock.GetTimestamp();
            if (await AskAsync(question, input, cancellation) is not { } answer)
            {
                run.Fail(FilterCodes.FaultyWord, $"The test `{question.Name}` got no answer.", question.Span);
                return run.ToResult();
            }

            memory.Waited(asked);
            memory.Answers.Add(question, answer);
        }
    }

    /// <summary>Executes the commands in a run of this script.</summary>
    internal Flow Execute(FilterRun run)
    {
        if (!SeesOutgoing && run.IsOutgoing)
        {
            return Flow.Next;
        }

        run.Begin();
        if (EventObstacle is { } obstacle && run.IsOnEvent)
        {
            run.Fail(FilterCodes.WrongOccasion, obstacle.Message, obstacle.At);
            return Flow.Stop;
        }

        return Index is not null && run.Index is { } state ? Index.Execute(run, state) : CommandNode.ExecuteAll(_commands, run);
    }

    private static async ValueTask<object?> AskAsync(FilterQuestion question, FilterInput input, CancellationToken cancellation)
    {
        try
        {
            return await question.AskAsync(input, cancellation);
        }
        catch (Exception)
        {
            return null;
        }
    }
}
