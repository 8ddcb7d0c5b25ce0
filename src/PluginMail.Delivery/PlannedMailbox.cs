using System.Collections.Immutable;
using PluginMail.Abstractions;
using PluginMail.Filters.Evaluation;
using PluginMail.Storage;

namespace PluginMail.Delivery;

/// <summary>A mailbox that a message is for.</summary>
/// <param name="account">Whose.</param>
/// <param name="recipient">The envelope's recipient that led to it.</param>
public sealed class PlannedMailbox(Account account, EmailAddress recipient)
{
    /// <summary>Whose.</summary>
    public Account Account { get; } = account;

    /// <summary>The envelope's recipient that led to it, before aliases.</summary>
    public EmailAddress Recipient { get; } = recipient;

    /// <summary>The mailboxes that its filter passed the message on to, instead of keeping it.</summary>
    public List<PlannedMailbox> PassedTo { get; } = [];

    /// <summary>Fields that its filter puts above its own copies.</summary>
    public List<HeaderEdit.Add> Fields { get; } = [];

    /// <summary>Whether a copy for it is planned.</summary>
    public bool HasCopy { get; set; }

    /// <summary>Whether it has what it wants without any copy here: its filter discards the message, or sends it on.</summary>
    public bool WantsNothing { get; set; }

    /// <summary>Why no copy is planned for it.</summary>
    public SmtpReply? Refusal { get; set; }

    /// <summary>What filters that passed the message on had changed of it: this mailbox's message has these changes.</summary>
    public ImmutableArray<MessageChange> Changes { get; init; } = [];

    /// <summary>The refusal that its filter wants, as long as it is not settled how that is said.</summary>
    public FilterEffect.Reject? Rejection { get; set; }

    /// <summary>Whether one of its copies was stored.</summary>
    public bool IsStored { get; private set; }

    /// <summary>Why one of its copies was not stored.</summary>
    public SmtpReply? StoreFailure { get; private set; }

    /// <summary>Whether a copy was stored, or none is wanted. A message that is refused is not served, whatever server-wide filters keep of it.</summary>
    public bool IsServed => Rejection is null && (WantsNothing || IsStored);

    /// <summary>Why no copy could be planned or stored.</summary>
    public SmtpReply? Failure => Refusal ?? StoreFailure;

    /// <summary>Forgets what the store said: it is going to say it, perhaps once more.</summary>
    public void Unsettle() => (IsStored, StoreFailure) = (false, null);

    /// <summary>Takes what the store said of one of its copies.</summary>
    /// <param name="failure">Why it is not stored; null where it is.</param>
    public void Settle(SmtpReply? failure)
    {
        IsStored |= failure is null;
        StoreFailure ??= failure;
    }
}
