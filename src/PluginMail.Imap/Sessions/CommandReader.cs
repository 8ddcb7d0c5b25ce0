using System.Buffers;
using PluginMail.Transport;

namespace PluginMail.Imap;

/// <summary>Reads commands with their literals (RFC 3501 section 2.2.1, RFC 7888) into one block of memory, within bounds.</summary>
/// <param name="connection">Whose input.</param>
/// <param name="writer">Where clients are told to go on with a literal.</param>
/// <param name="pause">How long a client may pause within a literal.</param>
internal sealed class CommandReader(MailConnection connection, ImapWriter writer, TimeSpan pause)
{
    /// <summary>Octets of a line.</summary>
    public const int MaximumLine = 64 * 1024;

    /// <summary>Octets of a line or literal before login.</summary>
    public const int MaximumBeforeLogin = 8 * 1024;

    /// <summary>Octets of a literal that is no message.</summary>
    public const int MaximumLiteral = 64 * 1024;

    /// <summary>Octets of a command, all its lines and literals together.</summary>
    public const int MaximumCommand = 256 * 1024;

    private byte[]? _octets;
    private int _length;

    /// <summary>Reads a command.</summary>
    /// <param name="isSignedIn">Whether the wider bounds are in force.</param>
    /// <param name="patience">How long the client may be silent.</param>
    /// <param name="cancellationToken">The connection's end.</param>
    /// <returns>The command, or why there is none.</returns>
    public async ValueTask<CommandRead> ReadAsync(bool isSignedIn, TimeSpan patience, CancellationToken cancellationToken)
    {
        Release();
        int maximumLine = isSignedIn ? MaximumLine : MaximumBeforeLogin;
        while (true)
        {
            LineRead line = await connection.Reader.ReadLineAsync(maximumLine, _length == 0 ? patience : pause, cancellationToken);
            if (line.Status != ReadStatus.Ok)
            {
                return new CommandRead(StatusOf(line.Status), default, null);
            }

            Keep(line.Line);
            if (!TryLiteral(out uint size, out bool isSynchronizing))
            {
                return Result(CommandStatus.Ok);
            }

            if (isSignedIn && Append.IsMessageNext(_octets.AsSpan(0, _length)))
            {
                return new CommandRead(CommandStatus.Ok, _octets.AsMemory(0, _length), new MessageLiteral(size, isSynchronizing));
            }

            if (size > (isSignedIn ? MaximumLiteral : MaximumBeforeLogin) || _length + size > MaximumCommand)
            {
                return Result(isSynchronizing ? CommandStatus.LiteralTooLarge : CommandStatus.LiteralFlood);
            }

            CommandStatus status = await ReadLiteralAsync((int)size, isSynchronizing, cancellationToken);
            if (status != CommandStatus.Ok)
            {
                return Result(status);
            }
        }
    }

    /// <summary>Reads one line that is no command, as a response in AUTHENTICATE.</summary>
    /// <param name="patience">How long the client may take.</param>
    /// <param name="cancellationToken">The connection's end.</param>
    /// <returns>The line, or null where there is none to be had.</returns>
    public async ValueTask<byte[]?> ReadResponseAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        LineRead line = await connection.Reader.ReadLineAsync(MaximumLine, patience, cancellationToken);
        return line.Status == ReadStatus.Ok ? line.Line.ToArray() : null;
    }

    /// <summary>Gives the memory of the last command back.</summary>
    public void Release()
    {
        if (_octets is not null)
        {
            ArrayPool<byte>.Shared.Return(_octets, clearArray: true); // it may hold a password
            _octets = null;
        }

        _length = 0;
    }

    private CommandRead Result(CommandStatus status) => new(status, _octets.AsMemory(0, _length), null);

    private bool TryLiteral(out uint size, out bool isSynchronizing)
    {
        size = 0;
        isSynchronizing = true;
        ReadOnlySpan<byte> octets = _octets.AsSpan(0, _length);
        if (octets.IsEmpty || octets[^1] != '}')
        {
            return false;
        }

        int start = octets.LastIndexOf((byte)'{');
        var reader = new ImapReader(start < 0 ? default : octets[start..]);
        return start >= 0 && reader.ReadLiteralSize(out size, out isSynchronizing) && reader.IsAtEnd;
    }

    private async ValueTask<CommandStatus> ReadLiteralAsync(int size, bool isSynchronizing, CancellationToken cancellationToken)
    {
        if (isSynchronizing)
        {
            writer.Write("+ Go on\r\n"u8);
            await writer.FlushAsync(cancellationToken);
        }

        Room(size + 2);
        "\r\n"u8.CopyTo(_octets.AsSpan(_length));
        _length += 2;
        while (size > 0)
        {
            BlockRead block = await connection.Reader.ReadBlockAsync(pause, cancellationToken);
            if (block.Status != ReadStatus.Ok)
            {
                return StatusOf(block.Status);
            }

            ReadOnlySequence<byte> taken = block.Octets.Slice(0, Math.Min(size, block.Octets.Length));
            taken.CopyTo(_octets.AsSpan(_length));
            _length += (int)taken.Length;
            size -= (int)taken.Length;
            connection.Reader.Consume(taken.End);
        }

        return CommandStatus.Ok;
    }

    private void Keep(ReadOnlySequence<byte> line)
    {
        Room((int)line.Length);
        line.CopyTo(_octets.AsSpan(_length));
        _length += (int)line.Length;
    }

    private void Room(int more)
    {
        if (_octets is not null && _length + more <= _octets.Length)
        {
            return;
        }

        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(256, _length + more));
        if (_octets is not null)
        {
            _octets.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_octets, clearArray: true);
        }

        _octets = larger;
    }

    private static CommandStatus StatusOf(ReadStatus status) => status switch
    {
        ReadStatus.Ok => CommandStatus.Ok,
        ReadStatus.TooLong => CommandStatus.LineTooLong,
        ReadStatus.TimedOut => CommandStatus.TimedOut,
        ReadStatus.Stopping => CommandStatus.Stopping,
        _ => CommandStatus.Closed,
    };
}
