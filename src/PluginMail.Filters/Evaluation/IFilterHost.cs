using System.Collections.Immutable;

namespace PluginMail.Filters.Evaluation;

/// <summary>
/// What scripts ask of the mailbox and the server that they run for. Every method has an answer for hosts that do not know:
/// no. A fault is an error of the run and keeps the message. Nothing here changes anything.
/// </summary>
public interface IFilterHost
{
    /// <summary>Whether a folder exists that the script can file into (RFC 5490 3.1).</summary>
    /// <param name="mailbox">The folder's UTF-8 name.</param>
    /// <param name="cancellation">Gives up.</param>
    ValueTask<bool> MailboxExistsAsync(string mailbox, CancellationToken cancellation) => new(false);

    /// <summary>Whether a folder has the special use (RFC 8579 3).</summary>
    /// <param name="mailbox">The folder that must have it; null: any.</param>
    /// <param name="specialUse">The use with its backslash, such as "\Junk"; compares without case.</param>
    /// <param name="cancellation">Gives up.</param>
    ValueTask<bool> SpecialUseExistsAsync(string? mailbox, string specialUse, CancellationToken cancellation) => new(false);

    /// <summary>Whether a folder has the identifier (RFC 9042 3).</summary>
    /// <param name="mailboxId">The identifier, RFC 8474's MAILBOXID.</param>
    /// <param name="cancellation">Gives up.</param>
    ValueTask<bool> MailboxIdExistsAsync(string mailboxId, CancellationToken cancellation) => new(false);

    /// <summary>The value of an annotation (RFC 5464); null where there is none.</summary>
    /// <param name="mailbox">The folder; null: the server.</param>
    /// <param name="annotation">The annotation's name, such as "/private/comment".</param>
    /// <param name="cancellation">Gives up.</param>
    ValueTask<string?> GetMetadataAsync(string? mailbox, string annotation, CancellationToken cancellation) => new((string?)null);

    /// <summary>Whether scripts may name a list (RFC 6134 2.4).</summary>
    /// <param name="list">The list's name, mostly a URI.</param>
    /// <param name="cancellation">Gives up.</param>
    ValueTask<bool> ListExistsAsync(string list, CancellationToken cancellation) => new(false);

    /// <summary>Whether a value is a member of a list (RFC 6134 2.1).</summary>
    /// <param name="list">The list's name, mostly a URI.</param>
    /// <param name="value">The value, such as an address.</param>
    /// <param name="cancellation">Gives up.</param>
    ValueTask<bool> ListContainsAsync(string list, string value, CancellationToken cancellation) => new(false);

    /// <summary>Whether an earlier message left this mark and it has not expired (RFC 7352). The mark of this message is in <see cref="FilterResult.DuplicateMarks"/>.</summary>
    /// <param name="mark">The mark.</param>
    /// <param name="cancellation">Gives up.</param>
    ValueTask<bool> IsDuplicateAsync(DuplicateMark mark, CancellationToken cancellation) => new(false);
}

/// <summary>What the test duplicate looked for; the host remembers it when the message is delivered without an error (RFC 7352 3.2).</summary>
/// <param name="Handle">Separates marks that different tests leave; "" where the script gives none.</param>
/// <param name="UniqueId">What identifies the message.</param>
/// <param name="Lifetime">How long it is remembered.</param>
/// <param name="FromLast">Whether the time runs anew each time the mark is found.</param>
public sealed record DuplicateMark(string Handle, string UniqueId, TimeSpan Lifetime, bool FromLast);

/// <summary>What a script can see beside the message and its envelope.</summary>
public sealed record FilterContext
{
    /// <summary>A host that knows nothing.</summary>
    public static FilterContext Empty { get; } = new();

    /// <summary>The host; null: every question is answered with no.</summary>
    public IFilterHost? Host { get; init; }

    /// <summary>Items of the environment (RFC 5183 4.1) by their names in lower case, such as "host" and "remote-ip".</summary>
    public ImmutableDictionary<string, string> Environment { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The IMAP event on which scripts run; null where mail arrives or leaves.</summary>
    public ImapEvent? Event { get; init; }

    /// <summary>The clock of currentdate; its local zone is the one in which dates are shown where a script names none.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>How likely the message is spam, from 0 to 100; null: it was not tested (RFC 5235 2).</summary>
    public double? SpamPercent { get; init; }

    /// <summary>Fields that scripts may neither add nor delete, beside those that no script may; what a script asks for is passed over in silence (RFC 5293 6).</summary>
    public ImmutableHashSet<string> ProtectedFields { get; init; } = ImmutableHashSet.Create<string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether the recipient before aliases is an address of the owner that a reply may be sent for.</summary>
    internal bool AnswersForOriginalRecipient { get; init; } = true;

    /// <summary>Whether a reply is sent only to messages that are addressed to the owner (RFC 5230 4.5).</summary>
    internal bool AnswersAddressedOnly { get; init; } = true;

    /// <summary>What a virus scan found, from 0, not tested, 1, clean, to 5, certainly infected (RFC 5235 3).</summary>
    public int VirusLevel { get; init; }
}
