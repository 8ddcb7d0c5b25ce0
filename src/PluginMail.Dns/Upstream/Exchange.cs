using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using PluginMail.Dns.Wire;

namespace PluginMail.Dns.Upstream;

/// <summary>
/// One query to one server and its response. Each query has a socket of its own, whose port the system chooses at random, and a random id (RFC 5452
/// section 9.2); only the server's own packets with that id and question count, whatever else arrives is ignored.
/// </summary>
internal static class Exchange
{
    // Larger than what is asked for: what some servers send all the same.
    private const int DatagramBuffer = 4096;

    // So many packets that are no response to the query are somebody guessing: TCP cannot be guessed (RFC 5452 section 9.3).
    private const int MaximumForeign = 16;

    /// <summary>Asks over UDP.</summary>
    /// <returns>The response; one that is truncated, or stands for too many foreign packets, is to be asked for over TCP.</returns>
    /// <exception cref="SocketException">The server is not there.</exception>
    /// <exception cref="OperationCanceledException">No response in time.</exception>
    public static async Task<ResponseMessage> OverUdpAsync(IPEndPoint server, Question question, bool extended, CancellationToken cancellationToken)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(DatagramBuffer);
        try
        {
            await socket.ConnectAsync(server, cancellationToken);
            ushort id = NewId();
            int length = QueryMessage.Write(id, question, extended, buffer);
            await socket.SendAsync(buffer.AsMemory(0, length), cancellationToken);
            for (int foreign = 0; foreign < MaximumForeign; foreign++)
            {
                int received = await socket.ReceiveAsync(buffer.AsMemory(0, DatagramBuffer), cancellationToken);
                if (ResponseMessage.TryRead(buffer.AsSpan(0, received), id, question, out ResponseMessage? response))
                {
                    return response;
                }
            }

            return new ResponseMessage(ResponseCode.NoError, IsTruncated: true, IsAuthenticated: false, [], null);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Asks over TCP (RFC 7766).</summary>
    /// <returns>The response; null where the server sends something else, or hangs up.</returns>
    /// <exception cref="SocketException">The server is not there.</exception>
    /// <exception cref="OperationCanceledException">No response in time.</exception>
    public static async Task<ResponseMessage?> OverTcpAsync(IPEndPoint server, Question question, bool extended, CancellationToken cancellationToken)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ushort.MaxValue);
        try
        {
            await socket.ConnectAsync(server, cancellationToken);
            ushort id = NewId();
            int length = QueryMessage.Write(id, question, extended, buffer.AsSpan(sizeof(ushort)));
            BinaryPrimitives.WriteUInt16BigEndian(buffer, (ushort)length);
            await SendAsync(socket, buffer.AsMemory(0, length + sizeof(ushort)), cancellationToken);
            if (!await TryFillAsync(socket, buffer.AsMemory(0, sizeof(ushort)), cancellationToken))
            {
                return null;
            }

            length = BinaryPrimitives.ReadUInt16BigEndian(buffer);
            return await TryFillAsync(socket, buffer.AsMemory(0, length), cancellationToken)
                && ResponseMessage.TryRead(buffer.AsSpan(0, length), id, question, out ResponseMessage? response)
                && !response.IsTruncated
                    ? response
                    : null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static ushort NewId()
    {
        Span<byte> octets = stackalloc byte[sizeof(ushort)];
        RandomNumberGenerator.Fill(octets);
        return BinaryPrimitives.ReadUInt16LittleEndian(octets);
    }

    private static async Task SendAsync(Socket socket, ReadOnlyMemory<byte> octets, CancellationToken cancellationToken)
    {
        while (!octets.IsEmpty)
        {
            octets = octets[await socket.SendAsync(octets, cancellationToken)..];
        }
    }

    private static async Task<bool> TryFillAsync(Socket socket, Memory<byte> target, CancellationToken cancellationToken)
    {
        while (!target.IsEmpty)
        {
            int received = await socket.ReceiveAsync(target, cancellationToken);
            if (received == 0)
            {
                return false;
            }

            target = target[received..];
        }

        return true;
    }
}
