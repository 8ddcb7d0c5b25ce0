using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.MailAuth;

namespace PluginMail.Pipeline;

/// <summary>
/// The Message stage: where the message is from and the checks, side by side; their effects applied in mail.toml's order; editors one after
/// another; the score's thresholds; outbound editors and the signature of what leaves.
/// </summary>
internal sealed class MessageStage(MessageEdits edits, OutboundStage outbound, IOriginCheck? origin, TimeProvider clock, ILogger log)
{
    private static readonly Task<OriginFinding?> NoFinding = Task.FromResult<OriginFinding?>(null);

    /// <summary>Judges a message and makes the changes that its judges ask for.</summary>
    public async ValueTask<StagedMessage> RunAsync(
        RoleSet roles, PipelineOptions options, StagedMessage start, Judgement judgement, DecisionTrace trace, CancellationToken cancellationToken)
    {
        StagedMessage staged = await CheckHeaderAsync(options.HeaderRules, start, judgement, trace, cancellationToken);
        if (IsSettled(judgement))
        {
            return staged;
        }

        Task<OriginFinding?> finding = BeginOrigin(staged, cancellationToken);
        try
        {
            if (!roles.MessageChecks.IsEmpty)
            {
                staged = await CheckAsync(roles.MessageChecks, options, staged, judgement, trace, cancellationToken);
            }
        }
        finally
        {
            await ((Task)finding).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // it reads the message, which goes away with the stage
        }

        staged = await finding is { } origins
            ? await ApplyAsync(origins, staged, judgement, trace, cancellationToken)
            : await RemoveForgedAsync(staged, judgement, cancellationToken);

        staged = IsSettled(judgement) ? staged : await EditHeaderAsync(options.HeaderRules, staged, cancellationToken);
        foreach (Role<IMessageView, Verdict> editor in roles.MessageEditors)
        {
            if (IsSettled(judgement))
            {
                break;
            }

            if (!judgement.Bypasses(editor.Plugin))
            {
                Answer answer = await AskAsync(editor, staged.View(judgement), cancellationToken, cancellationToken);
                staged = await ApplyAsync(answer, staged, judgement, trace, cancellationToken);
            }
        }

        if (IsSettled(judgement))
        {
            return staged;
        }

        staged = await ApplyThresholdsAsync(options.Spam, staged, judgement, trace, cancellationToken);
        if (staged.Direction != Direction.Outgoing || IsSettled(judgement))
        {
            return staged;
        }

        staged = await outbound.RunAsync(roles.OutboundEditors, staged, judgement, trace, cancellationToken);
        return origin is not null
            ? await edits.EditHeaderAsync(staged, await origin.SignAsync(staged.Message.Content, cancellationToken), cancellationToken)
            : staged;
    }

    // Before all checks: what an administrator's rule refuses costs no virus scan.
    private async ValueTask<StagedMessage> CheckHeaderAsync(
        HeaderRules rules, StagedMessage staged, Judgement judgement, DecisionTrace trace, CancellationToken cancellationToken)
    {
        foreach (HeaderHit hit in rules.Find(staged.Message, staged.Direction))
        {
            string action = hit.Rule.Action.ToString().ToLowerInvariant();
            trace.Add(new TraceEntry("message", hit.Rule.Role, action, hit.Shown));
            PipelineLog.HeaderCheck(log, trace.TransactionId, action, hit.Rule.Name, trace.Sender, hit.Shown);
            Verdict verdict = HeaderVerdicts.Of(hit, staged.Envelope);
            judgement.Add(hit.Rule.Role, verdict);
            staged = verdict.Effects.IsEmpty ? staged : await edits.ApplyAsync(staged, verdict.Effects, cancellationToken);
        }

        return staged;
    }

    // After the origin was checked, which the signatures of what came in need it as it came for; so the fields are looked at once more.
    private ValueTask<StagedMessage> EditHeaderAsync(HeaderRules rules, StagedMessage staged, CancellationToken cancellationToken) => rules.HasEdits
        ? edits.ApplyAsync(staged, HeaderVerdicts.EditsOf(rules.Find(staged.Message, staged.Direction)), cancellationToken)
        : ValueTask.FromResult(staged);

    private Task<OriginFinding?> BeginOrigin(StagedMessage staged, CancellationToken cancellationToken)
    {
        if (origin is null || !origin.Concerns(staged.Session))
        {
            return NoFinding;
        }

        ISessionView session = staged.Session;
        var request = new AuthenticationRequest(
            staged.Message.Content, session.RemoteEndPoint?.Address, session.HelloName, staged.Envelope.Sender) { Authenticated = session.Authenticated };
        return CheckOriginAsync(origin, request, cancellationToken);
    }

    private ValueTask<StagedMessage> RemoveForgedAsync(StagedMessage staged, Judgement judgement, CancellationToken cancellationToken) =>
        origin is null || IsSettled(judgement)
            ? ValueTask.FromResult(staged)
            : edits.EditHeaderAsync(staged, origin.RemoveForged(staged.Session, staged.Message.Content), cancellationToken);

    private static async Task<OriginFinding?> CheckOriginAsync(
        IOriginCheck origin, AuthenticationRequest request, CancellationToken cancellationToken) => await origin.CheckAsync(request, cancellationToken);

    private async ValueTask<StagedMessage> ApplyAsync(
        OriginFinding finding, StagedMessage staged, Judgement judgement, DecisionTrace trace, CancellationToken cancellationToken)
    {
        Verdict verdict = finding.Refusal is { } refusal ? Verdict.Refuse(refusal) : Verdict.Pass;
        judgement.Add("origin", verdict);
        trace.Add(new TraceEntry("message", "origin", finding.IsJunk ? "junk" : VerdictText.Of(verdict), finding.Summary));
        return finding.Refusal is not null
            ? staged
            : await edits.EditHeaderAsync(
                staged with { IsJunk = staged.IsJunk || finding.IsJunk, IsSenderDoubtful = finding.IsSenderDoubtful, Origin = finding.Outcome },
                finding.Outcome.HeaderEdits,
                cancellationToken);
    }

    // What is not delivered needs no edits, and a score must not turn what was decided into something else.
    private static bool IsSettled(Judgement judgement) => judgement.Decision is Decision.Refuse or Decision.Defer or Decision.Discard;

    private async ValueTask<StagedMessage> CheckAsync(
        ImmutableArray<Role<IMessageView, Verdict>> checks,
        PipelineOptions options,
        StagedMessage staged,
        Judgement judgement,
        DecisionTrace trace,
        CancellationToken cancellationToken)
    {
        MessageView view = staged.View(judgement);
        using var ending = new CancellationTokenSource();
        var pending = new List<ValueTask<Answer>>(checks.Length);
        foreach (Role<IMessageView, Verdict> check in checks)
        {
            if (!judgement.Bypasses(check.Plugin))
            {
                pending.Add(AskAsync(check, view, ending.Token, cancellationToken));
            }
        }

        bool isOver = pending.TrueForAll(static ask => ask.IsCompleted); // nearly always: then neither costs anything
        using CancellationTokenSource? deadline = isOver ? null : new CancellationTokenSource(options.StageTimeout, clock);
        using CancellationTokenRegistration stageEnd = End(ending, deadline?.Token ?? default);
        using CancellationTokenRegistration sessionEnd = End(ending, isOver ? default : cancellationToken);
        var answers = new Answer[pending.Count];
        for (int i = 0; i < answers.Length; i++)
        {
            answers[i] = await pending[i]; // none throws: all have ended when the message goes away
        }

        cancellationToken.ThrowIfCancellationRequested();
        foreach (Answer answer in answers)
        {
            staged = await ApplyAsync(answer, staged, judgement, trace, cancellationToken);
        }

        return staged;
    }

    // Unlike a timer's, a registration's disposal waits for a callback that runs: the stage never ends before it.
    private static CancellationTokenRegistration End(CancellationTokenSource stage, CancellationToken end) =>
        end.UnsafeRegister(static stage => ((CancellationTokenSource)stage!).Cancel(), stage);

    // Where the role has no answer of its own for what the stage's end cut short, the client comes again.
    private static async ValueTask<Answer> AskAsync(
        Role<IMessageView, Verdict> role, MessageView view, CancellationToken stageEnd, CancellationToken sessionEnd)
    {
        long began = Stopwatch.GetTimestamp();
        RoleAnswer<Verdict> said;
        try
        {
            said = await role.AskAsync(view, stageEnd, sessionEnd);
        }
        catch (OperationCanceledException)
        {
            string fault = sessionEnd.IsCancellationRequested ? "the session ended" : "the Message stage took too long";
            said = new RoleAnswer<Verdict>(Verdict.Defer(SmtpReply.LocalError(fault)), fault);
        }

        return new Answer(role.Plugin, said, Stopwatch.GetElapsedTime(began));
    }

    private async ValueTask<StagedMessage> ApplyAsync(
        Answer answer, StagedMessage staged, Judgement judgement, DecisionTrace trace, CancellationToken cancellationToken)
    {
        Verdict verdict = answer.Said.Value;
        judgement.Add(answer.Plugin, verdict);
        trace.Add(new TraceEntry(
            "message",
            answer.Plugin,
            VerdictText.Of(verdict),
            answer.Said.Fault ?? VerdictText.Detail(verdict),
            Score: VerdictText.Score(verdict),
            Microseconds: (long)answer.Took.TotalMicroseconds));
        return verdict.Effects.IsEmpty ? staged : await edits.ApplyAsync(staged, verdict.Effects, cancellationToken);
    }

    private async ValueTask<StagedMessage> ApplyThresholdsAsync(
        SpamThresholds spam, StagedMessage staged, Judgement judgement, DecisionTrace trace, CancellationToken cancellationToken)
    {
        if (!judgement.Reasons.IsEmpty && spam.Refuse > 0)
        {
            staged = staged with { SpamPercent = Math.Clamp(100 * judgement.Score / spam.Refuse, 0, 100) };
        }

        if (judgement.Score < Math.Min(spam.Tag, Math.Min(spam.Junk, spam.Refuse)))
        {
            return staged;
        }

        string score = judgement.Score.ToString("0.##", CultureInfo.InvariantCulture);
        if (judgement.Score >= spam.Refuse)
        {
            Verdict refusal = Verdict.Refuse(SmtpReply.PolicyRefusal($"Looks like spam (score {score})"));
            judgement.Add("spam", refusal);
            trace.Add(new TraceEntry("message", "spam", "refuse", VerdictText.Detail(refusal)));
            return staged;
        }

        string status = $"Yes, score={score} reasons={string.Join(',', judgement.Reasons)}";
        trace.Add(new TraceEntry("message", "spam", judgement.Score >= spam.Junk ? "junk" : "tag", status));
        staged = judgement.Score >= spam.Junk ? staged with { IsJunk = true } : staged;
        return judgement.Score < spam.Tag
            ? staged
            : await edits.ApplyAsync(staged, [new HeaderEdit.Remove("X-Spam-Flag"), new HeaderEdit.Add("X-Spam-Status", status), new HeaderEdit.Add("X-Spam-Flag", "YES")], cancellationToken);
    }

    private readonly record struct Answer(string Plugin, RoleAnswer<Verdict> Said, TimeSpan Took);
}
