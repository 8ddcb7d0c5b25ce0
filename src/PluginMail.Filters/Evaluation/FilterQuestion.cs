using PluginMail.Filters.Syntax;

namespace PluginMail.Filters.Evaluation;

/// <summary>
/// Something that a run cannot answer by itself: a plugin's test, or what the host knows. A run never waits: it ends there,
/// the answer is fetched, and the script is run again with the answer known. That changes nothing, for a run has no effects.
/// Equal questions are asked once.
/// </summary>
internal abstract record FilterQuestion
{
    /// <summary>The test that asks.</summary>
    public required SourceSpan Span { get; init; }

    /// <summary>The word that asks.</summary>
    public abstract string Name { get; }

    /// <summary>Fetches the answer; null where there is none, which is an error of the run.</summary>
    public abstract ValueTask<object?> AskAsync(FilterInput input, CancellationToken cancellation);
}

/// <summary>What the repeated runs of one script on one message share: answers, time and work.</summary>
internal sealed class RunMemory(TimeProvider clock)
{
    /// <summary>Most questions of one script on one message.</summary>
    public const int MostQuestions = 200;

    /// <summary>The answers so far.</summary>
    public Dictionary<FilterQuestion, object> Answers { get; } = [];

    /// <summary>When the first run began.</summary>
    public long Started { get; private set; } = clock.GetTimestamp();

    /// <summary>The steps of the runs before.</summary>
    public long Steps { get; set; }

    /// <summary>Takes waiting for an answer out of the time: it has limits of its own.</summary>
    public void Waited(long since) => Started += clock.GetTimestamp() - since;
}
