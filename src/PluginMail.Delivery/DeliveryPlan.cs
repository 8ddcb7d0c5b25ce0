using System.Collections.Immutable;
using PluginMail.Abstractions;
using PluginMail.Filters.Evaluation;
using PluginMail.Storage;

namespace PluginMail.Delivery;

/// <summary>What is to be done with one message: which mailboxes, which copies, and what became of them.</summary>
public sealed class DeliveryPlan
{
    private readonly List<PlannedMailbox> _mailboxes = [];
    private readonly Dictionary<AccountId, PlannedMailbox> _byAccount = [];
    private readonly List<PlannedCopy> _copies = [];
    private readonly Dictionary<EmailAddress, PlannedRemote> _remote = [];
    private readonly HashSet<EmailAddress> _expanded = [];
    private readonly List<DistributionList> _lists = [];
    private readonly Dictionary<EmailAddress, List<PlannedMailbox>> _byRecipient = [];
    private readonly Dictionary<EmailAddress, SmtpReply> _failures = [];
    private readonly List<(ImmutableArray<EmailAddress> Recipients, string Reason)> _held = [];
    private readonly List<(ImmutableArray<MessageChange> Changes, ImmutableArray<PlannedRemote> Recipients)> _redirected = [];
    private PlannedMailbox? _sender;

    /// <summary>The message as filters see it, decoded once for all of them; null until a filter runs.</summary>
    public FilterInput? FilterInput { get; set; }

    /// <summary>The mailboxes, each once; filters may add some while they run.</summary>
    public IReadOnlyList<PlannedMailbox> Mailboxes => _mailboxes;

    /// <summary>The copies.</summary>
    public IReadOnlyList<PlannedCopy> Copies => _copies;

    /// <summary>Addresses elsewhere, each once.</summary>
    public IReadOnlyCollection<PlannedRemote> Remote => _remote.Values;

    /// <summary>Distribution lists, each once.</summary>
    public IReadOnlyList<DistributionList> Lists => _lists;

    /// <summary>For whom filters hold the message, and why.</summary>
    public IReadOnlyList<(ImmutableArray<EmailAddress> Recipients, string Reason)> Held => _held;

    /// <summary>What the sender's filter changed of the message for all who get it.</summary>
    public ImmutableArray<MessageChange> SentChanges { get; set; } = [];

    /// <summary>The message with these changes; null where there are none.</summary>
    public NewBody? SentBody { get; set; }

    /// <summary>Letters that the mailboxes' filters write beside the message; sent where <see cref="MayWrite"/> says so.</summary>
    public List<(PlannedMailbox Mailbox, NewQueueEntry Letter)> Letters { get; } = [];

    /// <summary>What was claimed for the mailboxes, to be given back where nothing comes of it.</summary>
    public List<(PlannedMailbox Mailbox, string Key)> Claims { get; } = [];

    /// <summary>Addresses elsewhere that filters send the message on to, with what they had changed of it.</summary>
    public IReadOnlyList<(ImmutableArray<MessageChange> Changes, ImmutableArray<PlannedRemote> Recipients)> Redirected => _redirected;

    /// <summary>Adds a mailbox, unless it is there.</summary>
    /// <param name="account">Whose.</param>
    /// <param name="recipient">The envelope's recipient that leads to it.</param>
    /// <param name="changes">What filters on the way to it have changed of the message.</param>
    /// <returns>The mailbox.</returns>
    public PlannedMailbox AddMailbox(Account account, EmailAddress recipient, ImmutableArray<MessageChange> changes = default)
    {
        if (!_byAccount.TryGetValue(account.Id, out PlannedMailbox? mailbox))
        {
            _byAccount[account.Id] = mailbox = new PlannedMailbox(account, recipient) { Changes = changes.IsDefault ? [] : changes };
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

    /// <summary>Says that the message is not sent, so that what its sender's own mailbox takes is all that there will be of it: the answer to all.</summary>
    /// <param name="sender">The sender's mailbox, whose own filter for what comes in does not run.</param>
    /// <param name="recipients">The envelope's recipients.</param>
    public void AnswerBySender(PlannedMailbox sender, ImmutableArray<EmailAddress> recipients)
    {
        _sender = sender;
        foreach (EmailAddress recipient in recipients)
        {
            Link(recipient, sender);
        }
    }

    /// <summary>Holds the message in the queue for a person to decide.</summary>
    /// <param name="mailbox">Whose filter says so; it has what it wants.</param>
    /// <param name="recipients">From whom it is kept.</param>
    /// <param name="reason">Why.</param>
    public void Hold(PlannedMailbox mailbox, ImmutableArray<EmailAddress> recipients, string reason)
    {
        _held.Add((recipients, reason));
        Succeed(mailbox);
    }

    /// <summary>Adds addresses elsewhere.</summary>
    /// <param name="addresses">The addresses; one that is there already stays as it is.</param>
    public void AddRemote(IEnumerable<PlannedRemote> addresses)
    {
        foreach (PlannedRemote remote in addresses)
        {
            _remote.TryAdd(remote.Address, remote);
        }
    }

    /// <summary>Adds a distribution list, unless it is there.</summary>
    /// <param name="list">The list.</param>
    public void AddList(DistributionList list)
    {
        if (!_lists.Exists(known => known.Address.Equals(list.Address)))
        {
            _lists.Add(list);
        }
    }

    /// <summary>Says that a recipient of the envelope stands for several.</summary>
    /// <param name="recipient">The recipient.</param>
    public void Expand(EmailAddress recipient) => _expanded.Add(recipient);

    /// <summary>Whether a recipient of the envelope stands for several.</summary>
    /// <param name="recipient">The recipient.</param>
    /// <returns>True where it is an alias of more than one address.</returns>
    public bool IsExpanded(EmailAddress recipient) => _expanded.Contains(recipient);

    /// <summary>Whether a recipient of the envelope is one address elsewhere, so that the queue says what becomes of it.</summary>
    /// <param name="recipient">The recipient.</param>
    /// <returns>False where it is served here, or stands for several.</returns>
    public bool IsSentOn(EmailAddress recipient) =>
        !_expanded.Contains(recipient) && _remote.Values.Any(remote => remote.Recipient.Equals(recipient));

    /// <summary>Sends the message on to addresses elsewhere for a filter.</summary>
    /// <param name="addresses">The addresses.</param>
    /// <param name="changes">What the filter has changed of it.</param>
    public void Redirect(ImmutableArray<PlannedRemote> addresses, ImmutableArray<MessageChange> changes) => _redirected.Add((changes, addresses));

    /// <summary>Says that a mailbox's filter refuses the message; how that is said is settled when all filters have run.</summary>
    /// <param name="mailbox">The mailbox.</param>
    /// <param name="rejection">The refusal.</param>
    public static void Reject(PlannedMailbox mailbox, FilterEffect.Reject rejection)
    {
        mailbox.Rejection ??= rejection;
        mailbox.Refusal ??= RefusalText.Reply(rejection.Reason);
    }

    /// <summary>Says that a refusal is not said in a reply: the message counts as taken.</summary>
    /// <param name="mailbox">The mailbox.</param>
    public void AcceptRefused(PlannedMailbox mailbox)
    {
        (mailbox.Rejection, mailbox.Refusal) = (null, null);
        Succeed(mailbox);
    }

    /// <summary>Whether a recipient's message ends in a mailbox.</summary>
    /// <param name="recipient">The envelope's recipient.</param>
    /// <param name="mailbox">The mailbox.</param>
    /// <returns>True where it does.</returns>
    public bool LeadsTo(EmailAddress recipient, PlannedMailbox mailbox) => Ends(recipient).Contains(mailbox);

    /// <summary>Whether a recipient will get nothing for good, if the store takes all copies.</summary>
    /// <param name="recipient">The envelope's recipient.</param>
    /// <returns>True where all his mailboxes refuse the message.</returns>
    public bool IsRefused(EmailAddress recipient) => _failures.TryGetValue(recipient, out SmtpReply? failure)
        ? !failure.IsTransient
        : Ends(recipient) is { IsEmpty: false } ends && ends.All(end => end.Refusal is { IsTransient: false } && !end.IsServed);

    /// <summary>Adds a copy.</summary>
    /// <param name="copy">The copy.</param>
    public void AddCopy(PlannedCopy copy)
    {
        copy.Mailbox.HasCopy = true;
        _copies.Add(copy);
    }

    /// <summary>Adds a copy of a letter: it is not the message, so that nobody is served by it.</summary>
    /// <param name="copy">The copy.</param>
    public void AddLetterCopy(PlannedCopy copy) => _copies.Add(copy);

    /// <summary>Says that a mailbox has what it wants, without a copy.</summary>
    /// <param name="mailbox">The mailbox.</param>
    public void Succeed(PlannedMailbox mailbox) => mailbox.WantsNothing = true;

    /// <summary>Says why a mailbox could not be served.</summary>
    /// <param name="mailbox">The mailbox.</param>
    /// <param name="reply">Why.</param>
    public void FailMailbox(PlannedMailbox mailbox, SmtpReply reply) => mailbox.Refusal ??= reply;

    /// <summary>Says why a recipient leads nowhere.</summary>
    /// <param name="recipient">The recipient.</param>
    /// <param name="reply">Why.</param>
    public void Fail(EmailAddress recipient, SmtpReply reply) => _failures[recipient] = reply;

    /// <summary>
    /// Gives a copy to mailboxes whose filters pass the message round in a circle, so that it ends somewhere: each circle's first mailbox keeps it.
    /// </summary>
    public void BreakCircles()
    {
        if (_mailboxes.TrueForAll(HasEnded))
        {
            return; // the common case
        }

        HashSet<PlannedMailbox> ended = [.. _mailboxes.Where(HasEnded)];
        SpreadBack(ended);
        foreach (PlannedMailbox mailbox in _mailboxes)
        {
            if (!ended.Contains(mailbox))
            {
                AddCopy(PlannedCopy.ToInbox(mailbox));
                ended.Add(mailbox);
                SpreadBack(ended);
            }
        }
    }

    /// <summary>Whether some recipient or mailbox failed.</summary>
    public bool HasFailures => _failures.Count > 0 || AllMailboxes.Any(mailbox => mailbox.Failure is not null);

    /// <summary>Takes what the store said of the copies; of repeated answers the last one counts.</summary>
    /// <param name="copies">The copies.</param>
    /// <param name="failures">For each copy, why it was not stored; null where it was.</param>
    public static void Settle(ImmutableArray<PlannedCopy> copies, ImmutableArray<SmtpReply?> failures)
    {
        foreach (PlannedCopy copy in copies)
        {
            copy.Mailbox.Unsettle();
        }

        for (int i = 0; i < copies.Length; i++)
        {
            copies[i].Mailbox.Settle(failures[i]);
        }
    }

    /// <summary>Whether a mailbox's filter may write letters: the message is accepted, and no copy of the mailbox is left to be tried again.</summary>
    /// <param name="recipients">The envelope's recipients.</param>
    /// <param name="mailbox">The mailbox.</param>
    /// <returns>As it stands; once the copies are stored, for good.</returns>
    public bool MayWrite(ImmutableArray<EmailAddress> recipients, PlannedMailbox mailbox) =>
        mailbox is not { IsServed: false, Failure: not null } && (recipients.IsEmpty || recipients.Any(recipient => ReplyFor(recipient) is null));

    /// <summary>What to answer for a recipient, once the copies are stored.</summary>
    /// <param name="recipient">The recipient.</param>
    /// <returns>Null where at least one of its mailboxes was served, or why none was.</returns>
    public SmtpReply? ReplyFor(EmailAddress recipient)
    {
        if (_failures.TryGetValue(recipient, out SmtpReply? failure))
        {
            return failure;
        }

        ImmutableArray<PlannedMailbox> ends = Ends(recipient);
        return ends.IsEmpty || ends.Any(end => end.IsServed)
            ? null
            : (ends.FirstOrDefault(end => end.Failure is { IsTransient: true }) ?? ends.FirstOrDefault(end => end.Failure is not null))?.Failure;
    }

    /// <summary>
    /// The mailboxes that got nothing although their recipient was served otherwise, as an alias of several: they must be served apart.
    /// </summary>
    /// <param name="recipients">The envelope's recipients.</param>
    /// <returns>Their addresses, each once.</returns>
    public ImmutableArray<EmailAddress> LeftOut(ImmutableArray<EmailAddress> recipients)
    {
        if (!AllMailboxes.Any(mailbox => mailbox is { IsServed: false, Failure: not null }))
        {
            return []; // the common case
        }

        HashSet<PlannedMailbox> answeredFor = [.. recipients.Where(recipient => ReplyFor(recipient) is not null).SelectMany(recipient => Ends(recipient))];
        return
        [
            .. AllMailboxes
                .Where(mailbox => mailbox is { IsServed: false, Failure: not null } && !answeredFor.Contains(mailbox))
                .Select(mailbox => mailbox.Account.Address),
        ];
    }

    private IEnumerable<PlannedMailbox> AllMailboxes => _sender is null ? _mailboxes : _mailboxes.Append(_sender);

    private static bool HasEnded(PlannedMailbox mailbox) => mailbox.HasCopy || mailbox.IsServed || mailbox.Failure is not null;

    // The mailboxes where a recipient's message ends, after all passing on.
    private ImmutableArray<PlannedMailbox> Ends(EmailAddress recipient)
    {
        if (!_byRecipient.TryGetValue(recipient, out List<PlannedMailbox>? targets))
        {
            return [];
        }

        if (targets.TrueForAll(mailbox => mailbox.PassedTo.Count == 0))
        {
            return [.. targets.Where(HasEnded)]; // the common case
        }

        var seen = new HashSet<PlannedMailbox>(targets);
        var open = new Queue<PlannedMailbox>(targets);
        ImmutableArray<PlannedMailbox>.Builder ends = ImmutableArray.CreateBuilder<PlannedMailbox>();
        while (open.TryDequeue(out PlannedMailbox? mailbox))
        {
            if (HasEnded(mailbox))
            {
                ends.Add(mailbox);
            }

            foreach (PlannedMailbox next in mailbox.PassedTo.Where(seen.Add))
            {
                open.Enqueue(next);
            }
        }

        return ends.ToImmutable();
    }

    private void SpreadBack(HashSet<PlannedMailbox> ended)
    {
        for (bool changed = true; changed;)
        {
            changed = false;
            foreach (PlannedMailbox mailbox in _mailboxes)
            {
                changed |= mailbox.PassedTo.Exists(ended.Contains) && ended.Add(mailbox);
            }
        }
    }
}
