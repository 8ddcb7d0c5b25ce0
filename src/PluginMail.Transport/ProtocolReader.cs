using System.Buffers;
using System.IO.Pipelines;

namespace PluginMail.Transport;

/// <summary>How a read ended.</summary>
public enum ReadStatus
{
    /// <summary>Octets are there.</summary>
    Ok,

    /// <summary>The line was longer than allowed; it has been passed over to its end.</summary>
    TooLong,

    /// <summary>The client is gone, or sent the end in the midst of a line.</summary>
    Closed,

    /// <summary>The client was silent for too long.</summary>
    TimedOut,

    /// <summary>The server is stopping. Said only where nothing of a line has arrived.</summary>
    Stopping,
}

/// <summary>A line that was read.</summary>
/// <param name="Status">How the read ended; the rest counts only for Ok.</param>
/// <param name="Line">The line without its end; valid until the next read.</param>
/// <param name="EndsWithCrLf">Whether CR LF ended it; else a bare LF did.</param>
public readonly record struct LineRead(ReadStatus Status, ReadOnlySequence<byte> Line, bool EndsWithCrLf);

/// <summary>Octets that were read.</summary>
/// <param name="Status">How the read ended; the rest counts only for Ok.</param>
/// <param name="Octets">At least one; give back what was used with <see cref="ProtocolReader.Consume"/>.</param>
public readonly record struct BlockRead(ReadStatus Status, ReadOnlySequence<byte> Octets);

/// <summary>Reads a client's lines and blocks, with bounds on length and silence. One reader, one read at a time.</summary>
/// <param name="connection">Whose input it reads.</param>
public sealed class ProtocolReader(MailConnection connection)
{
    private ReadOnlySequence<byte> _buffer;
    private bool _hasBuffer;
    private bool _isCompleted;
    private volatile bool _isWaiting;

    /// <summary>Whether octets of the client lie here unread, so that replies can wait for those to the commands behind (RFC 2920).</summary>
    public bool HasBufferedInput
    {
        get
        {
            if (_hasBuffer && !_buffer.IsEmpty)
            {
                return true;
            }

            return TryFill() && !_buffer.IsEmpty;
        }
    }

    /// <summary>Whether octets behind the last line or block were read with it.</summary>
    internal bool HoldsOctets => _hasBuffer && !_buffer.IsEmpty;

    /// <summary>Whether a read waits for the client.</summary>
    internal bool IsWaiting => _isWaiting;

    /// <summary>Takes a line that has arrived whole, without waiting. Where there is none, flush the replies and call <see cref="ReadLineAsync"/>.</summary>
    /// <param name="maximumLength">Octets without the line end.</param>
    /// <param name="read">The line.</param>
    /// <returns>False where no whole line has arrived.</returns>
    public bool TryReadLine(int maximumLength, out LineRead read) => TryTakeLine(maximumLength, out read) || (TryFill() && TryTakeLine(maximumLength, out read));

    /// <summary>Reads a line.</summary>
    /// <param name="maximumLength">Octets without the line end.</param>
    /// <param name="timeout">How long the client may take for the whole line.</param>
    /// <param name="cancellationToken">The connection's end.</param>
    /// <returns>The line, or why there is none.</returns>
    public ValueTask<LineRead> ReadLineAsync(int maximumLength, TimeSpan timeout, CancellationToken cancellationToken) =>
        TryTakeLine(maximumLength, out LineRead read) ? new ValueTask<LineRead>(read) : WaitForLineAsync(maximumLength, timeout, cancellationToken);

    /// <summary>Reads what is there, waiting where nothing is.</summary>
    /// <param name="timeout">How long the client may be silent.</param>
    /// <param name="cancellationToken">The connection's end.</param>
    /// <returns>Octets, or why there are none.</returns>
    public async ValueTask<BlockRead> ReadBlockAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (_hasBuffer && !_buffer.IsEmpty)
        {
            return new BlockRead(ReadStatus.Ok, _buffer);
        }

        return await ReadMoreAsync(timeout, cancellationToken);
    }

    /// <summary>Waits for octets beyond those that <see cref="ReadBlockAsync"/> gave and that were not consumed.</summary>
    /// <param name="timeout">How long the client may be silent.</param>
    /// <param name="cancellationToken">The connection's end.</param>
    /// <returns>The old octets with the new ones behind them, or why there are none.</returns>
    public async ValueTask<BlockRead> ReadMoreAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        long before = connection.SetDeadline(timeout);
        try
        {
            ReadStatus status = await FillAsync(waitsForCommand: false, cancellationToken);
            return new BlockRead(status, status == ReadStatus.Ok ? _buffer : default);
        }
        finally
        {
            connection.RestoreDeadline(before);
        }
    }

    /// <summary>Gives back what was used of the octets that were read.</summary>
    /// <param name="position">A position in them; what lies behind it is read again.</param>
    public void Consume(SequencePosition position) => _buffer = _buffer.Slice(position);

    /// <summary>Lets go of the input, so that another reader (TLS) can take over.</summary>
    internal void Release()
    {
        if (_hasBuffer)
        {
            _hasBuffer = false;
            connection.Input.AdvanceTo(_buffer.Start);
            _buffer = default;
        }
    }

    private bool TryTakeLine(int maximumLength, out LineRead read)
    {
        read = default;
        if (!_hasBuffer || !TryLine(out ReadOnlySequence<byte> line, out bool crLf))
        {
            return false;
        }

        read = line.Length > maximumLength
            ? new LineRead(ReadStatus.TooLong, default, crLf)
            : new LineRead(ReadStatus.Ok, line, crLf);
        return true;
    }

    // What was not consumed is not examined either, so that the pipe gives it again, with what came meanwhile.
    private bool TryFill()
    {
        Release();
        return !_isCompleted && connection.Input.TryRead(out ReadResult result) && Keep(result);
    }

    private async ValueTask<LineRead> WaitForLineAsync(int maximumLength, TimeSpan timeout, CancellationToken cancellationToken)
    {
        bool tooLong = false;
        long before = connection.SetDeadline(timeout);
        try
        {
            while (true)
            {
                if (_hasBuffer && _buffer.Length > maximumLength + 1) // the line and a CR at the most
                {
                    tooLong = true;
                    Consume(_buffer.End);
                }

                ReadStatus status = await FillAsync(waitsForCommand: !tooLong, cancellationToken);
                if (status != ReadStatus.Ok)
                {
                    return new LineRead(status, default, EndsWithCrLf: false);
                }

                if (TryTakeLine(maximumLength, out LineRead read))
                {
                    return tooLong ? new LineRead(ReadStatus.TooLong, default, read.EndsWithCrLf) : read;
                }

                if (connection.IsOverdue)
                {
                    return new LineRead(ReadStatus.TimedOut, default, EndsWithCrLf: false); // however steadily it drips
                }
            }
        }
        finally
        {
            connection.RestoreDeadline(before);
        }
    }

    private async ValueTask<ReadStatus> FillAsync(bool waitsForCommand, CancellationToken cancellationToken)
    {
        if (_hasBuffer)
        {
            _hasBuffer = false;
            connection.Input.AdvanceTo(_buffer.Start, _buffer.End);
        }

        if (_isCompleted)
        {
            return ReadStatus.Closed;
        }

        bool wasEmpty = _buffer.IsEmpty;
        if (waitsForCommand && wasEmpty && connection.IsStopping)
        {
            return ReadStatus.Stopping;
        }

        while (true)
        {
            ReadResult result;
            try
            {
                _isWaiting = true;
                result = await connection.Input.ReadAsync(cancellationToken);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException)
            {
                return ReadStatus.Closed;
            }
            finally
            {
                _isWaiting = false;
            }

            long known = _buffer.Length;
            if (!Keep(result))
            {
                return ReadStatus.Closed;
            }

            if (_buffer.Length > (wasEmpty ? 0 : known))
            {
                return ReadStatus.Ok;
            }

            if (result.IsCompleted)
            {
                return ReadStatus.Closed;
            }

            if (connection.IsOverdue)
            {
                return ReadStatus.TimedOut;
            }

            if (waitsForCommand && wasEmpty && connection.IsStopping)
            {
                return ReadStatus.Stopping;
            }

            _hasBuffer = false;
            connection.Input.AdvanceTo(_buffer.Start, _buffer.End);
        }
    }

    private bool Keep(ReadResult result)
    {
        _buffer = result.Buffer;
        _hasBuffer = true;
        _isCompleted = result.IsCompleted;
        return !(_isCompleted && _buffer.IsEmpty);
    }

    private bool TryLine(out ReadOnlySequence<byte> line, out bool crLf)
    {
        crLf = false;
        SequencePosition? end = _buffer.PositionOf((byte)'\n');
        if (end is not { } at)
        {
            line = default;
            return false;
        }

        line = _buffer.Slice(0, at);
        _buffer = _buffer.Slice(_buffer.GetPosition(1, at));
        if (line.Length > 0 && LastOctet(line) == '\r')
        {
            crLf = true;
            line = line.Slice(0, line.Length - 1);
        }

        return true;
    }

    private static byte LastOctet(ReadOnlySequence<byte> line) =>
        line.IsSingleSegment ? line.FirstSpan[^1] : line.Slice(line.Length - 1).FirstSpan[0];
}
