using System.Buffers;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Pipeline;
using PluginMail.Transport;

namespace PluginMail.Smtp;

/// <summary>The session loop: reads a command, lets its handler say what is to happen, and does it. Only this writes to the wire.</summary>
internal sealed class SmtpSession(SessionContext context, TimeProvider clock, ILogger log)
{
    private const int MaximumUnflushed = 16384; // replies to a group wait for its end (RFC 2920), but not for ever
    private const int MaximumLineLength = AuthCommand.MaximumLineLength;
    private static readonly SearchValues<byte> ControlOctets =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Where(octet => octet != '\t').Select(octet => (byte)octet), 0x7f]);

    private readonly MailConnection _connection = context.Connection;
    private readonly SmtpOptions _options = context.Options;
    private readonly SessionClock _clock = new(clock, context.Options.TimeBeforeLogin);
    private IncomingMessage? _chunked;
    private string _verb = "";
    private int _errors;

    /// <summary>Serves the session from greeting to end.</summary>
    /// <param name="cancellationToken">The connection's end.</param>
    /// <returns>Completes when the session has ended.</returns>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            bool goesOn = await PerformAsync(await GreetAsync(cancellationToken), cancellationToken);
            while (goesOn)
            {
                Outcome outcome = await NextAsync(cancellationToken);
                goesOn = await PerformAsync(outcome, cancellationToken);
                if (_chunked is not null && context.Phase != SessionPhases.Chunks)
                {
                    await DropChunksAsync();
                }
            }

            await FlushAsync(cancellationToken);
        }
        finally
        {
            await DropChunksAsync();
        }
    }

    private async ValueTask<Outcome> GreetAsync(CancellationToken cancellationToken)
    {
        _verb = "connection";
        try
        {
            if (await context.Mail.ConnectAsync(cancellationToken) is { } refusal)
            {
                Refusals.Log(log, _connection, _verb, refusal, "-");
                return new Outcome.Close(refusal);
            }

            return new SmtpReply(220, null, $"{_options.Hostname} {(context.IsLmtp ? "LMTP" : "ESMTP")} PluginMail");
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            SmtpLog.Fault(log, _connection.Id, _verb, e);
            return Closing(3, 0, "Local error, try again later");
        }
    }

    private async ValueTask<Outcome> NextAsync(CancellationToken cancellationToken)
    {
        if (_connection.IsStopping && !context.IsInTransaction)
        {
            return Ended(ReadStatus.Stopping);
        }

        bool isAtHand = _connection.Reader.TryReadLine(MaximumLineLength, out LineRead line);
        if (!isAtHand)
        {
            line = await WaitForLineAsync(cancellationToken);
        }
        else if (_connection.Output.UnflushedBytes > MaximumUnflushed && !await FlushAsync(cancellationToken))
        {
            return Ended(ReadStatus.Closed);
        }

        if (_clock.IsOver)
        {
            return Ended(ReadStatus.TimedOut);
        }

        _verb = "a line";
        return line.Status switch
        {
            ReadStatus.Ok when line.EndsWithCrLf => await HandleAsync(line.Line, cancellationToken),
            ReadStatus.Ok => SmtpReplies.BareLineFeed,
            ReadStatus.TooLong => SmtpReplies.LineTooLong,
            _ => Ended(line.Status),
        };
    }

    private async ValueTask<LineRead> WaitForLineAsync(CancellationToken cancellationToken)
    {
        if (!await FlushAsync(cancellationToken))
        {
            return new LineRead(ReadStatus.Closed, default, EndsWithCrLf: false);
        }

        TimeSpan patience = _clock.Limit(_options.CommandTimeout);
        return await _connection.Reader.ReadLineAsync(MaximumLineLength, patience, cancellationToken);
    }

    private async ValueTask<Outcome> HandleAsync(ReadOnlySequence<byte> line, CancellationToken cancellationToken)
    {
        try
        {
            return await DispatchAsync(line.IsSingleSegment ? line.FirstSpan : line.ToArray(), cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            return Faults.ToReply(log, _connection.Id, _verb, e);
        }
    }

    private ValueTask<Outcome> DispatchAsync(ReadOnlySpan<byte> line, CancellationToken cancellationToken)
    {
        if (line.ContainsAny(ControlOctets))
        {
            return new(SmtpReplies.ControlCharacter);
        }

        Verb? verb = VerbTable.Find(line, out ReadOnlySpan<byte> argument);
        if (verb is null)
        {
            return PluginQuestions.AskAboutUnknownAsync(line, context, cancellationToken);
        }

        _verb = verb.Name;
        return line.Length > verb.LineLength ? new(SmtpReplies.LineTooLong)
            : !verb.AllowsUtf8 && !System.Text.Ascii.IsValid(argument) ? new(SmtpReplies.NotAscii)
            : verb.RunAsync(argument, context, cancellationToken);
    }

    private ValueTask<bool> PerformAsync(Outcome outcome, CancellationToken cancellationToken)
    {
        switch (outcome)
        {
            case Outcome.Answer answer:
                return new(Answer(answer));
            case Outcome.Close close:
                Write(close.Reply);
                return new(false);
            case Outcome.HangUp:
                return new(false);
            case Outcome.ReceiveData:
                return ReceiveDataAsync(cancellationToken);
            case Outcome.ReceiveChunk chunk:
                return ReceiveChunkAsync(chunk, cancellationToken);
            case Outcome.DiscardChunk chunk:
                return DiscardChunkAsync(chunk, cancellationToken);
            case Outcome.Authenticate authenticate:
                return SignInAsync(authenticate, cancellationToken);
            case Outcome.StartTls:
                return StartTlsAsync(cancellationToken);
            default:
                throw new InvalidOperationException($"No such outcome: {outcome}");
        }
    }

    private bool Answer(Outcome.Answer answer)
    {
        if (!answer.Reply.IsPositive)
        {
            Refusals.Log(log, _connection, _verb, answer.Reply, answer.Subject);
        }

        return Say(answer.Reply, answer.IsError);
    }

    // Replies; a client that was refused too often is sent away after it.
    private bool Say(SmtpReply reply, bool isError)
    {
        Write(reply);
        if (reply.Code == 421)
        {
            return false; // RFC 5321 section 4.2.2: it says that the channel closes
        }

        if (!isError || ++_errors < _options.MaximumErrors)
        {
            return true;
        }

        SmtpLog.TooManyErrors(log, _connection.Id, _connection.Remote, _errors);
        Write(SmtpReplies.Closing(7, 0, _options.Hostname, "Too many errors"));
        return false;
    }

    private async ValueTask<bool> ReceiveDataAsync(CancellationToken cancellationToken)
    {
        if (await PluginQuestions.AskAboutDataAsync(context, _verb, log, cancellationToken) is { } unwanted)
        {
            return Answer(unwanted);
        }

        await using var message = new IncomingMessage(context, _clock, _verb, log);
        if (message.Refusal is null)
        {
            Write(SmtpReplies.SendMessage);
            if (!await FlushAsync(cancellationToken))
            {
                return false;
            }

            ReadStatus status = await message.ReceiveAsync(cancellationToken);
            if (status != ReadStatus.Ok)
            {
                return await PerformAsync(Ended(status), cancellationToken);
            }
        }

        return await CompleteAsync(message, isEnd: true, cancellationToken);
    }

    private async ValueTask<bool> ReceiveChunkAsync(Outcome.ReceiveChunk chunk, CancellationToken cancellationToken)
    {
        if (_chunked is null && await PluginQuestions.AskAboutDataAsync(context, _verb, log, cancellationToken) is { } unwanted)
        {
            return await DiscardChunkAsync(new Outcome.DiscardChunk(chunk.Size, unwanted.Reply, unwanted.Subject), cancellationToken);
        }

        _chunked ??= new IncomingMessage(context, _clock, _verb, log);
        context.BeginChunks();
        ReadStatus status = await _chunked.ReceiveChunkAsync(chunk.Size, chunk.IsLast, cancellationToken);
        if (status != ReadStatus.Ok)
        {
            return await PerformAsync(Ended(status), cancellationToken);
        }

        if (_chunked.Refusal is null && !chunk.IsLast)
        {
            Write(new SmtpReply(250, new(2, 0, 0), $"{chunk.Size} octets received"));
            return true;
        }

        try
        {
            return await CompleteAsync(_chunked, chunk.IsLast, cancellationToken);
        }
        finally
        {
            await DropChunksAsync();
        }
    }

    private async ValueTask<bool> CompleteAsync(IncomingMessage message, bool isEnd, CancellationToken cancellationToken)
    {
        MessageReplies replies = await message.CompleteAsync(cancellationToken);
        if (message.Refusal is { } refusal)
        {
            SmtpLog.MessageRefused(log, _connection.Id, _verb, message.Length, _connection.Remote, refusal);
        }

        bool goesOn = context.IsLmtp && isEnd ? SayToEach(replies) : Say(replies.Transaction, replies.Transaction.Code >= 500);
        context.EndTransaction();
        return goesOn;
    }

    // RFC 2033 section 4.2: a reply for each RCPT that was accepted, in their order, also for one that was given twice.
    private bool SayToEach(MessageReplies replies)
    {
        bool goesOn = true;
        foreach (int name in context.AcceptedNames)
        {
            SmtpReply reply = name < replies.Recipients.Count ? replies.Recipients[name] : replies.Transaction;
            Write(reply);
            goesOn &= reply.Code < 500 || ++_errors < _options.MaximumErrors;
        }

        if (!goesOn)
        {
            SmtpLog.TooManyErrors(log, _connection.Id, _connection.Remote, _errors);
            Write(SmtpReplies.Closing(7, 0, _options.Hostname, "Too many errors"));
        }

        return goesOn;
    }

    private async ValueTask<bool> DiscardChunkAsync(Outcome.DiscardChunk chunk, CancellationToken cancellationToken)
    {
        for (long left = chunk.Size; left > 0;)
        {
            TimeSpan patience = _clock.Limit(_options.DataTimeout);
            BlockRead block = await _connection.Reader.ReadBlockAsync(patience, cancellationToken);
            if (block.Status != ReadStatus.Ok || _clock.IsOver)
            {
                return await PerformAsync(Ended(block.Status == ReadStatus.Ok ? ReadStatus.TimedOut : block.Status), cancellationToken);
            }

            long count = Math.Min(left, block.Octets.Length);
            _connection.Reader.Consume(block.Octets.GetPosition(count));
            left -= count;
        }

        return Answer(new Outcome.Answer(chunk.Reply, chunk.Subject));
    }

    private async ValueTask<bool> StartTlsAsync(CancellationToken cancellationToken)
    {
        Write(SmtpReplies.ReadyForTls);
        if (!await FlushAsync(cancellationToken) || !await _connection.StartTlsAsync(_options.TlsTimeout, cancellationToken))
        {
            SmtpLog.TlsFailed(log, _connection.Id, _connection.Remote);
            return false;
        }

        context.Encrypted();
        return true;
    }

    private async ValueTask<bool> SignInAsync(Outcome.Authenticate authenticate, CancellationToken cancellationToken)
    {
        Outcome outcome;
        try
        {
            outcome = await new SaslConversation(context, WaitForLineAsync, Ended).RunAsync(authenticate, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            SmtpLog.Fault(log, _connection.Id, _verb, e);
            outcome = SmtpReplies.SignInUnavailable;
        }

        if (context.IsSignedIn)
        {
            _clock.Extend(_options.SessionTimeout);
        }

        return await PerformAsync(outcome, cancellationToken);
    }

    private Outcome Ended(ReadStatus status)
    {
        switch (status)
        {
            case ReadStatus.TimedOut:
                Outcome.Close timedOut = Closing(4, 2, _clock.IsOver ? context.IsSignedIn || !_options.RequiresAuth ? "The session took too long" : "No login in time" : "Timeout, closing connection");
                SmtpLog.TimedOut(log, _connection.Id, _connection.Remote, timedOut.Reply);
                return timedOut;
            case ReadStatus.Stopping:
                return _connection.IsLoginRevoked ? Closing(7, 0, "The account or its password was changed") : Closing(3, 2, "Service shutting down");
            default:
                SmtpLog.ClientGone(log, _connection.Id, _connection.Remote);
                return Outcome.HangUp.Instance;
        }
    }

    private Outcome.Close Closing(ushort subject, ushort detail, string reason) =>
        new(SmtpReplies.Closing(subject, detail, _options.Hostname, reason));

    private void Write(SmtpReply reply)
    {
        SmtpMetrics.Replied(_options.ServiceName, reply);
        ReplyWriter.Write(_connection.Output, reply, context.IsInternationalized);
    }

    private ValueTask<bool> FlushAsync(CancellationToken cancellationToken) => _connection.FlushAsync(_options.CommandTimeout, cancellationToken);

    private async ValueTask DropChunksAsync()
    {
        if (_chunked is { } message)
        {
            _chunked = null;
            await message.DisposeAsync();
        }
    }
}
