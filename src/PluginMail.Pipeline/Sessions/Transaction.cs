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
        RoleSet roles, ISessionView session, OpenTransaction open, SpooledMessage spool, CancellationToken cancellationToken)
    {
        long begun = PipelineMetrics.TimesMessages ? pipeline.Clock.GetTimestamp() : 0;
        MailMessage message = await spool.CompleteAsync(cancellationToken);
        trace.Size = message.Content.Length;
        Judgement judgement = open.Judgement;
        Envelope envelope = open.Envelope(open.Recipients);
        Envelope served = open.Envelope(open.Recipients.Where(recipient => !open.Discarded.Contains(recipient)));
        var staged = new StagedMessage(trace.TransactionId, session, session.Direction, served, message, _owned, TraceHeader: spool.TraceHeader);
        if (Object(message, judgement) is null)
        {
            staged = session.Protocol == "submission" ? await CompleteHeaderAsync(staged, cancellationToken) : staged;
            staged = await Stage().RunAsync(roles, options, staged, judgement, trace, cancellationToken);
        }

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
        Count(judgement.Decision, replies.Transaction, begun);
        return replies;
    }

    /// <summary>Runs a message that a plugin or the server itself submitted: what would refuse it holds it.</summary>
    public async ValueTask<SubmissionAnswer> SubmitAsync(
        RoleSet roles, ISessionView session, SubmittedMessage submitted, SpooledMessage spool, string idempotencyKey, CancellationToken cancellationToken)
    {
        MailMessage message = await spool.CompleteAsync(cancellationToken);
        trace.Size = message.Content.Length;
        var judgement = new Judgement();
        var staged = new StagedMessage(
            trace.TransactionId, session, submitted.Direction, submitted.Envelope, message, _owned, TraceHeader: spool.TraceHeader);
        if (Object(message, judgement) is null)
        {
            staged = await Stage().RunAsync(roles, options, staged, judgement, trace, cancellationToken);
        }

        if (judgement.Decision is Decision.Defer defer)
        {
            trace.Reply = defer.Reply.ToString();
            pipeline.Traces.Append(trace);
            PipelineMetrics.Message(trace.Protocol, defer.Reply, trace.Size);
            return new SubmissionAnswer(SubmissionResult.Failed) { Reply = defer.Reply };
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

        DeliveryOutcome outcome = await delivery.DeliverAsync(
            Request(staged, submitted.Envelope, judgement, hold, idempotencyKey) with { Filing = FilingOf(submitted) }, cancellationToken);
        bool failed = !outcome.Recipients.IsEmpty && outcome.Recipients.All(reply => reply is not null);
        trace.Reply = outcome.IsDuplicate ? "duplicate" : hold is not null ? "held" : failed ? outcome.Recipients[0]!.ToString() : "accepted";
        pipeline.Traces.Append(trace);
        if (failed && hold is null && !outcome.IsDuplicate)
        {
            PipelineMetrics.Message(trace.Protocol, outcome.Recipients[0]!, trace.Size);
        }
        else
        {
            PipelineMetrics.Message(
                trace.Protocol,
                outcome.IsDuplicate ? "duplicate" : hold is not null ? "held" : judgement.Decision is Decision.Discard ? "discarded" : "accepted",
                "none",
                trace.Size);
        }

        return outcome.IsDuplicate ? new SubmissionAnswer(SubmissionResult.Duplicate)
            : hold is not null ? new SubmissionAnswer(SubmissionResult.Held)
            : failed ? NotTaken([.. outcome.Recipients.Select(reply => reply!)])
            : new SubmissionAnswer(SubmissionResult.Accepted);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable owned in _owned)
        {
            await owned.DisposeAsync();
        }
    }

    // One that may yet be served decides; of those that may not, one that is known here.
    private static SubmissionAnswer NotTaken(SmtpReply[] replies)
    {
        SmtpReply reply = Array.Find(replies, reply => reply.IsTransient) ?? Array.Find(replies, reply => !RecipientReplies.IsNoSuchMailbox(reply)) ?? replies[0];
        return new SubmissionAnswer(reply.IsTransient ? SubmissionResult.Failed : SubmissionResult.Refused)
        {
            Reply = reply,
            IsForNobodyHere = RecipientReplies.IsNoSuchMailbox(reply),
        };
    }

    private void Count(Decision decision, SmtpReply reply, long begun)
    {
        if (reply.IsPositive)
        {
            PipelineMetrics.Message(
                trace.Protocol, decision switch { Decision.Hold => "held", Decision.Discard => "discarded", _ => "accepted" }, "none", trace.Size);
        }
        else
        {
            PipelineMetrics.Message(trace.Protocol, reply, trace.Size);
        }

        if (begun != 0)
        {
            PipelineMetrics.Took(trace.Protocol, reply, pipeline.Clock.GetElapsedTime(begun));
        }
    }

    private static Filing? FilingOf(SubmittedMessage submitted) => submitted is { Folder: null, Flags.IsEmpty: true, Received: null }
        ? null
        : new Filing(submitted.Folder, submitted.Flags, submitted.Received);

    private MessageStage Stage() =>
        new(edits, new OutboundStage(edits, pipeline.Router), pipeline.Origin, pipeline.Clock, pipeline.Log);

    private SmtpReply? Object(MailMessage message, Judgement judgement)
    {
        if (MessagePolicy.Check(message) is not { } refusal)
        {
            return null;
        }

        trace.Add(new TraceEntry("message", "policy", "refuse", refusal.ToString()));
        judgement.Add("policy", Verdict.Refuse(refusal));
        return refusal;
    }

    // What is held is held for somebody: where effects took all recipients off, for those it came for.
    private DeliveryRequest Request(
        StagedMessage staged, Envelope received, Judgement judgement, string? hold, string? idempotencyKey) => new(
        trace.TransactionId,
        staged.Session,
        staged.Message,
        hold is not null && staged.Envelope.Recipients.IsEmpty ? staged.Envelope with { Recipients = received.Recipients } : staged.Envelope,
        staged.Direction,
        staged.IsJunk,
        hold,
        idempotencyKey,
        trace)
    {
        SpamPercent = staged.SpamPercent,
        Score = judgement.Score,
        Tags = judgement.Tags,
        MayReport = !staged.IsSenderDoubtful,
        Origin = staged.Origin,
    };

    // A submission server adds what the client left out (RFC 6409 section 8).
    private ValueTask<StagedMessage> CompleteHeaderAsync(StagedMessage staged, CancellationToken cancellationToken)
    {
        var header = new HeaderBlock(staged.Message.Header.Span);
        var missing = ImmutableArray.CreateBuilder<Effect>();
        if (!header.TryFind("Date"u8, out _))
        {
            missing.Add(new HeaderEdit.Add("Date", MailDate.Format(trace.Started), atTop: false));
        }

        if (!header.TryFind("Message-ID"u8, out _))
        {
            missing.Add(new HeaderEdit.Add("Message-ID", edits.NewMessageId(), atTop: false));
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

        DeliveryRequest request = Request(staged, received, judgement, hold, idempotencyKey: null);
        DeliveryOutcome outcome = await delivery.DeliverAsync(request, cancellationToken);
        SmtpReply accepted = Accepted();
        SmtpReply? worst = null;
        bool anyDelivered = request.Envelope.Recipients.IsEmpty;
        var byAddress = new Dictionary<EmailAddress, SmtpReply>();
        for (int i = 0; i < outcome.Recipients.Length; i++)
        {
            SmtpReply? failure = outcome.Recipients[i];
            anyDelivered |= failure is null;
            worst = worst is null || failure is { IsTransient: true } ? failure ?? worst : worst; // one that may yet be served decides
            byAddress[request.Envelope.Recipients[i]] = failure is null ? accepted : WithId(failure);
        }

        SmtpReply transactionReply = anyDelivered ? accepted : WithId(worst!);
        if (anyDelivered)
        {
            PipelineLog.Accepted(
                pipeline.Log, trace.TransactionId, trace.Sender, received.Recipients.Length, trace.Size, trace.Login, trace.Remote);
        }
        else
        {
            LogRefusal(worst!, "delivery");
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
