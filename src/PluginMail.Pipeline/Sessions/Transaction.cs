using System.Collections.Immutable;
using PluginMail.Abstractions;
using PluginMail.Mime;

namespace PluginMail.Pipeline;

/// <summary>A complete message from the Message stage to the reply: judged, delivered, traced.</summary>
internal sealed class Transaction(
    MailSessions pipeline, IDelivery delivery, MessageEdits edits, PipelineOptions options, DecisionTrace trace) : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _owned = [];

    /// <summary>Runs a message that a session brought.</summary>
    public async ValueTask<MessageReplies> RunAsync(
        RoleSet roles,
        ISessionView session,
        Envelope envelope,
        SpooledMessage spool,
        Judgement judgement,
        CancellationToken cancellationToken)
    {
        MailMessage message = await spool.CompleteAsync(cancellationToken);
        trace.Size = message.Content.Length;
        var staged = new StagedMessage(trace.TransactionId, session, session.Direction, envelope, message, _owned);
        if (session.Protocol == "submission")
        {
            staged = await CompleteHeaderAsync(staged, cancellationToken);
        }

        var stage = new MessageStage(edits, pipeline.Clock);
        staged = await stage.RunAsync(roles, options, staged, judgement, trace, cancellationToken);
        MessageReplies replies = judgement.Decision switch
        {
            Decision.Refuse refuse => Refused(refuse.Reply, judgement, envelope),
            Decision.Defer defer => Refused(defer.Reply, judgement, envelope),
            Decision.Discard discard => Discarded(discard, judgement, envelope),
            Decision.Hold hold => await DeliverAsync(staged, envelope, hold.Reason, judgement, cancellationToken),
            _ => await DeliverAsync(staged, envelope, null, judgement, cancellationToken),
        };
        trace.Reply = replies.Transaction.ToString();
        pipeline.Traces.Append(trace);
        return replies;
    }

    /// <summary>Runs a message that a plugin or the server itself submitted: what would refuse it holds it.</summary>
    public async ValueTask<SubmissionResult> SubmitAsync(
        RoleSet roles, ISessionView session, SubmittedMessage submitted, SpooledMessage spool, string idempotencyKey, CancellationToken cancellationToken)
    {
        MailMessage message = await spool.CompleteAsync(cancellationToken);
        trace.Size = message.Content.Length;
        var judgement = new Judgement();
        var staged = new StagedMessage(trace.TransactionId, session, submitted.Direction, submitted.Envelope, message, _owned);
        staged = await new MessageStage(edits, pipeline.Clock).RunAsync(roles, options, staged, judgement, trace, cancellationToken);
        if (judgement.Decision is Decision.Defer)
        {
            return SubmissionResult.Failed;
        }

        string? hold = judgement.Decision switch
        {
            Decision.Refuse refuse => refuse.Reply.ToString(),
            Decision.Hold held => held.Reason,
            _ => null,
        };
        if (judgement.Decision is Decision.Discard)
        {
            hold = null;
            staged = staged with { Envelope = staged.Envelope with { Recipients = [] } };
        }

        DeliveryOutcome outcome = await delivery.DeliverAsync(Request(staged, hold, idempotencyKey), cancellationToken);
        trace.Reply = outcome.IsDuplicate ? "duplicate" : hold is null ? "accepted" : "held";
        pipeline.Traces.Append(trace);
        bool failed = !outcome.Recipients.IsEmpty && outcome.Recipients.All(reply => reply is not null);
        return outcome.IsDuplicate ? SubmissionResult.Duplicate
            : hold is not null ? SubmissionResult.Held
            : failed ? SubmissionResult.Failed
            : SubmissionResult.Accepted;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable owned in _owned)
        {
            await owned.DisposeAsync();
        }
    }

    private DeliveryRequest Request(StagedMessage staged, string? hold, string? idempotencyKey) => new(
        trace.TransactionId, staged.Session, staged.Message, staged.Envelope, staged.Direction, staged.IsJunk, hold, idempotencyKey, trace);

    // A submission server adds what the client left out (RFC 6409 section 8).
    private ValueTask<StagedMessage> CompleteHeaderAsync(StagedMessage staged, CancellationToken cancellationToken)
    {
        var header = new HeaderBlock(staged.Message.Header.Span);
        var missing = ImmutableArray.CreateBuilder<Effect>();
        if (!header.TryFind("Date"u8, out _))
        {
            missing.Add(new Abstractions.HeaderEdit.Add("Date", MailDate.Format(trace.Started), atTop: false));
        }

        if (!header.TryFind("Message-ID"u8, out _))
        {
            missing.Add(new Abstractions.HeaderEdit.Add("Message-ID", edits.NewMessageId(), atTop: false));
        }

        return missing.Count == 0 ? ValueTask.FromResult(staged) : edits.ApplyAsync(staged, missing.ToImmutable(), cancellationToken);
    }

    private async ValueTask<MessageReplies> DeliverAsync(
        StagedMessage staged, Envelope received, string? hold, Judgement judgement, CancellationToken cancellationToken)
    {
        if (hold is not null)
        {
            PipelineLog.SetAside(pipeline.Log, trace.TransactionId, "held", judgement.DecidedBy, trace.Sender, hold);
        }

        DeliveryOutcome outcome = await delivery.DeliverAsync(Request(staged, hold, idempotencyKey: null), cancellationToken);
        SmtpReply accepted = Accepted();
        SmtpReply? firstFailure = null;
        bool anyDelivered = staged.Envelope.Recipients.IsEmpty;
        var byAddress = new Dictionary<EmailAddress, SmtpReply>();
        for (int i = 0; i < outcome.Recipients.Length; i++)
        {
            SmtpReply? failure = outcome.Recipients[i];
            firstFailure ??= failure;
            anyDelivered |= failure is null;
            byAddress[staged.Envelope.Recipients[i]] = failure is null ? accepted : WithId(failure);
        }

        SmtpReply transactionReply = anyDelivered ? accepted : WithId(firstFailure!);
        if (anyDelivered)
        {
            PipelineLog.Accepted(
                pipeline.Log, trace.TransactionId, trace.Sender, received.Recipients.Length, trace.Size, trace.Login, trace.Remote);
        }
        else
        {
            LogRefusal(firstFailure!, "delivery");
        }

        return new MessageReplies(
            transactionReply, [.. received.Recipients.Select(recipient => byAddress.GetValueOrDefault(recipient, accepted))]);
    }

    private MessageReplies Refused(SmtpReply reply, Judgement judgement, Envelope received)
    {
        LogRefusal(reply, judgement.DecidedBy);
        SmtpReply said = WithId(reply);
        return new MessageReplies(said, [.. received.Recipients.Select(_ => said)]);
    }

    private MessageReplies Discarded(Decision.Discard discard, Judgement judgement, Envelope received)
    {
        PipelineLog.SetAside(pipeline.Log, trace.TransactionId, "discarded", judgement.DecidedBy, trace.Sender, discard.Reason);
        SmtpReply said = Accepted();
        return new MessageReplies(said, [.. received.Recipients.Select(_ => said)]);
    }

    private SmtpReply Accepted() => new(250, new EnhancedStatusCode(2, 0, 0), $"Ok {trace.TransactionId}");

    private SmtpReply WithId(SmtpReply reply) => reply with { Text = $"{reply.Text} ({trace.TransactionId})" };

    private void LogRefusal(SmtpReply reply, string role) => PipelineLog.Refused(
        pipeline.Log,
        trace.TransactionId,
        trace.Sender,
        string.Join(',', trace.Recipients),
        trace.Login,
        trace.Remote,
        trace.HelloName,
        role,
        reply.ToString());
}
