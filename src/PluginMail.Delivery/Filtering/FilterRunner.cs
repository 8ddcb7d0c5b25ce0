using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Filters.Evaluation;
using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Delivery;

/// <summary>Runs the filters of recipients and senders, and turns their actions into planned copies. A filter that fails keeps the message.</summary>
/// <param name="cache">Compiled filters.</param>
/// <param name="router">Where a filter's addresses lead.</param>
/// <param name="directory">The sender's account.</param>
/// <param name="options">Settings; asked anew each time.</param>
/// <param name="letters">What filters write.</param>
/// <param name="contexts">What filters see beside the message.</param>
/// <param name="counters">Count what filters do.</param>
/// <param name="clock">Limits a filter's time.</param>
/// <param name="log">The log.</param>
public sealed class FilterRunner(
    FilterCache cache,
    RecipientRouter router,
    IDirectoryStore directory,
    Func<DeliveryOptions> options,
    Correspondence letters,
    FilterContexts contexts,
    FilterCounters counters,
    TimeProvider clock,
    ILogger<FilterRunner> log)
{
    private readonly FilterActions _actions = new(log);
    private readonly OwnerAddresses _owners = new(directory);
    private readonly VacationReplies _vacation = new(letters);
    private readonly Notices _notices = new(letters);
    private readonly FaultReports _faults = new(letters);

    /// <summary>Runs a recipient's filter.</summary>
    /// <param name="request">The message.</param>
    /// <param name="mailbox">The mailbox.</param>
    /// <param name="plan">Gets the copies.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Completes when the actions are planned.</returns>
    public async ValueTask RunForRecipientAsync(
        DeliveryRequest request, PlannedMailbox mailbox, DeliveryPlan plan, CancellationToken cancellationToken)
    {
        if (await cache.GetAsync(mailbox.Account, cancellationToken) is not { } active)
        {
            plan.AddCopy(PlannedCopy.ToInbox(mailbox));
            return;
        }

        FilterResult result = await RunAsync(active, request, mailbox, MailDirection.Incoming, plan, cancellationToken);
        if (result.Error is { } error)
        {
            await _faults.PlanAsync(error, FaultReports.OnDelivery(request.Envelope.Sender), request.TransactionId, mailbox, plan, cancellationToken); // what scripts before it decided stands, and the keep
        }

        FilterJudgement judgement = await _actions.RunAsync(result, active.Name, request, mailbox, MailDirection.Incoming, cancellationToken);
        if (EndsHere(judgement, request, mailbox, plan))
        {
            return;
        }

        mailbox.Fields.AddRange(judgement.Fields);
        bool isPlaced = await PlanAllAsync(result, judgement, active.Name, request, mailbox, plan, cancellationToken);
        if (judgement.MustKeep && !mailbox.HasCopy)
        {
            plan.AddCopy(PlannedCopy.ToInbox(mailbox));
        }
        else if (!isPlaced)
        {
            plan.Succeed(mailbox);
            DeliveryLog.Discarded(log, request.TransactionId, mailbox.Account.Address, active.Name);
        }
    }

    /// <summary>Runs the filter of the account that sends, which sees only what stands inside <c>direction "outgoing"</c>.</summary>
    /// <param name="request">The message.</param>
    /// <param name="plan">Gets the copies for the sender's own mailbox.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether the message is sent; where it is not, the sender's mailbox, on which the answer then depends.</returns>
    public async ValueTask<SenderOutcome> RunForSenderAsync(DeliveryRequest request, DeliveryPlan plan, CancellationToken cancellationToken)
    {
        if (request.Session.Authenticated is not { } login
            || await directory.FindAccountAsync(login, cancellationToken) is not { } account
            || await cache.GetAsync(account, cancellationToken) is not { } active)
        {
            return SenderOutcome.Sent;
        }

        var mailbox = new PlannedMailbox(account, login);
        FilterResult result = await RunAsync(active, request, mailbox, MailDirection.Outgoing, plan, cancellationToken);

        FilterJudgement judgement = await _actions.RunAsync(result, active.Name, request, mailbox, MailDirection.Outgoing, cancellationToken);
        if (Refusal(judgement.Decision) is { } refusal)
        {
            plan.FailMailbox(mailbox, refusal);
            return new SenderOutcome(IsSent: false, mailbox);
        }

        foreach (FilterEffect effect in result.Effects)
        {
            if (effect is FilterEffect.FileInto file)
            {
                plan.AddCopy(PlannedCopy.To(mailbox, file) with { IsSent = true });
            }
            else if (effect is FilterEffect.FileIntoMailbox or FilterEffect.Redirect or FilterEffect.Notify)
            {
                await PlanAsync(effect, active.Name, request, mailbox, plan, cancellationToken);
            }
        }

        foreach (EmailAddress recipient in judgement.Recipients)
        {
            await PassOnAsync(recipient.ToString(), result.Changes, active.Name, request, mailbox, plan, cancellationToken);
        }

        if (judgement.Decision is Decision.Hold hold)
        {
            plan.Hold(mailbox, request.Envelope.Recipients, hold.Reason);
            return new SenderOutcome(IsSent: false, mailbox);
        }

        FilterEffect? keep = result.Effects.FirstOrDefault(effect => IsKept(effect, judgement));
        return new SenderOutcome(judgement.MustKeep || keep is not null, mailbox) { Changes = keep?.Changes ?? [] };
    }

    private static bool IsKept(FilterEffect effect, FilterJudgement judgement) =>
        effect is FilterEffect.Keep keep && !(keep.IsImplicit && judgement.DropsImplicitKeep);

    private static SmtpReply? Refusal(Decision decision) => decision switch
    {
        Decision.Refuse refuse => refuse.Reply,
        Decision.Defer defer => defer.Reply,
        _ => null,
    };

    // A refusal, and a hold too, stand against all else that the script asks for. What comes out of the queue is not held again: a person
    // has released it, or its first try found no reason to.
    private static bool EndsHere(FilterJudgement judgement, DeliveryRequest request, PlannedMailbox mailbox, DeliveryPlan plan)
    {
        if (Refusal(judgement.Decision) is { } refusal)
        {
            plan.FailMailbox(mailbox, refusal);
            return true;
        }

        if (judgement.Decision is not Decision.Hold hold)
        {
            return false;
        }

        if (request.Session.Protocol == "queue")
        {
            judgement.MustKeep = true;
            return false;
        }

        plan.Hold(mailbox, [mailbox.Account.Address], hold.Reason);
        return true;
    }

    private async ValueTask<bool> PlanAllAsync(
        FilterResult result,
        FilterJudgement judgement,
        string script,
        DeliveryRequest request,
        PlannedMailbox mailbox,
        DeliveryPlan plan,
        CancellationToken cancellationToken)
    {
        bool isPlaced = false;
        foreach (FilterEffect effect in result.Effects)
        {
            if (effect is not FilterEffect.Keep || IsKept(effect, judgement))
            {
                isPlaced |= await PlanAsync(effect, script, request, mailbox, plan, cancellationToken);
            }
        }

        foreach (EmailAddress recipient in judgement.Recipients)
        {
            isPlaced |= await PassOnAsync(recipient.ToString(), result.Changes, script, request, mailbox, plan, cancellationToken);
        }

        return isPlaced;
    }

    private async ValueTask<FilterResult> RunAsync(
        ActiveFilters active,
        DeliveryRequest request,
        PlannedMailbox mailbox,
        MailDirection direction,
        DeliveryPlan plan,
        CancellationToken cancellationToken)
    {
        long start = clock.GetTimestamp();
        FilterEnvelope envelope = await EnvelopeAsync(request, mailbox, direction, cancellationToken);
        FilterContext context = contexts.Of(request, mailbox);
        plan.FilterInput = plan.FilterInput?.ForRecipient(envelope, context)
            ?? new FilterInput(new MimeFilterMessage(request.Message.Header, request.Message.Content, request.Message.Structure), envelope)
            {
                View = request.View,
                Context = context,
            };
        FilterInput input = mailbox.Changes.Aggregate(plan.FilterInput, static (message, change) => message.With(change));
        FilterResult result;
        try
        {
            result = await active.RunAsync(input, new FilterRunOptions { Clock = clock, Limits = options().Filters }, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException and not IOException)
        {
            result = new FilterResult([new FilterEffect.Keep { IsImplicit = true }]) { Error = new FilterError("fault", e.Message, active.Name, 0) }; // one filter's fault is no other recipient's
        }

        counters.Add(mailbox.Account.Id, result);
        await contexts.RememberAsync(result, mailbox, plan, cancellationToken);
        if (result.Error is { } error)
        {
            DeliveryLog.FilterFailed(
                log, request.TransactionId, active.Name, mailbox.Account.Address, $"line {error.Line}: {error.Message}");
        }

        TimeSpan time = clock.GetElapsedTime(start);
        DeliveryMetrics.Filtered(direction, result.Error is not null, time);
        request.Trace.Add(new TraceEntry(
            direction == MailDirection.Incoming ? "filter" : "filter outgoing",
            active.Name,
            string.Join("; ", result.Effects),
            FilterReasons.Of(result, active.Name),
            mailbox.Account.Address.ToString(),
            Microseconds: (long)time.TotalMicroseconds));
        return result;
    }

    private async ValueTask<bool> PlanAsync(
        FilterEffect effect, string script, DeliveryRequest request, PlannedMailbox mailbox, DeliveryPlan plan, CancellationToken cancellationToken)
    {
        switch (effect)
        {
            case FilterEffect.Keep:
                plan.AddCopy(PlannedCopy.ToInbox(mailbox) with { Changes = effect.Changes, Flags = effect.Flags });
                return true;
            case FilterEffect.FileInto file:
                plan.AddCopy(PlannedCopy.To(mailbox, file));
                return true;
            case FilterEffect.FileIntoMailbox other:
                return await PassOnAsync(other.Address, effect.Changes, script, request, mailbox, plan, cancellationToken);
            case FilterEffect.Redirect redirect:
                string to = redirect.IsList ? await contexts.AddressOfListAsync(redirect.Address, mailbox, cancellationToken) : redirect.Address;
                return await PassOnAsync(to, effect.Changes, script, request, mailbox, plan, cancellationToken);
            case FilterEffect.Reject rejection:
                DeliveryPlan.Reject(mailbox, rejection);
                return true;
            case FilterEffect.Notify notify:
                await _notices.PlanAsync(notify, LetterOccasion.Of(request), mailbox, plan, cancellationToken);
                return false;
            case FilterEffect.Vacation vacation:
                await _vacation.PlanAsync(vacation, request, mailbox, plan, cancellationToken);
                return false;
            default:
                return false;
        }
    }

    private async ValueTask<bool> PassOnAsync(
        string destination,
        ImmutableArray<MessageChange> changes,
        string script,
        DeliveryRequest request,
        PlannedMailbox mailbox,
        DeliveryPlan plan,
        CancellationToken cancellationToken)
    {
        Expansion? expansion = EmailAddress.TryParse(destination, out EmailAddress? address)
            ? await router.ExpandAsync(address, cancellationToken)
            : null;
        if (expansion is { IsIncomplete: true })
        {
            expansion = null; // some of those it leads to would get nothing: the owner keeps it
        }

        ImmutableArray<DistributionList> lists = await TakingAsync(expansion, mailbox, cancellationToken);
        foreach (DistributionList list in lists)
        {
            plan.AddList(list);
            plan.Succeed(mailbox);
        }

        if (expansion is { Remote.IsEmpty: false } && RedirectMark.IsOn(request.Message, mailbox.Account.Address))
        {
            DeliveryLog.RedirectLoop(log, request.TransactionId, script, mailbox.Account.Address, destination);
            request.Trace.Add(new TraceEntry("filter", script, "keep", $"it has gone to <{destination}> before", mailbox.Account.Address.ToString()));
            plan.AddCopy(PlannedCopy.ToInbox(mailbox));
            return true;
        }

        if (expansion is { Remote.IsEmpty: false } && options().CanSendElsewhere)
        {
            EmailAddress? sender = await router.SenderForAsync(request.Envelope.Sender, mailbox.Account.Address, cancellationToken);
            plan.Redirect(
                [.. expansion.Remote.Select(remote => new PlannedRemote(remote, mailbox.Recipient, IsOneOfSeveral: false, IsPassedOn: true) { Sender = sender })],
                changes.Add(RedirectMark.For(mailbox.Account.Address)));
            plan.Succeed(mailbox);
        }
        else if (expansion is null || (expansion.Accounts.IsEmpty && lists.IsEmpty))
        {
            DeliveryLog.CannotRedirect(log, request.TransactionId, script, mailbox.Account.Address, destination);
            plan.AddCopy(PlannedCopy.ToInbox(mailbox));
            return true;
        }
        else
        {
            OutOfReach.Report(request, expansion.Remote, log);
        }

        foreach (Account account in expansion!.Accounts)
        {
            PlannedMailbox target = plan.AddMailbox(account, address!, changes);
            if (target == mailbox)
            {
                plan.AddCopy(PlannedCopy.ToInbox(mailbox));
            }
            else
            {
                mailbox.PassedTo.Add(target);
            }
        }

        return true;
    }

    // A filter posts to lists as its owner.
    private async ValueTask<ImmutableArray<DistributionList>> TakingAsync(
        Expansion? expansion, PlannedMailbox mailbox, CancellationToken cancellationToken)
    {
        if (expansion is not { Lists.IsEmpty: false })
        {
            return [];
        }

        EmailAddress owner = mailbox.Account.Address;
        var origin = new MailOrigin(owner, owner, IsTrusted: true, Size: null);
        ImmutableArray<DistributionList>.Builder taking = ImmutableArray.CreateBuilder<DistributionList>();
        foreach (DistributionList list in expansion.Lists)
        {
            if (await router.MayPostAsync(list, origin, cancellationToken))
            {
                taking.Add(list);
            }
        }

        return taking.ToImmutable();
    }

    private async ValueTask<FilterEnvelope> EnvelopeAsync(
        DeliveryRequest request, PlannedMailbox mailbox, MailDirection direction, CancellationToken cancellationToken) => new()
    {
        From = request.Envelope.Sender?.ToString() ?? "",
        To = mailbox.Account.Address.ToString(),
        OriginalTo = mailbox.Recipient.ToString(),
        AuthenticatedAs = request.Session.Authenticated?.ToString(),
        Direction = direction,
        OwnerAddresses = await _owners.OfAsync(mailbox.Account, cancellationToken),
    };
}
