using PluginMail.Abstractions;
using PluginMail.Milter.Messages;
using PluginMail.Milter.Protocol;

namespace PluginMail.Milter.Sessions;

/// <summary>
/// What a milter has been told in one session and what it said. Each step first makes up for those before it that the milter has not seen: because
/// another plugin spared it them, because it was restarted in between, or because no client brings the mail.
/// </summary>
internal sealed class MilterSession(MilterPeer peer, ISessionView session, ClientNames names) : IAsyncDisposable
{
    private const uint UnknownSince = 3; // the versions that have the steps
    private const uint DataSince = 4;

    private MilterDialog? _dialog;
    private ClientName _client = ClientName.Local;
    private (string Hello, bool IsEncrypted)? _greeted;
    private MilterReply? _ofConnection; // holds until the connection ends
    private MilterReply? _ofGreeting; // holds until the next greeting
    private MilterReply? _ofMessage; // accepted or discarded: nothing more to ask about it
    private bool _isInTransaction;
    private string? _transactionId; // which one, where that is known
    private MilterReply? _ofMail; // refused by this milter: of this transaction it hears no more
    private bool _isDataTold;
    private int _recipients; // that it accepted
    private string? _fault;

    /// <summary>Why the milter could not be asked; null where it could.</summary>
    public string? Fault => _fault;

    public ValueTask<MilterReply> ConnectAsync(CancellationToken cancellationToken) => GuardAsync(GreetedAsync, cancellationToken);

    public ValueTask<MilterReply> GreetAsync(CancellationToken cancellationToken) => GuardAsync(GreetedAsync, cancellationToken);

    public ValueTask<MilterReply> SenderAsync(SessionCheckContext context, CancellationToken cancellationToken)
    {
        _fault = null; // a new message is a new chance
        return GuardAsync(token => MailAsync(MailStep.Of(context), token), cancellationToken);
    }

    public ValueTask<MilterReply> RecipientAsync(SessionCheckContext context, CancellationToken cancellationToken) =>
        GuardAsync(token => RcptAsync(MailStep.Of(context), RcptStep.Of(context), token), cancellationToken);

    /// <summary>Tells of a recipient that somebody else refused, where the milter asked for that (SMFIP_RCPT_REJ).</summary>
    public ValueTask<MilterReply> RefusedAsync(SessionCheckContext context, CancellationToken cancellationToken) =>
        _fault is null && _dialog is { Terms: var terms } && terms.Has(MilterSteps.RefusedRecipients) && !(_ofMail is not null && IsIn(MailStep.Of(context)))
            ? GuardAsync(token => RcptAsync(MailStep.Of(context), RcptStep.Of(context), token), cancellationToken)
            : new(MilterReply.Continue.Instance);

    /// <summary>Tells that the message is about to come. A milter that has not heard of its sender hears it all when the message has come.</summary>
    public ValueTask<MilterReply> DataAsync(SessionCheckContext context, CancellationToken cancellationToken) =>
        IsIn(MailStep.Of(context))
            ? Standing() is MilterReply.Continue ? GuardAsync(token => DataAsync(MailStep.Of(context), token), cancellationToken) : new(Standing())
            : new(MilterReply.Continue.Instance);

    /// <summary>Tells of a command that the server does not know. Nobody is connected to for that.</summary>
    public ValueTask<MilterReply> UnknownAsync(string command, CancellationToken cancellationToken) =>
        _fault is null && _dialog is { Terms.Version: >= UnknownSince } && (_ofConnection ?? _ofGreeting ?? _ofMessage) is null
            ? GuardAsync(token => CommandAsync(command, token), cancellationToken)
            : new(MilterReply.Continue.Instance);

    /// <summary>Has the milter judge and change a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="changes">Where its changes are gathered.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public ValueTask<MilterReply> MessageAsync(IMessageView message, MessageChanges changes, CancellationToken cancellationToken) => GuardAsync(
        async token =>
        {
            var reply = await MakeUpAsync(message, token);
            if (reply is MilterReply.Continue)
            {
                var transfer = new MessageTransfer(_dialog!, Values(message), message, changes);
                reply = Note(await transfer.RunAsync(token), isConnection: false);
                _isInTransaction = !transfer.HasEnded;
            }

            changes.Hold(_dialog?.Quarantine);
            AbortTransaction();
            _dialog?.EndTransaction();
            return reply;
        },
        cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_dialog is { } dialog)
        {
            _dialog = null;
            if (_isInTransaction)
            {
                dialog.Abort();
            }

            await peer.CloseAsync(dialog, CancellationToken.None);
        }
    }

    private async ValueTask<MilterReply> GuardAsync(
        Func<CancellationToken, ValueTask<MilterReply>> step, CancellationToken cancellationToken)
    {
        if (_fault is not null)
        {
            return FaultReply();
        }

        try
        {
            return await step(cancellationToken);
        }
        catch (MilterFaultException e)
        {
            Drop();
            _fault = e.Message;
            peer.Figures.Fault(peer.Server.Name);
            MilterLog.Fault(peer.Log, peer.Server.Name, session.Id, peer.Server.OnFault.ToString().ToLowerInvariant(), e.Message);
            return FaultReply();
        }
        catch
        {
            Drop(); // nobody knows where the dialog stands
            throw;
        }
    }

    private MilterReply FaultReply() => peer.Server.OnFault switch
    {
        FaultAction.Tempfail => new MilterReply.Say(new SmtpReply(451, new EnhancedStatusCode(4, 7, 1), "Service unavailable - try again later")),
        FaultAction.Reject => new MilterReply.Say(new SmtpReply(550, new EnhancedStatusCode(5, 7, 1), "Service unavailable")),
        _ => new MilterReply.Accept(),
    };

    private void Drop()
    {
        _dialog?.Dispose();
        _dialog = null;
        _greeted = null;
        _ofConnection = _ofGreeting = _ofMail = _ofMessage = null;
        _isInTransaction = _isDataTold = false;
        _recipients = 0;
    }

    private async ValueTask<MilterReply> GreetedAsync(CancellationToken cancellationToken)
    {
        if (_dialog is null)
        {
            _client = await names.FindAsync(session.RemoteEndPoint, cancellationToken);
            _dialog = await peer.OpenAsync(cancellationToken);
            _dialog.Tell(MilterCommand.Connect, MacroStage.Connect, Values());
            Note(
                await _dialog.StepAsync(
                    MilterCommand.Connect,
                    StepData.Connect(_client.Name, _client.Address, session.RemoteEndPoint?.Port ?? 0),
                    MilterSteps.NoConnect,
                    MilterSteps.ConnectUnanswered,
                    cancellationToken),
                isConnection: true);
        }

        string? hello = session.HelloName ?? (session.RemoteEndPoint is null ? peer.Options.Hostname : null);
        if (_ofConnection is null && hello is not null && _greeted != (hello, session.IsEncrypted))
        {
            AbortTransaction();
            _greeted = (hello, session.IsEncrypted);
            _dialog.Tell(MilterCommand.Helo, MacroStage.Helo, Values());
            var reply = await _dialog.StepAsync(
                MilterCommand.Helo, StepData.Text(hello), MilterSteps.NoHelo, MilterSteps.HeloUnanswered, cancellationToken);
            _ofGreeting = Standing(reply);
        }

        return _ofConnection ?? _ofGreeting ?? MilterReply.Continue.Instance;
    }

    private async ValueTask<MilterReply> MailAsync(MailStep mail, CancellationToken cancellationToken)
    {
        var standing = await GreetedAsync(cancellationToken);
        if (standing is not MilterReply.Continue)
        {
            return standing;
        }

        AbortTransaction();
        _isInTransaction = true;
        _transactionId = mail.TransactionId;
        _isDataTold = false;
        _recipients = 0;
        _ofMail = _ofMessage = null;
        _dialog!.Tell(MilterCommand.Mail, MacroStage.Mail, Values(mail));
        var reply = Note(
            await _dialog.StepAsync(
                MilterCommand.Mail, StepData.Path(mail.Sender, mail.Parameters), MilterSteps.NoMail, MilterSteps.MailUnanswered, cancellationToken),
            isConnection: false);
        _ofMail = reply as MilterReply.Say;
        return reply;
    }

    private async ValueTask<MilterReply> RcptAsync(MailStep mail, RcptStep rcpt, CancellationToken cancellationToken)
    {
        var standing = IsIn(mail) ? Standing() : await MailAsync(mail, cancellationToken);
        if (standing is not MilterReply.Continue)
        {
            return standing;
        }

        if (!_dialog!.Skips(MilterCommand.Recipient))
        {
            _dialog.Tell(MilterCommand.Recipient, MacroStage.Recipient, Values(mail, rcpt));
        }

        var reply = await _dialog.StepAsync(
            MilterCommand.Recipient,
            StepData.Path(rcpt.Recipient, rcpt.Parameters),
            MilterSteps.NoRecipient,
            MilterSteps.RecipientUnanswered,
            cancellationToken);
        if (rcpt.Refusal is not null && reply is MilterReply.Discard)
        {
            reply = new MilterReply.Accept(); // as with Postfix: it hears no more, and the other recipients get their mail
        }

        _recipients += rcpt.Refusal is null && reply is not MilterReply.Say ? 1 : 0;
        return Note(reply, isConnection: false);
    }

    private async ValueTask<MilterReply> DataAsync(MailStep mail, CancellationToken cancellationToken)
    {
        _isDataTold = true;
        if (_dialog!.Terms.Version < DataSince)
        {
            return MilterReply.Continue.Instance;
        }

        _dialog.Tell(MilterCommand.Data, MacroStage.Data, Values(mail));
        return Note(
            await _dialog.StepAsync(MilterCommand.Data, default, MilterSteps.NoData, MilterSteps.DataUnanswered, cancellationToken),
            isConnection: false);
    }

    private async ValueTask<MilterReply> CommandAsync(string command, CancellationToken cancellationToken)
    {
        var reply = await _dialog!.StepAsync(
            MilterCommand.Unknown, StepData.Text(command), MilterSteps.NoUnknown, MilterSteps.UnknownUnanswered, cancellationToken);
        await _dialog.FlushAsync(cancellationToken); // where it is not answered: nobody knows when the client goes on
        return _isInTransaction || reply is MilterReply.Say ? Note(reply, isConnection: false) : MilterReply.Continue.Instance;
    }

    private async ValueTask<MilterReply> MakeUpAsync(IMessageView message, CancellationToken cancellationToken)
    {
        var mail = MailStep.Of(message);
        var envelope = message.Envelope;
        var standing = IsIn(mail) ? Standing() : await MailAsync(mail, cancellationToken);
        for (int i = 0, told = _recipients; told == 0 && i < envelope.Recipients.Length && standing is MilterReply.Continue; i++)
        {
            standing = await RcptAsync(mail, RcptStep.Of(envelope, envelope.Recipients[i]), cancellationToken);
        }

        return standing is MilterReply.Continue && !_isDataTold ? await DataAsync(mail, cancellationToken) : standing;
    }

    /// <summary>Whether the milter's transaction is this one, and not one that was given up before it.</summary>
    private bool IsIn(MailStep mail) =>
        _isInTransaction && (mail.TransactionId is null || _transactionId is null || mail.TransactionId == _transactionId);

    private MilterReply Standing() =>
        _ofConnection ?? _ofGreeting ?? (_isInTransaction ? _ofMail : null) ?? _ofMessage ?? MilterReply.Continue.Instance;

    private void AbortTransaction()
    {
        if (_isInTransaction)
        {
            _dialog!.Abort();
            _isInTransaction = false;
        }
    }

    /// <summary>Remembers an answer that holds for longer than its step. To go on without the rest of the same is to go on.</summary>
    private MilterReply Note(MilterReply reply, bool isConnection)
    {
        if (reply is MilterReply.Say { IsForConnection: true })
        {
            _ofConnection = reply;
        }
        else if (isConnection)
        {
            _ofConnection = Standing(reply);
        }
        else if (reply is MilterReply.Accept or MilterReply.Discard)
        {
            _ofMessage = reply;
        }

        return reply is MilterReply.Skip ? MilterReply.Continue.Instance : reply;
    }

    /// <summary>What an answer to CONNECT or HELO leaves standing: all but to go on. There is nothing yet to discard.</summary>
    private MilterReply? Standing(MilterReply reply)
    {
        if (reply is MilterReply.Discard)
        {
            MilterLog.NotDone(peer.Log, peer.Server.Name, session.Id, "to discard a connection");
        }

        return reply is MilterReply.Say or MilterReply.Accept ? reply : null;
    }

    private MacroValues Values(MailStep? mail = null, RcptStep? rcpt = null) => new(peer, session, _client)
    {
        Mail = mail,
        Rcpt = rcpt,
        Recipients = _recipients,
    };

    private MacroValues Values(IMessageView message) => new(peer, session, _client)
    {
        Mail = MailStep.Of(message),
        Recipients = message.Envelope.Recipients.Length,
        Message = message,
    };
}
