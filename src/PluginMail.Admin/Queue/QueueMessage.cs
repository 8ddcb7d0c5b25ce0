using PluginMail.Queue;
using PluginMail.Storage;

namespace PluginMail.Admin;

/// <summary>Some entries of the queue, oldest first.</summary>
/// <param name="Messages">The entries, without history.</param>
/// <param name="Next">The value of <c>after</c> for the next page; null at the end.</param>
public sealed record QueuePage(IReadOnlyList<QueueMessage> Messages, long? Next);

/// <summary>How many entries a change met.</summary>
/// <param name="Changed">Their number.</param>
public sealed record QueueChanged(int Changed);

/// <summary>What became of entries that were to be returned to their senders.</summary>
/// <param name="Changed">How many are out of the queue, or recipients of them.</param>
/// <param name="Unreported">How many of these have senders that get no report: null, likely forged, or unwilling ones.</param>
/// <param name="Active">How many stay because they are being tried at this moment.</param>
/// <param name="Unreachable">How many stay because their senders cannot be reached.</param>
public sealed record QueueReturned(int Changed, int Unreported, int Active, int Unreachable);

/// <summary>A queued message.</summary>
/// <param name="Id">Its number in the queue.</param>
/// <param name="Transaction">Of the transaction that brought it, as <c>pluginmail explain</c> takes it.</param>
/// <param name="Sender">The reverse path; empty for the null sender.</param>
/// <param name="Queued">When it came in.</param>
/// <param name="Size">Octets.</param>
/// <param name="Direction">incoming or outgoing.</param>
/// <param name="Source">Whom its share of the queue is reckoned to.</param>
/// <param name="Priority">The lower number goes first.</param>
/// <param name="Attempts">The most attempts that were made for one recipient.</param>
/// <param name="State">active (being tried), due (waits for its turn), paused (its destinations are down), waiting, held or ending.</param>
/// <param name="NextAttempt">When it is tried next: now where it is active or due, the end of the pause where it is paused; null where no recipient waits.</param>
/// <param name="HoldReason">Why recipients wait for a person.</param>
/// <param name="LastReply">What was last said of a recipient.</param>
/// <param name="Recipients">Those that are not done with.</param>
public sealed record QueueMessage(
    long Id,
    string Transaction,
    string Sender,
    DateTimeOffset Queued,
    long Size,
    string Direction,
    string Source,
    int Priority,
    int Attempts,
    string State,
    DateTimeOffset? NextAttempt,
    string? HoldReason,
    string? LastReply,
    IReadOnlyList<QueueMessageRecipient> Recipients)
{
    /// <summary>When it is given up; null in a list.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>ENVID (RFC 3461 section 4.4).</summary>
    public string? EnvelopeId { get; init; }

    /// <summary>Whether only hosts that keep the promise of REQUIRETLS may get it (RFC 8689).</summary>
    public bool? RequiresTls { get; init; }

    /// <summary>The destinations among its recipients' domains that are paused, and until when; null in a list.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset>? Paused { get; init; }

    /// <summary>The last attempts, oldest first; null in a list.</summary>
    public IReadOnlyList<QueueMessageAttempt>? History { get; init; }

    internal static QueueMessage Of(QueueListing listed) => Of(listed.Entry, listed);

    private static QueueMessage Of(QueueEntry entry, QueueListing standing) => new(
        entry.Id.Value,
        entry.TransactionId,
        entry.Sender?.ToString() ?? "",
        entry.Queued,
        entry.Message.Size,
        Word(entry.Direction),
        entry.Source,
        entry.Priority,
        entry.Attempts,
        Word(standing.State),
        standing.Next,
        entry.HoldReason,
        entry.LastReply,
        [.. entry.Recipients.Select(QueueMessageRecipient.Of)])
    {
        EnvelopeId = entry.EnvelopeId,
        RequiresTls = entry.RequiresTls ? true : null,
    };

    internal static QueueMessage Of(QueueEntryDetail detail) => Of(detail.Standing) with
    {
        Expires = detail.Expires,
        Paused = detail.Pauses,
        History = [.. detail.Entry.History.Select(line => new QueueMessageAttempt(line.Time, line.Target, line.Host, line.Reply))],
    };

    internal static string Word<TEnum>(TEnum value)
        where TEnum : struct, Enum => value.ToString().ToLowerInvariant();
}

/// <summary>A recipient of a queued message.</summary>
/// <param name="Address">The forward path.</param>
/// <param name="Status">waiting, held, failed, delivered, relayed or expanded.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="NextAttempt">When it is due; null where it does not wait.</param>
/// <param name="LastAttempt">When it was last tried.</param>
/// <param name="LastReply">What the last attempt met: code, enhanced status code and text.</param>
/// <param name="LastHost">Who said it; null where it was this server.</param>
public sealed record QueueMessageRecipient(
    string Address, string Status, int Attempts, DateTimeOffset? NextAttempt, DateTimeOffset? LastAttempt, string? LastReply, string? LastHost)
{
    internal static QueueMessageRecipient Of(QueueRecipient to) => new(
        to.Address.ToString(),
        QueueMessage.Word(to.Status),
        to.Attempts,
        to.Status == QueueRecipientStatus.Waiting ? to.NextAttempt : null,
        to.LastAttempt,
        to.LastReply,
        to.LastHost);
}

/// <summary>One attempt.</summary>
/// <param name="Time">When it ended.</param>
/// <param name="Target">For whom: an address, or a domain where all its recipients met the same.</param>
/// <param name="Host">Who answered; null where it was this server.</param>
/// <param name="Reply">What was said.</param>
public sealed record QueueMessageAttempt(DateTimeOffset Time, string Target, string? Host, string Reply);
