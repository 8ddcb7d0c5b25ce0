using PluginMail.Abstractions;
using PluginMail.Storage;

namespace PluginMail.Pipeline;

/// <summary>One session: keeps what the client said, asks policy and plugins at each stage, runs one transaction after another.</summary>
internal sealed class MailSession : IMailSession
{
    private readonly MailSessions _pipeline;
    private readonly SessionState _state;
    private readonly PipelineOptions _options;
    private readonly RoleSet _roles;
    private readonly SessionStage _checks;
    private readonly List<EmailAddress> _recipients = [];
    private Judgement _sessionJudgement = new();
    private (SmtpReply Reply, string Role)? _noted; // what a stage before Recipient refused
    private OpenTransaction? _open;

    public MailSession(MailSessions pipeline, SessionOpening opening)
    {
        _pipeline = pipeline;
        _options = pipeline.Options();
        _roles = pipeline.Roles;
        _state = new SessionState(opening) { MayRelay = MailSessions.MayRelay(_options, opening.RemoteEndPoint?.Address) };
        _checks = new SessionStage(_roles.SessionChecks, _state);
    }

    public ISessionView View => _state;

    public async ValueTask<SmtpReply?> ConnectAsync(CancellationToken cancellationToken)
    {
        await NoteAsync(SessionStages.Connect, _sessionJudgement, null, cancellationToken);
        return null;
    }

    public async ValueTask<SmtpReply?> GreetAsync(string helloName, bool extended, CancellationToken cancellationToken)
    {
        Reset();
        _state.HelloName = helloName;
        _state.IsExtended = extended;
        await NoteAsync(SessionStages.Greet, _sessionJudgement, null, cancellationToken);
        return null;
    }

    public void Encrypted()
    {
        Reset();
        _state.IsEncrypted = true;
        _state.HelloName = null;
    }

    public async ValueTask<SmtpReply?> AuthenticatedAsync(EmailAddress account, CancellationToken cancellationToken)
    {
        _state.Authenticated = account;
        _noted = null;
        _sessionJudgement = new Judgement();
        await NoteAsync(SessionStages.Authenticate, _sessionJudgement, null, cancellationToken);
        return null;
    }

    public async ValueTask<SmtpReply?> SenderAsync(EmailAddress? sender, MailParameters parameters, CancellationToken cancellationToken)
    {
        Reset();
        DateTimeOffset now = _pipeline.Clock.GetUtcNow();
        var trace = new DecisionTrace(TransactionId.Next(now), now)
        {
            SessionId = _state.Id,
            Protocol = _state.Protocol,
            Remote = _state.RemoteEndPoint?.Address,
            HelloName = _state.HelloName,
            Login = _state.Authenticated?.ToString(),
            Sender = sender?.ToString() ?? "",
        };
        var judgement = new Judgement();
        judgement.Inherit(_sessionJudgement);
        _open = new OpenTransaction(sender, parameters, trace, judgement);
        if (await _pipeline.SenderPolicy.CheckAsync(_state.Authenticated, sender, cancellationToken) is { } refusal)
        {
            return End(refusal, "policy", "");
        }

        _open.Noted = _noted ?? await AskAsync(SessionStages.Sender, judgement, trace, null, cancellationToken);
        return null;
    }

    public async ValueTask<SmtpReply?> RecipientAsync(EmailAddress recipient, CancellationToken cancellationToken)
    {
        OpenTransaction open = _open ?? throw new InvalidOperationException("no transaction is open");
        (SmtpReply Reply, string Role)? refusal = open.Noted;
        if (refusal is null
            && await _pipeline.RecipientPolicy.CheckAsync(recipient, _state.Direction, _options, cancellationToken) is { } reply)
        {
            refusal = (reply, "policy");
        }

        refusal ??= await AskAsync(SessionStages.Recipient, open.Judgement, open.Trace, recipient, cancellationToken);
        if (refusal is { } refused)
        {
            open.Trace.Add(new TraceEntry("recipient", refused.Role, "refuse", refused.Reply.ToString(), recipient.ToString()));
            open.HasRefusals = true;
            return Said(refused.Reply, refused.Role, recipient.ToString());
        }

        if (!_recipients.Contains(recipient))
        {
            _recipients.Add(recipient);
        }

        return null;
    }

    public MessageSink BeginMessage()
    {
        OpenTransaction open = _open ?? throw new InvalidOperationException("no transaction is open");
        return _pipeline.BeginSpool(ReceivedField.Write(_state, _options.Hostname, open.Trace, open.Parameters, _recipients));
    }

    public async ValueTask<MessageReplies> CompleteAsync(MessageSink message, CancellationToken cancellationToken)
    {
        OpenTransaction open = _open ?? throw new InvalidOperationException("no transaction is open");
        var envelope = new Envelope(open.Sender, [.. _recipients]);
        open.Trace.Recipients = _recipients.ConvertAll(recipient => recipient.ToString());
        _open = null;
        _recipients.Clear();
        try
        {
            await using Transaction transaction = _pipeline.NewTransaction(_options, open.Trace);
            return await transaction.RunAsync(_roles, _state, envelope, (SpooledMessage)message, open.Judgement, cancellationToken);
        }
        catch (StoreUnavailableException e)
        {
            PipelineLog.StoreUnavailable(_pipeline.Log, open.Trace.TransactionId, e.Message);
            return All(e.IsDiskFull
                ? new SmtpReply(452, new EnhancedStatusCode(4, 3, 1), "The server has no room now")
                : SmtpReply.LocalError("The server cannot store the message now"));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            PipelineLog.Fault(_pipeline.Log, open.Trace.TransactionId, e);
            return All(SmtpReply.LocalError("The server failed; try again later"));
        }

        MessageReplies All(SmtpReply reply) => new(reply, [.. envelope.Recipients.Select(_ => reply)]);
    }

    public void Reset()
    {
        if (_open is { HasRefusals: true } abandoned)
        {
            _pipeline.Traces.Append(abandoned.Trace);
        }

        _open = null;
        _recipients.Clear();
    }

    public ValueTask DisposeAsync()
    {
        Reset();
        return _checks.DisposeAsync();
    }

    private async ValueTask NoteAsync(SessionStages stage, Judgement judgement, DecisionTrace? trace, CancellationToken cancellationToken) =>
        _noted = await AskAsync(stage, judgement, trace, null, cancellationToken) ?? _noted;

    private ValueTask<(SmtpReply Reply, string Role)?> AskAsync(
        SessionStages stage, Judgement judgement, DecisionTrace? trace, EmailAddress? recipient, CancellationToken cancellationToken) =>
        _roles.SessionChecks.IsEmpty
            ? ValueTask.FromResult<(SmtpReply, string)?>(null)
            : _checks.AskAsync(
                new SessionCheckContext(stage, _state, _open?.Sender, _open is not null, recipient), judgement, trace, cancellationToken);

    private SmtpReply End(SmtpReply refusal, string role, string recipient)
    {
        OpenTransaction open = _open!;
        open.Trace.Add(new TraceEntry("sender", role, "refuse", refusal.ToString()));
        open.HasRefusals = true;
        SmtpReply said = Said(refusal, role, recipient);
        Reset();
        return said;
    }

    private SmtpReply Said(SmtpReply reply, string role, string recipient)
    {
        DecisionTrace trace = _open!.Trace;
        trace.Reply = reply.ToString();
        PipelineLog.Refused(
            _pipeline.Log, trace.TransactionId, trace.Sender, recipient, trace.Login, trace.Remote, trace.HelloName, role, trace.Reply);
        return reply with { Text = $"{reply.Text} ({trace.TransactionId})" };
    }

    private sealed class OpenTransaction(EmailAddress? sender, MailParameters parameters, DecisionTrace trace, Judgement judgement)
    {
        public EmailAddress? Sender { get; } = sender;

        public MailParameters Parameters { get; } = parameters;

        public DecisionTrace Trace { get; } = trace;

        public Judgement Judgement { get; } = judgement;

        public (SmtpReply Reply, string Role)? Noted { get; set; }

        public bool HasRefusals { get; set; }
    }
}
