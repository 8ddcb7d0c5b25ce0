using System.Buffers;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using PluginMail.Abstractions;
using PluginMail.Daemons;

namespace PluginMail.SpamAssassin;

/// <summary>A request to spamd and its reply, over a connection of their own. The message is sent uncompressed, one chunk in memory at a time.</summary>
internal static class SpamdDialogue
{
    private const int ChunkLength = 64 * 1024;

    /// <summary>Asks.</summary>
    /// <param name="socket">A fresh connection.</param>
    /// <param name="verb">The command.</param>
    /// <param name="fields">Its header fields but the length; values of printable characters.</param>
    /// <param name="content">The message; null for a command without one.</param>
    /// <param name="cancellationToken">The time limit.</param>
    /// <returns>The reply; null where what came is none.</returns>
    /// <exception cref="NoAnswerException">The connection ended before there was a reply.</exception>
    /// <exception cref="NotAskedException">The message cannot be read.</exception>
    public static async ValueTask<SpamdReply?> AskAsync(
        Socket socket, string verb, IEnumerable<(string Name, string Value)> fields, MessageContent? content, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ChunkLength);
        try
        {
            try
            {
                await SendAsync(socket, Head(verb, fields, content?.Length), cancellationToken);
                await SendMessageAsync(socket, content, buffer.AsMemory(0, ChunkLength), cancellationToken);
                socket.Shutdown(SocketShutdown.Send);
            }
            catch (SocketException) when (!cancellationToken.IsCancellationRequested)
            {
                // spamd answers and closes where it does not like the request; what it said is still there to be read.
            }

            return await ReadAsync(socket, cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static byte[] Head(string verb, IEnumerable<(string Name, string Value)> fields, long? length)
    {
        var head = new StringBuilder(verb).Append(" SPAMC/1.5\r\n");
        if (length is { } octets)
        {
            head.Append(CultureInfo.InvariantCulture, $"Content-length: {octets}\r\n");
        }

        foreach (var (name, value) in fields)
        {
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        return Encoding.UTF8.GetBytes(head.Append("\r\n").ToString());
    }

    private static async ValueTask SendMessageAsync(Socket socket, MessageContent? content, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        int count;
        for (long offset = 0; content is not null && (count = NotAskedException.Read(content, offset, buffer.Span)) > 0; offset += count)
        {
            await SendAsync(socket, buffer[..count], cancellationToken);
        }
    }

    private static async ValueTask SendAsync(Socket socket, ReadOnlyMemory<byte> octets, CancellationToken cancellationToken)
    {
        while (!octets.IsEmpty)
        {
            octets = octets[await socket.SendAsync(octets, SocketFlags.None, cancellationToken)..];
        }
    }

    /// <summary>Reads up to the end of the connection, or more than any reply has.</summary>
    private static async ValueTask<SpamdReply?> ReadAsync(Socket socket, CancellationToken cancellationToken)
    {
        var reply = new ArrayBufferWriter<byte>(4096);
        int count;
        while ((count = await NoAnswerException.ReceiveAsync(socket, reply.GetMemory(4096), reply.WrittenCount, cancellationToken)) > 0)
        {
            reply.Advance(count);
            if (reply.WrittenCount > SpamdReply.LongestReply)
            {
                return null;
            }
        }

        return SpamdReply.Parse(reply.WrittenSpan);
    }
}
