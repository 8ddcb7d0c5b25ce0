using System.Net;

namespace PluginMail.Pipeline;

/// <summary>What was decided about one transaction, by whom, and why: refusals included. One line of the trace log.</summary>
/// <remarks>Used by one session; checks that run side by side are recorded after they have ended.</remarks>
/// <param name="transactionId">The transaction.</param>
/// <param name="started">When it began.</param>
/// <param name="expectedEntries">How many decisions there will be, about; there may be more.</param>
public sealed class DecisionTrace(string transactionId, DateTimeOffset started, int expectedEntries = 0)
{
    private readonly List<TraceEntry> _entries = new(expectedEntries);

    /// <summary>The transaction.</summary>
    public string TransactionId { get; } = transactionId;

    /// <summary>When it began.</summary>
    public DateTimeOffset Started { get; } = started;

    /// <summary>The session's id.</summary>
    public string SessionId { get; set; } = "";

    /// <summary>How the mail came in.</summary>
    public string Protocol { get; set; } = "";

    /// <summary>The client.</summary>
    public IPAddress? Remote { get; set; }

    /// <summary>What the client called itself.</summary>
    public string? HelloName { get; set; }

    /// <summary>The account that authenticated.</summary>
    public string? Login { get; set; }

    /// <summary>The reverse path; empty for the null sender.</summary>
    public string Sender { get; set; } = "";

    /// <summary>The accepted recipients.</summary>
    public IReadOnlyList<string> Recipients { get; set; } = [];

    /// <summary>Octets of the message; 0 where none came.</summary>
    public long Size { get; set; }

    /// <summary>The last reply.</summary>
    public string Reply { get; set; } = "";

    /// <summary>What was decided, in its order.</summary>
    public IReadOnlyList<TraceEntry> Entries => _entries;

    /// <summary>Adds a decision.</summary>
    /// <param name="entry">The decision.</param>
    public void Add(TraceEntry entry)
    {
        const int MaximumEntries = 1000; // a transaction with many recipients and filters stays a bounded line
        if (_entries.Count < MaximumEntries)
        {
            _entries.Add(entry);
        }
    }

    /// <summary>Adds decisions that were made before this transaction began.</summary>
    /// <param name="entries">The decisions.</param>
    internal void AddAll(IEnumerable<TraceEntry> entries) => _entries.AddRange(entries);
}

/// <summary>One decision.</summary>
/// <param name="Stage">As <c>recipient</c>, <c>message</c>, <c>filter</c>, <c>delivery</c>.</param>
/// <param name="Role">Who decided: a plugin's name, <c>policy</c>, a filter's name.</param>
/// <param name="Decision">As <c>pass</c>, <c>refuse</c>, <c>fileinto Archive</c>.</param>
/// <param name="Detail">The reply, the reason, the rule with its line; null where there is nothing to say.</param>
/// <param name="Subject">What it is about: a recipient; null where it is the whole message.</param>
/// <param name="Score">Points given.</param>
/// <param name="Microseconds">How long it took.</param>
public readonly record struct TraceEntry(
    string Stage, string Role, string Decision, string? Detail = null, string? Subject = null, double Score = 0, long Microseconds = 0);
