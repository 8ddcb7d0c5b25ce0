using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Filters.Evaluation;
using PluginMail.Pipeline;

namespace PluginMail.Delivery;

/// <summary>
/// Runs the plugins' actions of a filter. Octets and envelope are shared with other recipients: of an action's effects those are carried out
/// that concern this mailbox alone, and for the sake of any other the message is kept (or sent), and log and trace say so.
/// </summary>
internal sealed class FilterActions(ILogger log)
{
    /// <summary>Runs all plugins' actions of a result, in their order.</summary>
    public async ValueTask<FilterJudgement> RunAsync(
        FilterResult result, string script, DeliveryRequest request, PlannedMailbox mailbox, MailDirection direction, CancellationToken cancellationToken)
    {
        var judgement = new FilterJudgement();
        var run = new Run(script, request, mailbox, direction, judgement);
        foreach (FilterEffect.PluginAction action in result.Effects.OfType<FilterEffect.PluginAction>())
        {
            await RunAsync(action, run, cancellationToken);
        }

        return judgement;
    }

    private async ValueTask RunAsync(FilterEffect.PluginAction action, Run run, CancellationToken cancellationToken)
    {
        Verdict verdict;
        try
        {
            verdict = await action.Action.Run(run.Request.View, action.Arguments, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            run.Trace(action.Action.Name, "failed", e.Message);
            run.Judgement.MustKeep = true;
            return;
        }

        run.Trace(action.Action.Name, VerdictText.Of(verdict), VerdictText.Detail(verdict));
        run.Judgement.Decide(verdict.Decision);
        foreach (Effect effect in verdict.Effects)
        {
            if (!TryApply(effect, run))
            {
                string what = VerdictText.Of(effect);
                run.Trace(action.Action.Name, "not done", what);
                DeliveryLog.EffectNotDone(log, run.Request.TransactionId, run.Script, run.Mailbox.Account.Address, action.Action.Name, what);
                run.Judgement.MustKeep = true;
            }
        }
    }

    private static bool TryApply(Effect effect, Run run)
    {
        switch (effect)
        {
            case Effect.AddRecipient add:
                run.Judgement.Recipients.Add(add.Recipient);
                return true;
            case Effect.RemoveRecipient remove when run.IsIncoming && run.IsOwner(remove.Recipient):
                run.Judgement.DropsImplicitKeep = true;
                return true;
            case HeaderEdit.Add add when run.IsIncoming:
                run.Judgement.Fields.Add(add);
                return true;
            case Effect.Tag or Effect.Bypass:
                return true; // they stand in the trace, and no role comes after filters that could heed them
            default:
                return false;
        }
    }

    private sealed record Run(string Script, DeliveryRequest Request, PlannedMailbox Mailbox, MailDirection Direction, FilterJudgement Judgement)
    {
        public bool IsIncoming => Direction == MailDirection.Incoming;

        public bool IsOwner(EmailAddress recipient) => recipient.Equals(Mailbox.Recipient) || recipient.Equals(Mailbox.Account.Address);

        public void Trace(string action, string decision, string? detail) => Request.Trace.Add(new TraceEntry(
            IsIncoming ? "filter" : "filter outgoing", action, decision, detail, Mailbox.Account.Address.ToString()));
    }
}
