using System.Buffers;
using PluginMail.Abstractions;
using PluginMail.Storage;

namespace PluginMail.Pipeline;

/// <summary>Takes mail that no client sends: collected mail, notices, mail released from the queue.</summary>
/// <param name="pipeline">The pipeline.</param>
/// <param name="protocol">How the trace names its origin, as <c>collector</c> or <c>local</c>.</param>
public sealed class SubmissionService(MailSessions pipeline, string protocol) : ISubmission
{
    /// <summary>Whether plugins judge and change it. What tells an administrator of a plugin must not wait for that plugin.</summary>
    public bool AsksPlugins { get; init; } = true;

    /// <inheritdoc/>
    public async ValueTask<SubmissionResult> SubmitAsync(SubmittedMessage message, string idempotencyKey, CancellationToken cancellationToken) =>
        (await SubmitForAnswerAsync(message, idempotencyKey, cancellationToken)).Result;

    /// <inheritdoc/>
    public async ValueTask<SubmissionAnswer> SubmitForAnswerAsync(SubmittedMessage message, string idempotencyKey, CancellationToken cancellationToken)
    {
        DateTimeOffset now = pipeline.Clock.GetUtcNow();
        PipelineOptions options = pipeline.Options();
        var session = new SessionState(new SessionOpening("-", protocol, null, null, IsEncrypted: false))
        {
            MayRelay = message.Direction == Direction.Outgoing,
        };
        var trace = new DecisionTrace(TransactionId.Next(now), now)
        {
            Protocol = protocol,
            Sender = message.Envelope.Sender?.ToString() ?? "",
            Recipients = [.. message.Envelope.Recipients.Select(recipient => recipient.ToString())],
        };
        if (message.Content.Length > options.MaximumMessageSize)
        {
            var reply = new SmtpReply(552, new EnhancedStatusCode(5, 3, 4), $"The message has more than {options.MaximumMessageSize} octets");
            return Refuse(trace, message, reply, SubmissionResult.TooLarge);
        }

        var parameters = new MailParameters(null, BodyType.EightBitMime, IsInternationalized: false);
        await using SpooledMessage spool = pipeline.BeginSpool(
            ReceivedField.Write(session, options.Hostname, trace, parameters, message.Envelope.Recipients));
        try
        {
            if (message.Direction == Direction.Incoming && await FindStrangerAsync(message.Envelope, cancellationToken) is { } denied)
            {
                return Refuse(trace, message, denied, SubmissionResult.Refused) with { IsForNobodyHere = message.Envelope.Recipients.Length == 1 };
            }

            await CopyAsync(message.Content, spool, cancellationToken);
            await using Transaction transaction = pipeline.NewTransaction(options, trace);
            return await transaction.SubmitAsync(AsksPlugins ? pipeline.Roles : new RoleSet(), session, message, spool, idempotencyKey, cancellationToken);
        }
        catch (StoreUnavailableException e)
        {
            PipelineLog.StoreUnavailable(pipeline.Log, trace.TransactionId, e.Message);
            return new SubmissionAnswer(SubmissionResult.Failed);
        }
    }

    private async ValueTask<SmtpReply?> FindStrangerAsync(Envelope envelope, CancellationToken cancellationToken)
    {
        foreach (EmailAddress recipient in envelope.Recipients)
        {
            if (await pipeline.RecipientPolicy.CheckIncomingAsync(recipient, cancellationToken) is { } denied)
            {
                return denied;
            }
        }

        return null;
    }

    private SubmissionAnswer Refuse(DecisionTrace trace, SubmittedMessage message, SmtpReply reply, SubmissionResult result)
    {
        trace.Size = message.Content.Length;
        trace.Reply = reply.ToString();
        trace.Add(new TraceEntry("message", "policy", "refuse", trace.Reply));
        pipeline.Traces.Append(trace);
        PipelineMetrics.Message(protocol, reply, trace.Size);
        PipelineLog.Refused(
            pipeline.Log, trace.TransactionId, trace.Sender, string.Join(',', trace.Recipients), trace.Login, trace.Remote, trace.HelloName, "policy", trace.Reply);
        return new SubmissionAnswer(result) { Reply = reply };
    }

    private static async ValueTask CopyAsync(MessageContent content, SpooledMessage spool, CancellationToken cancellationToken)
    {
        byte[] block = ArrayPool<byte>.Shared.Rent(65536);
        try
        {
            long offset = 0;
            for (int count; (count = content.Read(offset, block)) > 0; offset += count)
            {
                await spool.WriteAsync(block.AsMemory(0, count), cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }
}
