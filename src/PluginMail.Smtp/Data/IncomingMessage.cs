using System.Buffers;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Pipeline;
using PluginMail.Transport;

namespace PluginMail.Smtp;

/// <summary>
/// A message on its way from the connection to its sink. What makes it unacceptable is kept as a refusal, and the rest is passed over,
/// so that the session stays in step with the client.
/// </summary>
internal sealed class IncomingMessage : IAsyncDisposable
{
    private readonly SessionContext _session;
    private readonly SessionClock _clock;
    private readonly string _verb;
    private readonly ILogger _log;
    private readonly MessageSink? _sink;
    private DataScanner _scanner;
    private StrictLineEnds _chunkLineEnds;

    /// <summary>Opens a sink for a message.</summary>
    /// <param name="session">The session.</param>
    /// <param name="clock">The session's time.</param>
    /// <param name="verb">DATA or BDAT.</param>
    /// <param name="log">Where faults are told.</param>
    public IncomingMessage(SessionContext session, SessionClock clock, string verb, ILogger log)
    {
        _session = session;
        _clock = clock;
        _verb = verb;
        _log = log;
        try
        {
            _sink = session.Mail.BeginMessage();
        }
        catch (Exception e)
        {
            Refusal = Faults.ToReply(log, session.Connection.Id, verb, e);
        }
    }

    /// <summary>Why the message is not taken; null while it is.</summary>
    public SmtpReply? Refusal { get; private set; }

    /// <summary>Octets that belong to the message so far.</summary>
    public long Length { get; private set; }

    /// <summary>Takes the octets of DATA to the end of the message.</summary>
    /// <param name="cancellationToken">The session's end.</param>
    /// <returns>Ok when the end was found.</returns>
    public async ValueTask<ReadStatus> ReceiveAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            BlockRead block = await ReadAsync(cancellationToken);
            if (block.Status != ReadStatus.Ok)
            {
                return block.Status;
            }

            long consumed = 0;
            foreach (ReadOnlyMemory<byte> segment in block.Octets)
            {
                ReadOnlyMemory<byte> rest = segment;
                while (!rest.IsEmpty)
                {
                    DataStep step = _scanner.Next(rest.Span);
                    if (step.IsText)
                    {
                        await TakeAsync(rest[..step.Consumed], _scanner.HasBareLineEnd, cancellationToken);
                    }

                    rest = rest[step.Consumed..];
                    consumed += step.Consumed;
                    if (step.IsEnd)
                    {
                        _session.Connection.Reader.Consume(block.Octets.GetPosition(consumed));
                        Refusal ??= _scanner.HasBareLineEnd ? SmtpReplies.BareLineEnd : null;
                        return ReadStatus.Ok;
                    }
                }
            }

            _session.Connection.Reader.Consume(block.Octets.End);
        }
    }

    /// <summary>Takes a chunk of BDAT.</summary>
    /// <param name="size">Octets.</param>
    /// <param name="isLast">Whether the message ends with it.</param>
    /// <param name="cancellationToken">The session's end.</param>
    /// <returns>Ok when the whole chunk has come.</returns>
    public async ValueTask<ReadStatus> ReceiveChunkAsync(long size, bool isLast, CancellationToken cancellationToken)
    {
        if (size > _session.Options.MaximumMessageSize - Length)
        {
            Refusal ??= SmtpReplies.MessageTooLarge;
        }

        while (size > 0)
        {
            BlockRead block = await ReadAsync(cancellationToken);
            if (block.Status != ReadStatus.Ok)
            {
                return block.Status;
            }

            ReadOnlySequence<byte> octets = block.Octets.Slice(0, Math.Min(size, block.Octets.Length));
            foreach (ReadOnlyMemory<byte> segment in octets)
            {
                _chunkLineEnds.Add(segment.Span);
                await TakeAsync(segment, _chunkLineEnds.IsBroken, cancellationToken);
            }

            size -= octets.Length;
            _session.Connection.Reader.Consume(octets.End);
        }

        if (isLast)
        {
            _chunkLineEnds.End();
        }

        Refusal ??= _chunkLineEnds.IsBroken ? SmtpReplies.BareLineEnd : null;
        return ReadStatus.Ok;
    }

    /// <summary>Hands the whole message on.</summary>
    /// <param name="cancellationToken">The session's end.</param>
    /// <returns>The reply to the transaction, and in LMTP those to its recipients.</returns>
    public async ValueTask<MessageReplies> CompleteAsync(CancellationToken cancellationToken)
    {
        if (Refusal is not null)
        {
            return new MessageReplies(Refusal, []);
        }

        try
        {
            return await _session.Mail.CompleteAsync(_sink!, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            return new MessageReplies(Faults.ToReply(_log, _session.Connection.Id, _verb, e), []);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _sink is null ? ValueTask.CompletedTask : _sink.DisposeAsync();

    private async ValueTask<BlockRead> ReadAsync(CancellationToken cancellationToken)
    {
        TimeSpan patience = _clock.Limit(_session.Options.DataTimeout);
        return patience <= TimeSpan.Zero
            ? new BlockRead(ReadStatus.TimedOut, default)
            : await _session.Connection.Reader.ReadBlockAsync(patience, cancellationToken);
    }

    private async ValueTask TakeAsync(ReadOnlyMemory<byte> octets, bool hasBareLineEnd, CancellationToken cancellationToken)
    {
        Length += octets.Length;
        if (Refusal is null)
        {
            Refusal = hasBareLineEnd ? SmtpReplies.BareLineEnd
                : Length > _session.Options.MaximumMessageSize ? SmtpReplies.MessageTooLarge
                : null;
        }

        if (Refusal is not null)
        {
            return;
        }

        try
        {
            await _sink!.WriteAsync(octets, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            Refusal = Faults.ToReply(_log, _session.Connection.Id, _verb, e);
        }
    }
}
