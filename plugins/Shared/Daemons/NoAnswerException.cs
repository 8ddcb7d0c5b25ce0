using System.Net.Sockets;

namespace PluginMail.Daemons;

/// <summary>A daemon took a request, and the connection ended before the first octet of an answer: the request may be to blame.</summary>
/// <param name="inner">How it ended; null where it was closed in order.</param>
internal sealed class NoAnswerException(Exception? inner) : IOException($"closed the connection without an answer{(inner is null ? "" : $": {inner.Message}")}", inner)
{
    /// <summary>Receives more of an answer.</summary>
    /// <param name="socket">The connection.</param>
    /// <param name="room">Where the octets go.</param>
    /// <param name="received">How many octets of the answer came before.</param>
    /// <param name="cancellationToken">The time limit.</param>
    /// <returns>How many came; 0 at the end. One that closes before it has read the whole request has the connection reset behind its answer.</returns>
    /// <exception cref="NoAnswerException">The connection ended before the first octet.</exception>
    public static async ValueTask<int> ReceiveAsync(Socket socket, Memory<byte> room, long received, CancellationToken cancellationToken)
    {
        SocketException? fault = null;
        int count = 0;
        try
        {
            count = await socket.ReceiveAsync(room, SocketFlags.None, cancellationToken);
        }
        catch (SocketException e) when (!cancellationToken.IsCancellationRequested)
        {
            fault = e;
        }

        return count > 0 || received > 0 ? count : throw new NoAnswerException(fault);
    }
}
