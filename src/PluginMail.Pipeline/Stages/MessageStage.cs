using System.Collections.Immutable;
using System.Diagnostics;
using PluginMail.Abstractions;

namespace PluginMail.Pipeline;

/// <summary>
/// The Message stage: checks side by side under one deadline, their effects applied in mail.toml's order, then editors one after another,
/// then the score's thresholds.
/// </summary>
internal sealed class MessageStage(MessageEdits edits, TimeProvider clock)
{
    /// <summary>Judges a message and makes the changes that its judges ask for.</summary>
    public async ValueTask<StagedMessage> RunAsync(
        RoleSet roles, PipelineOptions options, StagedMessage start, Judgement judgement, DecisionTrace trace, CancellationToken cancellationToken)
    {
        StagedMessage staged = start;
        if (!roles.MessageChecks.IsEmpty)
        {
            staged = await CheckAsync(roles.MessageChecks, options, staged, judgement, trace, cancellationToken);
        }

        foreach (Role<IMessageView, Verdict> editor in roles.MessageEditors)
        {
            if (judgement.Decision is Decision.Refuse or Decision.Defer or Decision.Discard)
            {
                return staged;
            }

            if (!judgement.Bypasses(editor.Plugin))
            {
                long began = Stopwatch.GetTimestamp();
                RoleAnswer<Verdict> answer = await editor.AskAsync(staged.View(judgement), cancellationToken);
                staged = await ApplyAsync(editor.Plugin, answer, began, staged, judgement, trace, cancellationToken);
            }
        }

        return await ApplyThresholdsAsync(options.Spam, staged, judgement, trace, cancellationToken);
    }

    private async ValueTask<StagedMessage> CheckAsync(
        ImmutableArray<Role<IMessageView, Verdict>> checks,
        PipelineOptions options,
        StagedMessage staged,
        Judgement judgement,
        DecisionTrace trace,
        CancellationToken cancellationToken)
    {
        MessageView view = staged.View(judgement);
        long began = Stopwatch.GetTimestamp();
        if (checks.Length == 1)
        {
            return judgement.Bypasses(checks[0].Plugin)
                ? staged
                : await ApplyAsync(
                    checks[0].Plugin, await checks[0].AskAsync(view, cancellationToken), began, staged, judgement, trace, cancellationToken);
        }

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pending = new ValueTask<RoleAnswer<Verdict>>[checks.Length];
        for (int i = 0; i < checks.Length; i++)
        {
            pending[i] = judgement.Bypasses(checks[i].Plugin)
                ? ValueTask.FromResult(new RoleAnswer<Verdict>(Verdict.Pass, null))
                : checks[i].AskAsync(view, ending.Token);
        }

        using ITimer? deadline = pending.All(ask => ask.IsCompleted)
            ? null
            : clock.CreateTimer(_ => ending.Cancel(), null, options.StageTimeout, Timeout.InfiniteTimeSpan);
        RoleAnswer<Verdict>[] answers = new RoleAnswer<Verdict>[checks.Length];
        for (int i = 0; i < checks.Length; i++)
        {
            answers[i] = await AwaitAsync(pending[i], cancellationToken);
        }

        for (int i = 0; i < checks.Length; i++)
        {
            staged = await ApplyAsync(checks[i].Plugin, answers[i], began, staged, judgement, trace, cancellationToken);
        }

        return staged;
    }

    private static async ValueTask<RoleAnswer<Verdict>> AwaitAsync(
        ValueTask<RoleAnswer<Verdict>> pending, CancellationToken cancellationToken)
    {
        try
        {
            return await pending;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            const string Fault = "the Message stage took too long";
            return new RoleAnswer<Verdict>(Verdict.Defer(SmtpReply.LocalError(Fault)), Fault);
        }
    }

    private async ValueTask<StagedMessage> ApplyAsync(
        string plugin,
        RoleAnswer<Verdict> answer,
        long began,
        StagedMessage staged,
        Judgement judgement,
        DecisionTrace trace,
        CancellationToken cancellationToken)
    {
        judgement.Add(plugin, answer.Value);
        trace.Add(new TraceEntry(
            "message",
            plugin,
            VerdictText.Of(answer.Value),
            answer.Fault ?? VerdictText.Detail(answer.Value),
            Score: VerdictText.Score(answer.Value),
            Microseconds: (long)Stopwatch.GetElapsedTime(began).TotalMicroseconds));
        return answer.Value.Effects.IsEmpty ? staged : await edits.ApplyAsync(staged, answer.Value.Effects, cancellationToken);
    }

    private async ValueTask<StagedMessage> ApplyThresholdsAsync(
        SpamThresholds spam, StagedMessage staged, Judgement judgement, DecisionTrace trace, CancellationToken cancellationToken)
    {
        if (judgement.Score < Math.Min(spam.Tag, Math.Min(spam.Junk, spam.Refuse)))
        {
            return staged;
        }

        if (judgement.Score >= spam.Refuse)
        {
            Verdict refusal = Verdict.Refuse(SmtpReply.PolicyRefusal($"Looks like spam (score {judgement.Score:0.##})"));
            judgement.Add("spam", refusal);
            trace.Add(new TraceEntry("message", "spam", "refuse", VerdictText.Detail(refusal)));
            return staged;
        }

        string status = $"Yes, score={judgement.Score:0.##} reasons={string.Join(',', judgement.Reasons)}";
        trace.Add(new TraceEntry("message", "spam", judgement.Score >= spam.Junk ? "junk" : "tag", status));
        staged = judgement.Score >= spam.Junk ? staged with { IsJunk = true } : staged;
        return judgement.Score < spam.Tag
            ? staged
            : await edits.ApplyAsync(staged, [new HeaderEdit.Add("X-Spam-Status", status), new HeaderEdit.Add("X-Spam-Flag", "YES")], cancellationToken);
    }
}
