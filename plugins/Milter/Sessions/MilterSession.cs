using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;
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
    private const string NullPath = "<>";

    private MilterDialog? _dialog;
    private ClientName _client = ClientName.Local;
    private (string Hello, bool IsEncrypted)? _greeted;
    private MilterReply? _ofConnection; // holds until the connection ends
    private MilterReply? _ofGreeting; // holds until the next greeting
    private MilterReply? _ofMessage; // accepted or discarded: nothing more to ask about it
    private bool _isInTransaction;
    private int _recipients;
    private string? _fault;

    /// <summary>Why the milter could not be asked; null where it could.</summary>
    public string? Fault => _fault;

    public ValueTask<MilterReply> ConnectAsync(CancellationToken cancellationToken) => GuardAsync(GreetedAsync, cancellationToken);

    public ValueTask<MilterReply> GreetAsync(CancellationToken cancellationToken) => GuardAsync(GreetedAsync, cancellationToken);

    public ValueTask<MilterReply> SenderAsync(EmailAddress? sender, CancellationToken cancellationToken)
    {
        _fault = null; // a new message is a new chance
        return GuardAsync(token => MailAsync(sender, token), cancellationToken);
    }

    public ValueTask<MilterReply> RecipientAsync(EmailAddress? sender, EmailAddress recipient, CancellationToken cancellationToken) =>
        GuardAsync(token => RecipientStepAsync(sender, recipient, token), cancellationToken);

    /// <summary>Has the milter judge and change a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="changes">Where its changes are gathered.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public ValueTask<MilterReply> MessageAsync(IMessageView message, MessageChanges changes, CancellationToken cancellationToken) => GuardAsync(
        async token =>
        {
            var reply = await MakeUpAsync(message.Envelope, token);
            if (reply is MilterReply.Continue)
            {
                var transfer = new MessageTransfer(_dialog!, Values(message), message, changes);
                reply = Note(await transfer.RunAsync(token), isConnection: false);
                _isInTransaction = !transfer.HasEnded;
            }

            AbortTransaction();
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
        _ofConnection = _ofGreeting = _ofMessage = null;
        _isInTransaction = false;
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
                    MilterCommand.Connect, ConnectData(), MilterSteps.NoConnect, MilterSteps.ConnectUnanswered, cancellationToken),
                isConnection: true);
        }

        string? hello = session.HelloName ?? (session.RemoteEndPoint is null ? peer.Options.Hostname : null);
        if (_ofConnection is null && hello is not null && _greeted != (hello, session.IsEncrypted))
        {
            AbortTransaction();
            _greeted = (hello, session.IsEncrypted);
            _dialog.Tell(MilterCommand.Helo, MacroStage.Helo, Values());
            var reply = await _dialog.StepAsync(
                MilterCommand.Helo, Text(hello), MilterSteps.NoHelo, MilterSteps.HeloUnanswered, cancellationToken);
            _ofGreeting = reply is MilterReply.Continue or MilterReply.Skip ? null : reply;
        }

        return _ofConnection ?? _ofGreeting ?? MilterReply.Continue.Instance;
    }

    private async ValueTask<MilterReply> MailAsync(EmailAddress? sender, CancellationToken cancellationToken)
    {
        var standing = await GreetedAsync(cancellationToken);
        if (standing is not MilterReply.Continue)
        {
            return standing;
        }

        AbortTransaction();
        _isInTransaction = true;
        _recipients = 0;
        _ofMessage = null;
        _dialog!.Tell(MilterCommand.Mail, MacroStage.Mail, new MacroValues(peer, session, _client) { Sender = sender, HasSender = true });
        return Note(
            await _dialog.StepAsync(MilterCommand.Mail, Text(Path(sender)), MilterSteps.NoMail, MilterSteps.MailUnanswered, cancellationToken),
            isConnection: false);
    }

    private async ValueTask<MilterReply> RecipientStepAsync(EmailAddress? sender, EmailAddress recipient, CancellationToken cancellationToken)
    {
        var standing = _isInTransaction ? Standing() : await MailAsync(sender, cancellationToken);
        if (standing is not MilterReply.Continue)
        {
            return standing;
        }

        _recipients++;
        _dialog!.Tell(
            MilterCommand.Recipient,
            MacroStage.Recipient,
            new MacroValues(peer, session, _client) { Sender = sender, HasSender = true, Recipient = recipient });
        return Note(
            await _dialog.StepAsync(
                MilterCommand.Recipient, Text(Path(recipient)), MilterSteps.NoRecipient, MilterSteps.RecipientUnanswered, cancellationToken),
            isConnection: false);
    }

    private async ValueTask<MilterReply> MakeUpAsync(Envelope envelope, CancellationToken cancellationToken)
    {
        var standing = _isInTransaction ? Standing() : await MailAsync(envelope.Sender, cancellationToken);
        for (int i = 0, told = _recipients; told == 0 && i < envelope.Recipients.Length && standing is MilterReply.Continue; i++)
        {
            standing = await RecipientStepAsync(envelope.Sender, envelope.Recipients[i], cancellationToken);
        }

        return standing;
    }

    private MilterReply Standing() => _ofConnection ?? _ofGreeting ?? _ofMessage ?? MilterReply.Continue.Instance;

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
        if ((isConnection && reply is not (MilterReply.Continue or MilterReply.Skip)) || reply is MilterReply.Say { IsForConnection: true })
        {
            _ofConnection = reply;
        }
        else if (reply is MilterReply.Accept or MilterReply.Discard)
        {
            _ofMessage = reply;
        }

        return reply is MilterReply.Skip ? MilterReply.Continue.Instance : reply;
    }

    private MacroValues Values(IMessageView? message = null) => new(peer, session, _client)
    {
        TransactionId = message?.TransactionId,
        Sender = message?.Envelope.Sender,
        HasSender = message is not null,
    };

    /// <summary>The client's name, then 4 or 6, its port in network order and its address as text.</summary>
    private byte[] ConnectData()
    {
        var data = new ArrayBufferWriter<byte>(100);
        MilterConnection.WriteText(data, _client.Name);
        var address = _client.Address;
        data.Write([address.AddressFamily == AddressFamily.InterNetworkV6 ? (byte)'6' : (byte)'4']);
        BinaryPrimitives.WriteUInt16BigEndian(data.GetSpan(sizeof(ushort)), (ushort)(session.RemoteEndPoint?.Port ?? 0));
        data.Advance(sizeof(ushort));
        MilterConnection.WriteText(data, address.ToString());
        return data.WrittenSpan.ToArray();
    }

    private static string Path(EmailAddress? address) => address is null ? NullPath : $"<{address}>";

    private static byte[] Text(string text)
    {
        var data = new ArrayBufferWriter<byte>(text.Length + 1);
        MilterConnection.WriteText(data, text);
        return data.WrittenSpan.ToArray();
    }
}
