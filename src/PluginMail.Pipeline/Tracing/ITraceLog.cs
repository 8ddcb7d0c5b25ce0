namespace PluginMail.Pipeline;

/// <summary>Keeps decision traces for a set time, outside the mail database. A crash may lose the last second.</summary>
public interface ITraceLog
{
    /// <summary>Appends a trace. Never waits for the disk.</summary>
    /// <param name="trace">The trace; not changed afterwards.</param>
    void Append(DecisionTrace trace);

    /// <summary>Finds the traces of a transaction: its own, and those of later attempts by the queue, in the order they were made.</summary>
    /// <param name="transactionId">The transaction.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>One JSON object each, on one line; the first thousand. Empty where there is none (any more).</returns>
    ValueTask<IReadOnlyList<string>> FindAsync(string transactionId, CancellationToken cancellationToken);
}
