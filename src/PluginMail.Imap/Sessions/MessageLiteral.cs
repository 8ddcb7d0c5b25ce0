using System.Buffers;
using System.Runtime.CompilerServices;
using PluginMail.Transport;

namespace PluginMail.Imap;

/// <summary>A message literal that a handler reads piece by piece.</summary>
/// <param name="Size">Octets announced.</param>
/// <param name="IsSynchronizing">Whether the client waits to be told to go on.</param>
internal sealed record MessageLiteral(uint Size, bool IsSynchronizing)
{
    private long _left = Size;
    private bool _isBegun;
    private bool _isTaken;

    /// <summary>Whether octets of it are on their way that nobody has read: all of them, or those behind a fault.</summary>
    public bool IsPending => !_isTaken && (_isBegun || !IsSynchronizing);

    /// <summary>Whether nothing stood behind it; known when it is taken.</summary>
    public bool EndsCommand { get; private set; }

    /// <summary>Reads it in pieces, and the line end behind it. After a fault it can be called again for the rest.</summary>
    /// <param name="reader">The client's input.</param>
    /// <param name="pause">How long the client may pause.</param>
    /// <param name="cancellationToken">The connection's end.</param>
    /// <returns>Pieces that are valid until the next one.</returns>
    /// <exception cref="ClientLostException">The client went away in the midst.</exception>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(
        ProtocolReader reader, TimeSpan pause, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        _isBegun = true;
        while (_left > 0)
        {
            BlockRead block = await reader.ReadBlockAsync(pause, cancellationToken);
            if (block.Status != ReadStatus.Ok)
            {
                throw new ClientLostException("A literal did not come to its end");
            }

            ReadOnlySequence<byte> taken = block.Octets.Slice(0, Math.Min(_left, block.Octets.Length));
            foreach (ReadOnlyMemory<byte> piece in taken)
            {
                yield return piece;
            }

            _left -= taken.Length;
            reader.Consume(taken.End);
        }

        LineRead line = await reader.ReadLineAsync(CommandReader.MaximumLine, pause, cancellationToken);
        if (line.Status is not (ReadStatus.Ok or ReadStatus.TooLong))
        {
            throw new ClientLostException("A command did not come to its end");
        }

        _isTaken = true;
        EndsCommand = line.Status == ReadStatus.Ok && line.Line.IsEmpty;
    }
}
