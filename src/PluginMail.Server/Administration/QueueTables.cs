using PluginMail.Abstractions;
using PluginMail.Queue;
using PluginMail.Storage;

namespace PluginMail.Server;

/// <summary>Queue entries as tables.</summary>
internal static class QueueTables
{
    /// <summary>An entry in a row of the list.</summary>
    public static IReadOnlyList<string> Row(QueueListing listed) => Row(listed.Entry, listed);

    private static IReadOnlyList<string> Row(QueueEntry entry, QueueListing standing) =>
    [
        $"{entry.Id.Value}",
        entry.TransactionId,
        $"<{entry.Sender}>",
        string.Join(", ", entry.Recipients),
        $"{entry.Message.Size}",
        $"{entry.Attempts}",
        Word(standing.State),
        standing.State is QueueEntryState.Active or QueueEntryState.Due ? "now" : standing.Next is { } next ? Time(next) : "",
        entry.HoldReason ?? "",
        entry.LastReply ?? "",
    ];

    /// <summary>All of an entry: a row for each thing that is known of it, each recipient and each attempt.</summary>
    public static AdminTable Of(QueueEntryDetail detail)
    {
        QueueEntry entry = detail.Entry;
        List<IReadOnlyList<string>> rows =
        [
            ["id", $"{entry.Id.Value}"],
            ["transaction", entry.TransactionId],
            ["state", Word(detail.Standing.State)],
            ["from", $"<{entry.Sender}>"],
            ["queued", Time(entry.Queued)],
            ["expires", Time(detail.Expires)],
            ["octets", $"{entry.Message.Size}"],
            ["direction", entry.Direction.ToString().ToLowerInvariant()],
            ["source", entry.Source],
            ["priority", $"{entry.Priority}"],
            ["sender warned", entry.IsWarned && entry.Sender is not null ? "yes" : "no"],
        ];
        AddOptional(rows, "held", entry.HoldReason);
        AddOptional(rows, "envelope id", entry.EnvelopeId);
        AddOptional(rows, "return", entry.Return?.ToString().ToLowerInvariant());
        AddOptional(rows, "requires TLS", entry.RequiresTls ? "yes" : null);
        AddOptional(rows, "reports", entry.MayReport ? null : "none: the sender is not known to be genuine");
        rows.AddRange(entry.Recipients.Select(to => (IReadOnlyList<string>)["recipient", Recipient(to)]));
        rows.AddRange(detail.Pauses.Select(pause => (IReadOnlyList<string>)["paused", $"{pause.Key} is down; nothing is sent to it until {Time(pause.Value)}"]));
        rows.AddRange(entry.History.Select(line => (IReadOnlyList<string>)
            ["attempt", $"{Time(line.Time)} {line.Target} {(line.Host is null ? "" : $"at {line.Host} ")}{line.Reply}"]));
        return new AdminTable(["field", "value"], rows);
    }

    private static string Recipient(QueueRecipient to)
    {
        string text = $"<{to.Address}> {to.Status.ToString().ToLowerInvariant()}, {to.Attempts} attempts";
        text += to.Status == QueueRecipientStatus.Waiting ? $", next {Time(to.NextAttempt)}" : "";
        text += to.Notify is { } notify ? $", notify {(notify == DsnNotify.Never ? "never" : notify.ToString().ToLowerInvariant())}" : "";
        text += to.LastHost is { } host ? $", at {host}" : "";
        return to.LastReply is { } reply ? $"{text}: {reply}" : text;
    }

    private static void AddOptional(List<IReadOnlyList<string>> rows, string name, string? value)
    {
        if (value is not null)
        {
            rows.Add([name, value]);
        }
    }

    private static string Word(QueueEntryState state) => state.ToString().ToLowerInvariant();

    private static string Time(DateTimeOffset time) => $"{time:yyyy-MM-dd HH:mm:ss}Z";
}
