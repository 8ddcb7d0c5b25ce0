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

    /// <summary>Whether a copy was stored, or none is wanted.</summary>
    public bool IsServed { get; set; }

    /// <summary>Why no copy could be stored.</summary>
    public SmtpReply? Failure { get; set; }
}

/// <summary>A copy to be put into a folder.</summary>
/// <param name="Mailbox">The mailbox.</param>
/// <param name="FolderName">The folder's name.</param>
/// <param name="SpecialUse">What the folder is for, where the filter means a use rather than a name.</param>
/// <param name="IsPlainKeep">Whether nobody named the folder, so that junk goes elsewhere.</param>
/// <param name="IsSent">Whether it is a copy of what the owner sends.</param>
/// <param name="Folder">The folder, once it is found.</param>
public sealed record PlannedCopy(
    PlannedMailbox Mailbox, string FolderName, SpecialUse SpecialUse, bool IsPlainKeep, bool IsSent = false, Folder? Folder = null);

/// <summary>What is to be done with one message: which mailboxes, which copies, and what became of them.</summary>
public sealed class DeliveryPlan
{
    private readonly List<PlannedMailbox> _mailboxes = [];
    private readonly List<PlannedCopy> _copies = [];
    private readonly HashSet<EmailAddress> _remote = [];
    private readonly Dictionary<EmailAddress, List<PlannedMailbox>> _byRecipient = [];
    private readonly Dictionary<EmailAddress, SmtpReply> _failures = [];

    /// <summary>The message as filters see it, decoded once for all of them; null until a filter runs.</summary>
    public FilterInput? FilterInput { get; set; }

    /// <summary>The mailboxes, each once; filters may add some while they run.</summary>
    public IReadOnlyList<PlannedMailbox> Mailboxes => _mailboxes;

    /// <summary>The copies.</summary>
    public IReadOnlyList<PlannedCopy> Copies => _copies;

    /// <summary>Adds a mailbox, unless it is there.</summary>
    /// <param name="account">Whose.</param>
    /// <param name="recipient">The envelope's recipient that leads to it.</param>
    /// <returns>The mailbox.</returns>
    public PlannedMailbox AddMailbox(Account account, EmailAddress recipient)
    {
        PlannedMailbox? mailbox = _mailboxes.Find(other => other.Account.Id == account.Id);
        if (mailbox is null)
        {
            mailbox = new PlannedMailbox(account, recipient);
            _mailboxes.Add(mailbox);
        }

        return mailbox;
    }

    /// <summary>Says that a recipient of the envelope leads to a mailbox.</summary>
    /// <param name="recipient">The recipient.</param>
    /// <param name="mailbox">The mailbox.</param>
    public void Link(EmailAddress recipient, PlannedMailbox mailbox)
    {
        if (!_byRecipient.TryGetValue(recipient, out List<PlannedMailbox>? targets))
        {
            _byRecipient[recipient] = targets = [];
        }

        targets.Add(mailbox);
    }

    /// <summary>Settles mailboxes that passed the message on: they fare as those they passed it to.</summary>
    public void Settle()
    {
        // A chain of n mailboxes is settled after n rounds at the most.
        for (int round = 0; round < _mailboxes.Count && SettleOnce(); round++)
        {
        }
    }

    /// <summary>Addresses elsewhere, each once.</summary>
    public IReadOnlyCollection<EmailAddress> Remote => _remote;

    /// <summary>Adds addresses elsewhere.</summary>
    /// <param name="addresses">The addresses.</param>
    public void AddRemote(IEnumerable<EmailAddress> addresses) => _remote.UnionWith(addresses);

    /// <summary>Adds a copy.</summary>
    /// <param name="copy">The copy.</param>
    public void AddCopy(PlannedCopy copy) => _copies.Add(copy);

    /// <summary>Says that a mailbox has what it wants.</summary>
    /// <param name="mailbox">The mailbox.</param>
    public void Succeed(PlannedMailbox mailbox) => mailbox.IsServed = true;

    /// <summary>Says why a mailbox could not be served.</summary>
    /// <param name="mailbox">The mailbox.</param>
    /// <param name="reply">Why.</param>
    public void FailMailbox(PlannedMailbox mailbox, SmtpReply reply) => mailbox.Failure ??= reply;

    /// <summary>Says why a recipient leads nowhere.</summary>
    /// <param name="recipient">The recipient.</param>
    /// <param name="reply">Why.</param>
    public void Fail(EmailAddress recipient, SmtpReply reply) => _failures[recipient] = reply;

    /// <summary>What to answer for a recipient.</summary>
    /// <param name="recipient">The recipient.</param>
    /// <returns>Null where at least one of its mailboxes was served, or why none was.</returns>
    public SmtpReply? ReplyFor(EmailAddress recipient)
    {
        if (_failures.TryGetValue(recipient, out SmtpReply? failure))
        {
            return failure;
        }

        if (!_byRecipient.TryGetValue(recipient, out List<PlannedMailbox>? targets) || targets.Exists(target => target.IsServed))
        {
            return null;
        }

        return targets.Find(target => target.Failure is not null)?.Failure;
    }

    private bool SettleOnce()
    {
        bool changed = false;
        foreach (PlannedMailbox mailbox in _mailboxes)
        {
            if (mailbox.IsServed || mailbox.Failure is not null)
            {
                continue;
            }

            if (mailbox.PassedTo.Exists(target => target.IsServed))
            {
                mailbox.IsServed = true;
                changed = true;
            }
            else if (mailbox.PassedTo.Find(target => target.Failure is not null) is { } failed)
            {
                mailbox.Failure = failed.Failure;
                changed = true;
            }
        }

        return changed;
    }
}
