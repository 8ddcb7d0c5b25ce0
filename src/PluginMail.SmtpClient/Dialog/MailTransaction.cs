using PluginMail.Abstractions;
using PluginMail.Queue;

namespace PluginMail.SmtpClient;

/// <summary>How a transaction ended.</summary>
internal enum TransactionEnd
{
    /// <summary>The recipients it was for were answered, or wait for another transaction with this host.</summary>
    Settled,

    /// <summary>The host took it from nobody: another one may.</summary>
    HostFailed,

    /// <summary>The connection had rested, and was gone when MAIL was said: a new one may do.</summary>
    Stale,
}

/// <summary>One mail transaction (RFC 5321 section 3.3) over a connection: MAIL, RCPT, the message.</summary>
/// <remarks>
/// With PIPELINING (RFC 2920) all of the envelope and DATA go out in one write. With CHUNKING (RFC 3030) too, a message up to
/// <see cref="SingleFlight"/> goes with them as BDAT LAST: should all recipients be refused, the host has to read and drop it, which costs less
/// than the round trip that it saves; larger ones wait until a recipient was accepted. LMTP always uses DATA, whose replies for each
/// recipient RFC 2033 defines.
/// </remarks>
/// <param name="delivery">The message and what is known of its recipients.</param>
/// <param name="connection">Where to.</param>
/// <param name="options">Settings.</param>
internal sealed class MailTransaction(OutboundDelivery delivery, SmtpConnection connection, SmtpClientOptions options)
{
    /// <summary>Octets of the largest message that goes out with its envelope.</summary>
    public const int SingleFlight = 32 * 1024;

    private readonly List<int> _accepted = [];
    private readonly SmtpTimeouts _timeouts = options.Timeouts;
    private int[] _recipients = [];
    private SmtpReply? _mail;
    private SendableContent _content = null!;
    private bool _isPipelined;
    private bool _isChunked;
    private bool _isOneFlight;

    /// <summary>Runs it for the next recipients without outcome.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">The message cannot be read; the connection is of no more use.</exception>
    public async ValueTask<TransactionEnd> RunAsync(CancellationToken cancellationToken)
    {
        if (Prepare() is { } refusal)
        {
            return HostFails(refusal, isDown: false);
        }

        if (_recipients.Length == 0)
        {
            return TransactionEnd.Settled;
        }

        return await SendEnvelopeAsync(cancellationToken) ?? await SendMessageAsync(cancellationToken);
    }

    // What this host cannot be given at all, before a word is said.
    private SmtpReply? Prepare()
    {
        OutboundMessage message = delivery.Message;
        PeerCapabilities peer = connection.Capabilities;
        _content = delivery.Content;
        if (message.RequiresTls && !(connection.IsVerified && peer.RequireTls))
        {
            return Refusal(550, new EnhancedStatusCode(5, 7, 30), "does not support REQUIRETLS, which the sender insists on");
        }

        if (!peer.SmtpUtf8 && _content.Survey.HasUtf8Header && !connection.IsLmtp) // a mailbox stores what it gets
        {
            return Refusal(550, new EnhancedStatusCode(5, 6, 9), "does not support SMTPUTF8, which the message's header needs");
        }

        if (!peer.SmtpUtf8 && EnvelopeCommands.NeedsUtf8(message.Sender))
        {
            return Refusal(553, new EnhancedStatusCode(5, 6, 7), "does not support SMTPUTF8, which the sender's address needs");
        }

        if (!peer.EightBitMime && _content.Survey.HasEightBit)
        {
            if (delivery.SevenBitContent is not { } converted)
            {
                return Refusal(554, new EnhancedStatusCode(5, 6, 3), "does not support 8BITMIME, and the message cannot be converted");
            }

            _content = converted;
        }

        if (peer.MaximumSize > 0 && _content.Survey.Length > peer.MaximumSize)
        {
            return Refusal(552, new EnhancedStatusCode(5, 3, 4), $"takes messages up to {peer.MaximumSize} octets; this one has {_content.Survey.Length}");
        }

        ChooseRecipients();
        _isPipelined = peer.Pipelining;
        _isChunked = peer.Chunking && options.UsesChunking && !connection.IsLmtp;
        _isOneFlight = _isPipelined && _isChunked && _content.Survey.Length <= SingleFlight;
        return null;
    }

    private void ChooseRecipients()
    {
        bool knowsUtf8 = connection.Capabilities.SmtpUtf8;
        foreach (int recipient in delivery.Pending(int.MaxValue))
        {
            EmailAddress address = delivery.Message.Recipients[recipient].Address;
            if (!EnvelopeCommands.IsSendable(address) || !EnvelopeCommands.IsSendable(delivery.Message.Sender))
            {
                delivery.Settle(recipient, new SmtpReply(553, new EnhancedStatusCode(5, 1, 3), "the address cannot be written in SMTP"), connection);
            }
            else if (!knowsUtf8 && EnvelopeCommands.NeedsUtf8(address))
            {
                delivery.Settle(recipient, Refusal(553, new EnhancedStatusCode(5, 6, 7), "does not support SMTPUTF8, which the address needs"), connection);
            }
        }

        _recipients = delivery.Pending(options.MaximumRecipients);
    }

    // Null where the message may follow.
    private async ValueTask<TransactionEnd?> SendEnvelopeAsync(CancellationToken cancellationToken)
    {
        var commands = new EnvelopeCommands(delivery.Message, _content, connection);
        bool resets = connection.NeedsReset;
        connection.NeedsReset = true;
        if (resets)
        {
            await SayAsync("RSET\r\n", cancellationToken);
            if (!_isPipelined && await IsLostAtResetAsync(cancellationToken))
            {
                return Lost();
            }
        }

        await SayAsync(commands.Mail(UsesUtf8), cancellationToken);
        if (_isPipelined)
        {
            foreach (int recipient in _recipients)
            {
                await SayAsync(commands.Recipient(delivery.Message.Recipients[recipient]), cancellationToken);
            }

            await SayDataAsync(cancellationToken);
            await connection.FlushAsync(_timeouts.DataBlock, cancellationToken);
            if (resets && await IsLostAtResetAsync(cancellationToken))
            {
                return Lost();
            }
        }

        _mail = await connection.ReadReplyAsync(_timeouts.Mail, cancellationToken);
        if (_mail is null or { Code: 421 })
        {
            return Lost();
        }

        if (!_isPipelined && !IsOk(_mail))
        {
            return MailRefused();
        }

        return await ReadRecipientsAsync(commands, cancellationToken);
    }

    // Null where all were answered.
    private async ValueTask<TransactionEnd?> ReadRecipientsAsync(EnvelopeCommands commands, CancellationToken cancellationToken)
    {
        bool isOpen = IsOk(_mail!);
        foreach (int recipient in _recipients)
        {
            if (!_isPipelined)
            {
                await SayAsync(commands.Recipient(delivery.Message.Recipients[recipient]), cancellationToken);
            }

            SmtpReply? reply = await connection.ReadReplyAsync(_timeouts.Recipient, cancellationToken);
            if (reply is null or { Code: 421 })
            {
                TransactionEnd broken = isOpen ? Broken(reply, "hung up at RCPT") : MailRefused();
                connection.Retire();
                return broken;
            }

            if (!isOpen)
            {
                continue; // refused together with MAIL
            }

            if (IsOk(reply))
            {
                _accepted.Add(recipient);
            }
            else if (reply.IsPositive)
            {
                delivery.Settle(recipient, OutOfStep(reply), connection);
            }
            else if (_accepted.Count > 0 && reply is { Code: 452 or 552 })
            {
                continue; // RFC 5321 section 4.5.3.1.10: too many for one transaction; it is asked again in the next
            }
            else
            {
                delivery.Settle(recipient, reply, connection);
            }
        }

        return null;
    }

    private async ValueTask<TransactionEnd> SendMessageAsync(CancellationToken cancellationToken)
    {
        bool isWanted = IsOk(_mail!) && _accepted.Count > 0;
        if (!isWanted && !_isPipelined)
        {
            return TransactionEnd.Settled;
        }

        if (!_isChunked)
        {
            return await SendDataAsync(isWanted, cancellationToken);
        }

        if (!_isOneFlight && isWanted)
        {
            await SayChunkAsync(cancellationToken);
            await connection.FlushAsync(_timeouts.DataBlock, cancellationToken);
        }

        SmtpReply? end = isWanted || _isOneFlight ? await connection.ReadReplyAsync(_timeouts.DataEnd, cancellationToken) : null;
        return isWanted ? SettleAccepted(end) : NotWanted();
    }

    private async ValueTask<TransactionEnd> SendDataAsync(bool isWanted, CancellationToken cancellationToken)
    {
        if (!_isPipelined)
        {
            await SayAsync("DATA\r\n", cancellationToken);
        }

        SmtpReply? start = await connection.ReadReplyAsync(_timeouts.DataStart, cancellationToken);
        if (!isWanted)
        {
            if (start is { Code: >= 300 and < 400 }) // RFC 2920 section 3.1: the host waits for a message to nobody
            {
                await connection.AskAsync(".\r\n", _timeouts.DataEnd, cancellationToken);
            }

            return NotWanted();
        }

        if (start is null or { Code: 421 })
        {
            return Broken(start, "hung up at DATA");
        }

        if (start.Code is not (>= 300 and < 400))
        {
            return SettleAccepted(start.IsPositive ? OutOfStep(start) : start);
        }

        if (await _content.WriteAsync(connection, isData: true, _timeouts.DataBlock, cancellationToken))
        {
            await connection.FlushAsync(_timeouts.DataBlock, cancellationToken);
        }

        return connection.IsLmtp
            ? await SettleEachAsync(cancellationToken)
            : SettleAccepted(await connection.ReadReplyAsync(_timeouts.DataEnd, cancellationToken));
    }

    /// <summary>LMTP: each accepted recipient has a reply, in their order (RFC 2033 section 4.2).</summary>
    private async ValueTask<TransactionEnd> SettleEachAsync(CancellationToken cancellationToken)
    {
        bool isClean = true;
        foreach (int recipient in _accepted)
        {
            SmtpReply reply = Final(await connection.ReadReplyAsync(_timeouts.DataEnd, cancellationToken));
            delivery.Settle(recipient, reply, connection);
            isClean &= reply.IsPositive;
        }

        return End(isClean);
    }

    private TransactionEnd SettleAccepted(SmtpReply? end)
    {
        SmtpReply reply = Final(end);
        foreach (int recipient in _accepted)
        {
            delivery.Settle(recipient, reply, connection);
        }

        return End(reply.IsPositive);
    }

    // A reply that is lost here may have been a yes: the message may arrive twice, but never not at all.
    private SmtpReply Final(SmtpReply? reply)
    {
        if (reply is null)
        {
            return Refusal(451, new EnhancedStatusCode(4, 4, 2), $"{connection.Failure} before it answered for the message, which may have been delivered");
        }

        if (reply.Code == 421)
        {
            connection.Retire();
        }

        return reply.Code is >= 300 and < 400 ? OutOfStep(reply) : reply;
    }

    private SmtpReply OutOfStep(SmtpReply reply)
    {
        connection.Retire();
        return Refusal(451, new EnhancedStatusCode(4, 5, 0), $"answered out of step: {reply}");
    }

    private TransactionEnd End(bool isClean)
    {
        connection.NeedsReset = !isClean;
        connection.CountMessage();
        return TransactionEnd.Settled;
    }

    private TransactionEnd NotWanted() => IsOk(_mail!) ? TransactionEnd.Settled : MailRefused();

    private TransactionEnd MailRefused()
    {
        if (_mail is { Code: < 500 } refused)
        {
            return HostFails(refused.IsPositive ? OutOfStep(refused) : refused, isDown: false);
        }

        foreach (int recipient in _recipients)
        {
            delivery.Settle(recipient, _mail!, connection);
        }

        return TransactionEnd.Settled;
    }

    // Gone before MAIL was accepted.
    private TransactionEnd Lost()
    {
        connection.Retire();
        return connection.IsReused ? TransactionEnd.Stale : HostFails(Connector.Failed(connection, _mail, "hung up at MAIL"), isDown: true);
    }

    private TransactionEnd Broken(SmtpReply? reply, string words)
    {
        connection.Retire();
        return HostFails(Connector.Failed(connection, reply, words), isDown: false);
    }

    private TransactionEnd HostFails(SmtpReply reply, bool isDown)
    {
        delivery.NoteFailure(reply, connection.Name, connection.Tls, isDown);
        return TransactionEnd.HostFailed;
    }

    private bool UsesUtf8 => connection.Capabilities.SmtpUtf8
        && (_content.Survey.HasUtf8Header || EnvelopeCommands.NeedsUtf8(delivery.Message.Sender)
            || Array.Exists(_recipients, recipient => EnvelopeCommands.NeedsUtf8(delivery.Message.Recipients[recipient].Address)));

    private static bool IsOk(SmtpReply reply) => reply.Code < 300;

    private SmtpReply Refusal(int code, EnhancedStatusCode status, string words) => new(code, status, $"{connection.Name} {words}");

    // With PIPELINING the command waits for those behind it.
    private async ValueTask SayAsync(string command, CancellationToken cancellationToken)
    {
        if (connection.Free.Length < EnvelopeCommands.MaximumCommand)
        {
            await connection.FlushAsync(_timeouts.DataBlock, cancellationToken);
        }

        connection.Write(command);
        if (!_isPipelined)
        {
            await connection.FlushAsync(_timeouts.DataBlock, cancellationToken);
        }
    }

    // DATA with the envelope, or for a small message all of it.
    private async ValueTask SayDataAsync(CancellationToken cancellationToken)
    {
        if (!_isChunked)
        {
            connection.Write("DATA\r\n"u8);
        }
        else if (_isOneFlight)
        {
            await SayChunkAsync(cancellationToken);
        }
    }

    private async ValueTask SayChunkAsync(CancellationToken cancellationToken)
    {
        connection.Write($"BDAT {_content.Survey.Length} LAST\r\n");
        await _content.WriteAsync(connection, isData: false, _timeouts.DataBlock, cancellationToken);
    }

    private async ValueTask<bool> IsLostAtResetAsync(CancellationToken cancellationToken) =>
        await connection.ReadReplyAsync(_timeouts.Hello, cancellationToken) is null or { Code: 421 };
}
