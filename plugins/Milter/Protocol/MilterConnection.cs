using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using PluginMail.Daemons;

namespace PluginMail.Milter.Protocol;

/// <summary>A connection to a milter: packets of a length in network order (32 bits), a letter, and data. Not for several callers at once.</summary>
internal sealed class MilterConnection(Socket socket, int longestPacket, TimeProvider clock) : IDisposable
{
    /// <summary>Octets of data that a milter takes in one packet (MILTER_MAX_DATA_SIZE): libmilter ends the connection at one more.</summary>
    public const int LongestData = 65535;

    private const int FrameLength = sizeof(int) + 1;

    /// <summary>More than any answer but a new body has.</summary>
    private const int LongestAnswer = 256 * 1024;

    private readonly ArrayBufferWriter<byte> _unsent = new(1024);
    private readonly byte[] _frame = new byte[FrameLength];

    /// <summary>When it was last used, for those that wait for their next session.</summary>
    public long UsedAt { get; set; } = clock.GetTimestamp();

    /// <summary>Whether a connection that nothing is expected on is still of use: the milter neither closed it nor said anything.</summary>
    public bool IsQuiet
    {
        get
        {
            try
            {
                return !socket.Poll(0, SelectMode.SelectRead);
            }
            catch (SocketException)
            {
                return false;
            }
        }
    }

    /// <summary>Connects.</summary>
    /// <exception cref="MilterFaultException">That failed, or took too long.</exception>
    public static async ValueTask<MilterConnection> OpenAsync(
        MilterAddress address, TimeSpan timeout, int longestPacket, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var socket = address.CreateSocket();
        try
        {
            await socket.ConnectAsync(address.EndPoint, either.Token);
            return new MilterConnection(socket, longestPacket, clock);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new MilterFaultException(ConnectFailure.Reason(e, address.EndPoint), e);
        }
        catch (OperationCanceledException)
        {
            socket.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            throw new MilterFaultException($"no connection within {timeout}");
        }
    }

    /// <summary>Puts a packet into the buffer that <see cref="FlushAsync"/> sends.</summary>
    public void Write(byte kind, ReadOnlySpan<byte> data)
    {
        Span<byte> frame = _unsent.GetSpan(FrameLength);
        BinaryPrimitives.WriteInt32BigEndian(frame, data.Length + 1);
        frame[sizeof(int)] = kind;
        _unsent.Advance(FrameLength);
        _unsent.Write(data);
    }

    /// <summary>Sends what was written.</summary>
    /// <exception cref="MilterFaultException">The connection broke, or the milter did not take it in time.</exception>
    public async ValueTask FlushAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (_unsent.WrittenCount == 0)
        {
            return;
        }

        await WithinAsync(timeout, SendAllAsync, cancellationToken);
        _unsent.ResetWrittenCount();
        UsedAt = clock.GetTimestamp();
    }

    /// <summary>Sends what was written and reads a packet.</summary>
    /// <exception cref="MilterFaultException">The connection broke, nothing came in time, or a packet is too long.</exception>
    public async ValueTask<MilterPacket> ReadAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        await FlushAsync(timeout, cancellationToken);
        byte[] data = [];
        await WithinAsync(timeout, async token => data = await ReceivePacketAsync(token), cancellationToken);
        return new MilterPacket(_frame[sizeof(int)], data);
    }

    public void Dispose() => socket.Dispose();

    /// <summary>A text as the protocol writes it.</summary>
    public static void WriteText(ArrayBufferWriter<byte> data, string text)
    {
        Encoding.UTF8.GetBytes(text.Replace('\0', '?'), data);
        data.Write("\0"u8);
    }

    private async ValueTask WithinAsync(TimeSpan timeout, Func<CancellationToken, ValueTask> work, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await work(either.Token);
        }
        catch (SocketException e)
        {
            throw new MilterFaultException(e.Message, e);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new MilterFaultException($"no answer within {timeout}");
        }
    }

    private async ValueTask SendAllAsync(CancellationToken cancellationToken)
    {
        for (var rest = _unsent.WrittenMemory; !rest.IsEmpty;)
        {
            rest = rest[await socket.SendAsync(rest, SocketFlags.None, cancellationToken)..];
        }
    }

    private async ValueTask<byte[]> ReceivePacketAsync(CancellationToken cancellationToken)
    {
        await ReceiveAllAsync(_frame, cancellationToken);
        long length = BinaryPrimitives.ReadUInt32BigEndian(_frame) - 1L;
        int longest = _frame[sizeof(int)] == MilterAnswer.ReplaceBody ? longestPacket : LongestAnswer;
        if (length < 0 || length > longest)
        {
            throw new MilterFaultException($"it sent a packet of {length + 1} octets");
        }

        byte[] data = new byte[length];
        await ReceiveAllAsync(data, cancellationToken);
        return data;
    }

    private async ValueTask ReceiveAllAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (!buffer.IsEmpty)
        {
            int count = await socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken);
            if (count == 0)
            {
                throw new MilterFaultException("it closed the connection");
            }

            buffer = buffer[count..];
        }
    }
}
