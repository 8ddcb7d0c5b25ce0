namespace PluginMail.Pipeline;

/// <summary>Keeps decision traces for a set time, outside the mail database. A crash may lose the last second.</summary>
public interface ITraceLog
{
    /// <summary>Appends a trace. Never waits for the disk.</summary>
    /// <param name="trace">The trace; not changed afterwards.</param>
    void Append(DecisionTrace trace);

    /// <summary>Finds a trace.</summary>
    /// <param name="transactionId">Its transaction.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The trace as one JSON object; null where there is none (any more).</returns>
    ValueTask<string?> FindAsync(string transactionId, CancellationToken cancellationToken);
}
