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
/// <param name="canSendElsewhere">Whether a redirect to another host is possible.</param>
/// <param name="clock">Limits a filter's time.</param>
/// <param name="log">The log.</param>
public sealed class FilterRunner(
    FilterCache cache, RecipientRouter router, IDirectoryStore directory, Func<bool> canSendElsewhere, TimeProvider clock, ILogger<FilterRunner> log)
{
    private readonly FilterActions _actions = new(log);
    private readonly FilterRunOptions _runOptions = new() { Clock = clock };

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
        if (result.Error is not null)
        {
            plan.AddCopy(PlannedCopy.ToInbox(mailbox));
            return;
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
        if (result.Error is not null)
        {
            return SenderOutcome.Sent;
        }

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
                plan.AddCopy(new PlannedCopy(mailbox, file.Folder, ToSpecialUse(file.SpecialUse), IsPlainKeep: false, IsSent: true));
            }
            else if (effect is FilterEffect.FileIntoMailbox or FilterEffect.Redirect)
            {
                await PlanAsync(effect, active.Name, request, mailbox, plan, cancellationToken);
            }
        }

        foreach (EmailAddress recipient in judgement.Recipients)
        {
            await PassOnAsync(recipient.ToString(), active.Name, request, mailbox, plan, cancellationToken);
        }

        if (judgement.Decision is Decision.Hold hold)
        {
            plan.Hold(mailbox, request.Envelope.Recipients, hold.Reason);
            return new SenderOutcome(IsSent: false, mailbox);
        }

        return new SenderOutcome(judgement.MustKeep || result.Effects.Any(effect => IsKept(effect, judgement)), mailbox);
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
            isPlaced |= await PassOnAsync(recipient.ToString(), script, request, mailbox, plan, cancellationToken);
        }

        return isPlaced;
    }

    private async ValueTask<FilterResult> RunAsync(
        (string Name, CompiledFilter Filter) active,
        DeliveryRequest request,
        PlannedMailbox mailbox,
        MailDirection direction,
        DeliveryPlan plan,
        CancellationToken cancellationToken)
    {
        long start = clock.GetTimestamp();
        FilterEnvelope envelope = Envelope(request, mailbox, direction);
        plan.FilterInput = plan.FilterInput?.ForRecipient(envelope)
            ?? new FilterInput(new MimeFilterMessage(request.Message.Header, request.Message.Content.Length), envelope) { View = request.View };
        FilterResult result;
        try
        {
            result = active.Filter.AsksPlugins
                ? await active.Filter.RunAsync(plan.FilterInput, _runOptions, cancellationToken)
                : active.Filter.Run(plan.FilterInput, _runOptions, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException and not IOException)
        {
            result = new FilterResult([]) { Error = new FilterError("fault", e.Message, active.Name, 0) }; // one filter's fault is no other recipient's
        }

        if (result.Error is { } error)
        {
            DeliveryLog.FilterFailed(
                log, request.TransactionId, active.Name, mailbox.Account.Address, $"line {error.Line}: {error.Message}");
        }

        request.Trace.Add(new TraceEntry(
            direction == MailDirection.Incoming ? "filter" : "filter outgoing",
            active.Name,
            result.Error is null ? string.Join("; ", result.Effects) : "keep",
            result.Error is { } fault
                ? $"failed at line {fault.Line}: {fault.Message}"
                : string.Join(", ", result.Effects.Where(effect => effect.Line > 0).Select(effect => $"line {effect.Line}")),
            mailbox.Account.Address.ToString(),
            Microseconds: (long)clock.GetElapsedTime(start).TotalMicroseconds));
        return result;
    }

    private async ValueTask<bool> PlanAsync(
        FilterEffect effect, string script, DeliveryRequest request, PlannedMailbox mailbox, DeliveryPlan plan, CancellationToken cancellationToken)
    {
        switch (effect)
        {
            case FilterEffect.Keep:
                plan.AddCopy(PlannedCopy.ToInbox(mailbox));
                return true;
            case FilterEffect.FileInto file:
                plan.AddCopy(new PlannedCopy(mailbox, file.Folder, ToSpecialUse(file.SpecialUse), IsPlainKeep: false));
                return true;
            case FilterEffect.FileIntoMailbox other:
                return await PassOnAsync(other.Address, script, request, mailbox, plan, cancellationToken);
            case FilterEffect.Redirect redirect:
                return await PassOnAsync(redirect.Address, script, request, mailbox, plan, cancellationToken);
            default:
                return false;
        }
    }

    private async ValueTask<bool> PassOnAsync(
        string destination, string script, DeliveryRequest request, PlannedMailbox mailbox, DeliveryPlan plan, CancellationToken cancellationToken)
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

        if (expansion is { Remote.IsEmpty: false } && canSendElsewhere())
        {
            if (PassingOn.FindLoop(request.Message, mailbox.Account.Address) is { } loop)
            {
                plan.FailMailbox(mailbox, loop);
                return true;
            }

            EmailAddress? sender = await router.SenderForAsync(request.Envelope.Sender, mailbox.Account.Address, cancellationToken);
            plan.AddRemote(expansion.Remote.Select(
                remote => new PlannedRemote(remote, mailbox.Recipient, IsOneOfSeveral: false, mailbox) { Sender = sender }));
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
            PlannedMailbox target = plan.AddMailbox(account, address!);
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

    private static FilterEnvelope Envelope(DeliveryRequest request, PlannedMailbox mailbox, MailDirection direction) => new()
    {
        From = request.Envelope.Sender?.ToString() ?? "",
        To = mailbox.Account.Address.ToString(),
        OriginalTo = mailbox.Recipient.ToString(),
        AuthenticatedAs = request.Session.Authenticated?.ToString(),
        Direction = direction,
        OwnerAddresses = [mailbox.Account.Address.ToString()],
    };

    private static SpecialUse ToSpecialUse(string? attribute) =>
        attribute is not null && Enum.TryParse(attribute.AsSpan().TrimStart('\\'), ignoreCase: true, out SpecialUse use) ? use : SpecialUse.None;
}
