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
    private SessionStanding _beforeGreeting;
    private SessionStanding _standing;
    private OpenTransaction? _open;

    public MailSession(MailSessions pipeline, SessionOpening opening)
    {
        _pipeline = pipeline;
        _options = pipeline.Options();
        _roles = pipeline.Roles;
        _state = new SessionState(opening) { MayRelay = MailSessions.MayRelay(_options, opening.RemoteEndPoint?.Address) };
        _state.Checks = _checks = new SessionStage(_roles.SessionChecks, _state);
        _standing = _beforeGreeting = new SessionStanding(pipeline.Clock.GetUtcNow());
    }

    public ISessionView View => _state;

    public async ValueTask<SmtpReply?> ConnectAsync(CancellationToken cancellationToken)
    {
        _beforeGreeting = _standing = await StandAsync(SessionStages.Connect, _standing, cancellationToken);
        return null;
    }

    // A client may greet again (after STARTTLS it must): only the last greeting counts, and its points count once.
    public async ValueTask<SmtpReply?> GreetAsync(string helloName, bool extended, CancellationToken cancellationToken)
    {
        Reset();
        _state.HelloName = helloName;
        _state.IsExtended = extended;
        _standing = await StandAsync(SessionStages.Greet, _beforeGreeting, cancellationToken);
        return null;
    }

    // RFC 3207 section 4.2: what was learned before TLS is forgotten.
    public void Encrypted(string? protocol, string? cipher)
    {
        Reset();
        _state.IsEncrypted = true;
        _state.TlsProtocol = protocol;
        _state.TlsCipher = cipher;
        _state.HelloName = null;
        _state.IsExtended = false;
        _state.Authenticated = null;
        _state.AuthenticationMechanism = null;
        _standing = _beforeGreeting;
    }

    // A login lifts what was held against the address and the greeting.
    public async ValueTask<SmtpReply?> AuthenticatedAsync(EmailAddress account, string? mechanism, CancellationToken cancellationToken)
    {
        _state.Authenticated = account;
        _state.AuthenticationMechanism = mechanism;
        var unknown = new SessionStanding(_pipeline.Clock.GetUtcNow());
        _beforeGreeting = _standing = await StandAsync(SessionStages.Authenticate, unknown, cancellationToken);
        return null;
    }

    public async ValueTask<SmtpReply?> SenderAsync(EmailAddress? sender, MailParameters parameters, CancellationToken cancellationToken)
    {
        Reset();
        DateTimeOffset now = _pipeline.Clock.GetUtcNow();
        var trace = new DecisionTrace(TransactionId.Next(now), now, ExpectedEntries(_roles))
        {
            SessionId = _state.Id,
            Protocol = _state.Protocol,
            Remote = _state.RemoteEndPoint?.Address,
            HelloName = _state.HelloName,
            Login = _state.Authenticated?.ToString(),
            Sender = sender?.ToString() ?? "",
        };
        trace.AddAll(_standing.Trace.Entries);
        var judgement = new Judgement();
        judgement.Inherit(_standing.Judgement);
        _open = new OpenTransaction(sender, parameters, trace, judgement);
        if (await _pipeline.SenderPolicy.CheckAsync(_state.Authenticated, sender, cancellationToken) is { } refusal)
        {
            return End(refusal, "policy");
        }

        if (_state.Direction == Direction.Incoming && AccessPolicy.Begin(_options, Facts(sender), _open) is { } unwanted)
        {
            _open.Objection = unwanted;
            return null;
        }

        if (_pipeline.Traffic.CheckMessage(_state) is { } excess)
        {
            _open.Objection = Objection.OfPolicy(excess);
            return null;
        }

        // What an accepted sender is spared counts for what was held against the client before, too.
        _open.Objection = _standing.Objection is { } standing && !judgement.Bypasses(standing.Role) ? standing : await AskAsync(SessionStages.Sender, judgement, trace, null, "", cancellationToken);
        return null;
    }

    public async ValueTask<SmtpReply?> RecipientAsync(EmailAddress recipient, RecipientDsn dsn, string parameters, CancellationToken cancellationToken)
    {
        OpenTransaction open = _open ?? throw new InvalidOperationException("no transaction is open");
        AccessFacts facts = Facts(open.Sender, recipient);
        AccessMatch? rule = AccessPolicy.Find(_options, facts, open);
        Objection? objection = open.Objection;
        if (rule is not null && (objection is null || AccessPolicy.Lifts(objection, rule)))
        {
            objection = AccessPolicy.ObjectionOf(rule, facts); // a rule for the recipient stands before those that objected to the sender
        }

        if (objection is null
            && await _pipeline.RecipientPolicy.CheckAsync(recipient, Origin(open), _state.Direction, _options, cancellationToken) is { } reply)
        {
            if (reply is { Code: 550, Status: { Subject: 1, Detail: 1 } })
            {
                reply = await _pipeline.Traffic.UnknownRecipientAsync(_state, cancellationToken) ?? reply;
            }

            objection = Objection.OfPolicy(reply);
        }

        if (objection is null && await _pipeline.Traffic.CheckRecipientAsync(_state, cancellationToken) is { } excess)
        {
            objection = Objection.OfPolicy(excess);
        }

        int asked = 0;
        if (objection is null)
        {
            objection = await AskForRecipientAsync(open, rule, recipient, parameters, cancellationToken);
            asked = objection?.ChecksAsked ?? 0;
        }

        if (objection?.Reply is { } refusal)
        {
            if (_checks.IsWanted(SessionStages.RefusedRecipient))
            {
                SessionCheckContext context = Question(SessionStages.RefusedRecipient, recipient, parameters, refusal);
                await _checks.TellAsync(context, asked, open.Judgement, cancellationToken);
            }

            open.Trace.Add(new TraceEntry(
                "recipient", objection.Role, refusal.IsTransient ? "defer" : "refuse", objection.Detail, recipient.ToString()));
            open.HasRefusals = true;
            open.LastRefusal = refusal;
            PipelineMetrics.Recipient(_state.Protocol, refusal);
            return Said(refusal, objection.Role, recipient.ToString());
        }

        PipelineMetrics.Recipient(_state.Protocol, null);
        open.Accept(recipient, dsn, getsNothing: objection is not null);
        return null;
    }

    public async ValueTask<SmtpReply?> DataAsync(CancellationToken cancellationToken)
    {
        OpenTransaction open = _open ?? throw new InvalidOperationException("no transaction is open");
        if (!_checks.IsWanted(SessionStages.Data)
            || await _checks.AskAsync(Question(SessionStages.Data), open.Judgement, open.Trace, cancellationToken) is not { Reply: { } refusal } objection)
        {
            return null;
        }

        open.Trace.Recipients = [.. open.Recipients.Select(to => to.ToString())];
        open.HasRefusals = true;
        open.LastRefusal = refusal;
        return Said(refusal, objection.Role, string.Join(',', open.Trace.Recipients));
    }

    public ValueTask<SmtpReply?> UnknownCommandAsync(string command, CancellationToken cancellationToken) =>
        _checks.IsWanted(SessionStages.UnknownCommand)
            ? _checks.AskAboutCommandAsync(Question(SessionStages.UnknownCommand, command: command), _open?.Judgement ?? _standing.Judgement, cancellationToken)
            : new((SmtpReply?)null);

    public MessageSink BeginMessage()
    {
        OpenTransaction open = _open ?? throw new InvalidOperationException("no transaction is open");
        return _pipeline.BeginSpool(ReceivedField.Write(_state, _options.Hostname, open.Trace, open.Parameters, open.Recipients));
    }

    public async ValueTask<MessageReplies> CompleteAsync(MessageSink message, CancellationToken cancellationToken)
    {
        OpenTransaction open = _open ?? throw new InvalidOperationException("no transaction is open");
        open.Trace.Recipients = [.. open.Recipients.Select(recipient => recipient.ToString())];
        _open = null;
        try
        {
            await using Transaction transaction = _pipeline.NewTransaction(_options, open.Trace);
            return await transaction.RunAsync(_roles, _state, open, (SpooledMessage)message, cancellationToken);
        }
        catch (StoreUnavailableException e)
        {
            PipelineLog.StoreUnavailable(_pipeline.Log, open.Trace.TransactionId, e.Message);
            return Failed(open, e.IsDiskFull
                ? new SmtpReply(452, new EnhancedStatusCode(4, 3, 1), "The server has no room now")
                : SmtpReply.LocalError("The server cannot store the message now"));
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            PipelineLog.Fault(_pipeline.Log, open.Trace.TransactionId, e);
            return Failed(open, SmtpReply.LocalError("The server failed; try again later"));
        }
    }

    public void Reset()
    {
        if (_open is { HasRefusals: true } abandoned)
        {
            _pipeline.Traces.Append(abandoned.Trace);
            if (abandoned.LastRefusal is { } refusal)
            {
                PipelineMetrics.Message(_state.Protocol, refusal, 0);
            }
        }

        _open = null;
    }

    public ValueTask DisposeAsync()
    {
        Reset();
        return _checks.DisposeAsync();
    }

    // Each session check at four stages, each judge of the message, and a filter and a folder for each of two recipients.
    private static int ExpectedEntries(RoleSet roles) =>
        (4 * roles.SessionChecks.Length) + roles.MessageChecks.Length + roles.MessageEditors.Length + 4;

    private async ValueTask<SessionStanding> StandAsync(SessionStages stage, SessionStanding earlier, CancellationToken cancellationToken)
    {
        if (_roles.SessionChecks.IsEmpty)
        {
            return earlier;
        }

        var standing = new SessionStanding(earlier, _pipeline.Clock.GetUtcNow());
        Objection? objection = await AskAsync(stage, standing.Judgement, standing.Trace, null, "", cancellationToken);
        standing.Objection ??= objection;
        return standing;
    }

    private ValueTask<Objection?> AskAsync(
        SessionStages stage, Judgement judgement, DecisionTrace trace, EmailAddress? recipient, string parameters, CancellationToken cancellationToken) =>
        _roles.SessionChecks.IsEmpty
            ? ValueTask.FromResult<Objection?>(null)
            : _checks.AskAsync(
                Question(stage, recipient, parameters), judgement, trace, cancellationToken);

    private SessionCheckContext Question(
        SessionStages stage, EmailAddress? recipient = null, string parameters = "", SmtpReply? refusal = null, string? command = null) =>
        new(stage, _state, _open?.Sender, _open is not null, recipient)
        {
            TransactionId = _open?.Trace.TransactionId,
            SenderParameters = _open?.ParameterList ?? [],
            RecipientParameters = EsmtpParameters.Read(parameters),
            Refusal = refusal,
            Command = command,
        };

    // What a rule discards is accepted and gets nothing, whatever plugins would say; what it permits is spared some of them.
    private async ValueTask<Objection?> AskForRecipientAsync(
        OpenTransaction open, AccessMatch? rule, EmailAddress recipient, string parameters, CancellationToken cancellationToken)
    {
        if (rule is { Action: AccessAction.Discard })
        {
            return new Objection(AccessPolicy.VerdictOf(rule).Decision, rule.Role);
        }

        open.Judgement.IsPermitted = rule is { Action: AccessAction.Permit };
        Objection? objection = await AskAsync(SessionStages.Recipient, open.Judgement, open.Trace, recipient, parameters, cancellationToken);
        open.Judgement.IsPermitted = false;
        if (objection is null && rule is { Action: AccessAction.Hold })
        {
            open.Judgement.Add(rule.Role, AccessPolicy.VerdictOf(rule)); // not for a recipient that is refused
        }

        return objection;
    }

    private AccessFacts Facts(EmailAddress? sender, EmailAddress? recipient = null) =>
        new(_state.RemoteEndPoint?.Address, _state.HelloName, sender, recipient);

    private MailOrigin Origin(OpenTransaction open) =>
        new(open.Sender, _state.Authenticated, _state.Direction == Direction.Outgoing, open.Parameters.DeclaredSize);

    private MessageReplies Failed(OpenTransaction open, SmtpReply reply)
    {
        open.Trace.Reply = reply.ToString();
        _pipeline.Traces.Append(open.Trace);
        PipelineMetrics.Message(_state.Protocol, reply, open.Trace.Size);
        SmtpReply said = reply with { Text = $"{reply.Text} ({open.Trace.TransactionId})" };
        return new MessageReplies(said, [.. open.Recipients.Select(_ => said)]);
    }

    private SmtpReply End(SmtpReply refusal, string role)
    {
        OpenTransaction open = _open!;
        open.Trace.Add(new TraceEntry("sender", role, "refuse", refusal.ToString()));
        open.HasRefusals = true;
        open.LastRefusal = refusal;
        SmtpReply said = Said(refusal, role, "");
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
}
