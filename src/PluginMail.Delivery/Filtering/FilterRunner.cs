using System.Diagnostics;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Filters;
using PluginMail.Filters.Evaluation;
using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Delivery;

/// <summary>Runs the filters of recipients and senders, and turns their actions into planned copies. A filter that fails keeps the message.</summary>
/// <param name="cache">Compiled filters.</param>
/// <param name="router">Where a filter's addresses lead.</param>
/// <param name="directory">The sender's account.</param>
/// <param name="canSendElsewhere">Whether a redirect to another host is possible.</param>
/// <param name="log">The log.</param>
public sealed class FilterRunner(
    FilterCache cache, RecipientRouter router, IDirectoryStore directory, Func<bool> canSendElsewhere, ILogger<FilterRunner> log)
{
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
            plan.AddCopy(Inbox(mailbox));
            return;
        }

        FilterResult result = Run(active, request, mailbox, MailDirection.Incoming, plan, cancellationToken);
        if (result.Error is not null)
        {
            plan.AddCopy(Inbox(mailbox));
            return;
        }

        bool isPlaced = false;
        foreach (FilterAction action in result.Actions)
        {
            isPlaced |= await PlanAsync(action, active.Name, request, mailbox, plan, cancellationToken);
        }

        if (!isPlaced)
        {
            plan.Succeed(mailbox);
            DeliveryLog.Discarded(log, request.TransactionId, mailbox.Account.Address, active.Name);
        }
    }

    /// <summary>Runs the filter of the account that sends, which sees only what stands inside <c>direction "outgoing"</c>.</summary>
    /// <param name="request">The message.</param>
    /// <param name="plan">Gets the copies for the sender's own mailbox.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>True where the filter says that the message is not sent.</returns>
    public async ValueTask<bool> RunForSenderAsync(DeliveryRequest request, DeliveryPlan plan, CancellationToken cancellationToken)
    {
        if (request.Session.Authenticated is not { } login
            || await directory.FindAccountAsync(login, cancellationToken) is not { } account
            || await cache.GetAsync(account, cancellationToken) is not { } active)
        {
            return false;
        }

        var mailbox = new PlannedMailbox(account, login);
        FilterResult result = Run(active, request, mailbox, MailDirection.Outgoing, plan, cancellationToken);
        if (result.Error is not null)
        {
            return false;
        }

        foreach (FilterAction action in result.Actions)
        {
            if (action is FilterAction.FileInto file)
            {
                plan.AddCopy(new PlannedCopy(mailbox, file.Folder, ToSpecialUse(file.SpecialUse), IsPlainKeep: false, IsSent: true));
            }
            else if (action is FilterAction.FileIntoMailbox or FilterAction.Redirect)
            {
                await PlanAsync(action, active.Name, request, mailbox, plan, cancellationToken);
            }
        }

        return !result.IsKept;
    }

    private FilterResult Run(
        (string Name, CompiledFilter Filter) active,
        DeliveryRequest request,
        PlannedMailbox mailbox,
        MailDirection direction,
        DeliveryPlan plan,
        CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        FilterEnvelope envelope = Envelope(request, mailbox, direction);
        plan.FilterInput = plan.FilterInput?.ForRecipient(envelope)
            ?? new FilterInput(new MimeFilterMessage(request.Message.Header, request.Message.Content.Length), envelope);
        FilterResult result = active.Filter.Run(plan.FilterInput, cancellation: cancellationToken);
        if (result.Error is { } error)
        {
            DeliveryLog.FilterFailed(
                log, request.TransactionId, active.Name, mailbox.Account.Address, $"line {error.Line}: {error.Message}");
        }

        request.Trace.Add(new Pipeline.TraceEntry(
            direction == MailDirection.Incoming ? "filter" : "filter outgoing",
            active.Name,
            result.Error is null ? string.Join("; ", result.Actions) : "keep",
            result.Error is { } fault
                ? $"failed at line {fault.Line}: {fault.Message}"
                : string.Join(", ", result.Actions.Where(action => action.Line > 0).Select(action => $"line {action.Line}")),
            mailbox.Account.Address.ToString(),
            Microseconds: (long)Stopwatch.GetElapsedTime(start).TotalMicroseconds));
        return result;
    }

    private async ValueTask<bool> PlanAsync(
        FilterAction action, string script, DeliveryRequest request, PlannedMailbox mailbox, DeliveryPlan plan, CancellationToken cancellationToken)
    {
        switch (action)
        {
            case FilterAction.Keep:
                plan.AddCopy(Inbox(mailbox));
                return true;
            case FilterAction.FileInto file:
                plan.AddCopy(new PlannedCopy(mailbox, file.Folder, ToSpecialUse(file.SpecialUse), IsPlainKeep: false));
                return true;
            case FilterAction.FileIntoMailbox other:
                return await PassOnAsync(other.Address, script, request, mailbox, plan, cancellationToken);
            case FilterAction.Redirect redirect:
                return await PassOnAsync(redirect.Address, script, request, mailbox, plan, cancellationToken);
            default:
                return false;
        }
    }

    private async ValueTask<bool> PassOnAsync(
        string target, string script, DeliveryRequest request, PlannedMailbox mailbox, DeliveryPlan plan, CancellationToken cancellationToken)
    {
        Expansion? expansion = EmailAddress.TryParse(target, out EmailAddress? address)
            ? await router.ExpandAsync(address, cancellationToken)
            : null;
        if (expansion is { Remote.IsEmpty: false } && canSendElsewhere())
        {
            plan.AddRemote(expansion.Remote);
            plan.Succeed(mailbox);
        }
        else if (expansion is null || expansion.Accounts.IsEmpty)
        {
            DeliveryLog.CannotRedirect(log, request.TransactionId, script, mailbox.Account.Address, target);
            plan.AddCopy(Inbox(mailbox));
            return true;
        }

        foreach (Account account in expansion!.Accounts)
        {
            PlannedMailbox target = plan.AddMailbox(account, address!);
            if (target == mailbox)
            {
                plan.AddCopy(Inbox(mailbox));
            }
            else
            {
                mailbox.PassedTo.Add(target);
            }
        }

        return true;
    }

    private static PlannedCopy Inbox(PlannedMailbox mailbox) => new(mailbox, Folder.Inbox, SpecialUse.None, IsPlainKeep: true);

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
