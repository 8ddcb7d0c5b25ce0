using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Delivery;

/// <summary>Plans for each recipient of an envelope, and for those who get copies of it: mailboxes, lists, addresses elsewhere.</summary>
internal sealed class RecipientPlanner(RecipientRouter router, Func<DeliveryOptions> options, ILogger log)
{
    /// <summary>Plans a message.</summary>
    public async ValueTask PlanAsync(DeliveryRequest request, DeliveryPlan plan, CancellationToken cancellationToken)
    {
        foreach (EmailAddress recipient in request.Envelope.Recipients)
        {
            if (await PlanAsync(request, plan, recipient, isCopy: false, cancellationToken) is { } failure)
            {
                plan.Fail(recipient, failure);
            }
        }

        foreach (CopyRule rule in CopiesOf(request))
        {
            if (await PlanAsync(request, plan, rule.To, isCopy: true, cancellationToken) is { } failure)
            {
                DeliveryLog.NoCopy(log, request.TransactionId, rule.Of, rule.To, failure.ToString());
                request.Trace.Add(new TraceEntry("delivery", "copy", "refuse", failure.ToString(), rule.To.ToString()));
            }
        }
    }

    /// <summary>The copies that a message is due. What comes out of the queue had them when it went in.</summary>
    public IEnumerable<CopyRule> CopiesOf(DeliveryRequest request) => request.Session.Protocol == "queue"
        ? []
        : options().AlwaysCopy.Where(rule => rule.IsMeant(request.Envelope, request.Session.Authenticated, request.Direction));

    private async ValueTask<SmtpReply?> PlanAsync(
        DeliveryRequest request, DeliveryPlan plan, EmailAddress recipient, bool isCopy, CancellationToken cancellationToken)
    {
        Expansion expansion = await router.ExpandAsync(recipient, cancellationToken);
        if (expansion.IsIncomplete)
        {
            return expansion.IsTruncated ? RecipientReplies.LeadsTooFar(recipient) : RecipientReplies.Unavailable(recipient);
        }

        MailOrigin? origin = isCopy ? null : OriginOf(request);
        switch (await router.ObjectAsync(recipient, expansion, origin, cancellationToken))
        {
            case RecipientKind.TooLarge:
                return RecipientReplies.TooLarge(recipient);
            case RecipientKind.SenderNotAllowed:
                return RecipientReplies.SenderNotAllowed(recipient, request.Envelope.Sender);
        }

        foreach (Account account in expansion.Accounts)
        {
            PlannedMailbox mailbox = plan.AddMailbox(account, recipient, plan.SentChanges);
            if (!isCopy)
            {
                plan.Link(recipient, mailbox);
            }
        }

        if (expansion.Count > 1 && !isCopy)
        {
            plan.Expand(recipient);
        }

        bool anySent = await PlanRemoteAsync(request, plan, recipient, expansion, cancellationToken);
        SmtpReply? refusal = await PlanListsAsync(request, plan, expansion, origin, cancellationToken);
        return !expansion.Accounts.IsEmpty || anySent || (!expansion.Lists.IsEmpty && refusal is null) ? null
            : refusal ?? (expansion.Remote.IsEmpty ? RecipientReplies.NoSuchMailbox(recipient) : RecipientReplies.Unroutable(recipient));
    }

    // Who sends to an address elsewhere sends under his own reverse path; what leads there from here is forwarded under this server's.
    private async ValueTask<bool> PlanRemoteAsync(
        DeliveryRequest request, DeliveryPlan plan, EmailAddress recipient, Expansion expansion, CancellationToken cancellationToken)
    {
        if (expansion.Remote.IsEmpty)
        {
            return false;
        }

        if (!options().CanSendElsewhere)
        {
            OutOfReach.Report(request, expansion.Remote, log);
            return false;
        }

        bool isOneOfSeveral = expansion.Count > 1;
        EmailAddress? own = request.Envelope.Sender;
        EmailAddress? rewritten = await router.SenderForAsync(own, recipient, cancellationToken);
        plan.AddRemote(expansion.Remote.Select(remote =>
            new PlannedRemote(remote, recipient, isOneOfSeveral) { Sender = recipient.Equals(remote) ? own : rewritten }));
        return true;
    }

    private async ValueTask<SmtpReply?> PlanListsAsync(
        DeliveryRequest request, DeliveryPlan plan, Expansion expansion, MailOrigin? origin, CancellationToken cancellationToken)
    {
        SmtpReply? refusal = null;
        bool anyTakes = false;
        foreach (DistributionList list in expansion.Lists)
        {
            SmtpReply? reply = ListPosts.HasPassed(request.Message, list) ? RecipientReplies.GoesRound(list.Address)
                : !await router.MayPostAsync(list, origin, cancellationToken) ? RecipientReplies.SenderNotAllowed(list.Address, request.Envelope.Sender)
                : null;
            if (reply is null)
            {
                plan.AddList(list);
                anyTakes = true;
            }

            refusal ??= reply;
            request.Trace.Add(new TraceEntry(
                "delivery", "list", reply is null ? "post" : "refuse", reply?.ToString() ?? $"{list.Members.Length} members", list.Address.ToString()));
        }

        return anyTakes ? null : refusal;
    }

    // What comes out of the queue was judged when it went in; a list's mail to a list within it has the outer list's reverse path.
    private static MailOrigin? OriginOf(DeliveryRequest request) => request.Session.Protocol == "queue"
        ? null
        : new MailOrigin(
            request.Envelope.Sender, request.Session.Authenticated, request.Direction == Direction.Outgoing, request.Message.Content.Length);
}
