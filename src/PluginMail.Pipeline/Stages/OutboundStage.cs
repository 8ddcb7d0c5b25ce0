using System.Collections.Immutable;
using System.Diagnostics;
using PluginMail.Abstractions;

namespace PluginMail.Pipeline;

/// <summary>
/// Outgoing mail with recipients elsewhere: outbound editors one after another, each seeing those recipients alone. There is one message: recipients
/// here get it as it leaves. What an editor refuses or defers is held.
/// </summary>
internal sealed class OutboundStage(MessageEdits edits, IRecipientRouter router)
{
    /// <summary>Makes the changes that the editors ask for.</summary>
    public async ValueTask<StagedMessage> RunAsync(
        ImmutableArray<Role<IMessageView, Verdict>> editors,
        StagedMessage staged,
        Judgement judgement,
        DecisionTrace trace,
        CancellationToken cancellationToken)
    {
        foreach (Role<IMessageView, Verdict> editor in editors)
        {
            if (judgement.Bypasses(editor.Plugin))
            {
                continue;
            }

            ImmutableArray<EmailAddress> elsewhere = await ElsewhereAsync(staged.Envelope.Recipients, cancellationToken);
            if (elsewhere.IsEmpty || judgement.Decision is Decision.Discard)
            {
                break;
            }

            StagedMessage leaving = staged with { Envelope = staged.Envelope with { Recipients = elsewhere } };
            long began = Stopwatch.GetTimestamp();
            RoleAnswer<Verdict> said = await editor.AskAsync(leaving.View(judgement), cancellationToken);
            Verdict verdict = Held(said.Value);
            judgement.Add(editor.Plugin, verdict);
            trace.Add(new TraceEntry(
                "outbound",
                editor.Plugin,
                VerdictText.Of(verdict),
                said.Fault ?? VerdictText.Detail(verdict),
                Score: VerdictText.Score(verdict),
                Microseconds: (long)Stopwatch.GetElapsedTime(began).TotalMicroseconds));
            staged = verdict.Effects.IsEmpty ? staged : await edits.ApplyAsync(staged, verdict.Effects, cancellationToken);
        }

        return staged;
    }

    // An editor may have added or removed some.
    private async ValueTask<ImmutableArray<EmailAddress>> ElsewhereAsync(
        ImmutableArray<EmailAddress> recipients, CancellationToken cancellationToken)
    {
        ImmutableArray<EmailAddress>.Builder elsewhere = ImmutableArray.CreateBuilder<EmailAddress>();
        foreach (EmailAddress recipient in recipients)
        {
            if (await router.ClassifyAsync(recipient, cancellationToken) is RecipientKind.Remote or RecipientKind.Relayed)
            {
                elsewhere.Add(recipient);
            }
        }

        return elsewhere.ToImmutable();
    }

    private static Verdict Held(Verdict verdict) => verdict.Decision switch
    {
        Decision.Refuse refuse => verdict with { Decision = new Decision.Hold(refuse.Reply.ToString()) },
        Decision.Defer defer => verdict with { Decision = new Decision.Hold(defer.Reply.ToString()) },
        _ => verdict,
    };
}
