using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using PluginMail.Abstractions;
using PluginMail.Clients;
using PluginMail.Daemons;

namespace PluginMail.ClamAv;

/// <summary>
/// The INSTREAM command (clamd(8)): <c>zINSTREAM\0</c>, chunks of a length in network order and as many octets, a chunk of length 0; answered by
/// <c>stream: OK</c>, <c>stream: NAME FOUND</c> or <c>... ERROR</c>, ended by a NUL.
/// </summary>
internal static class ClamdSession
{
    private const int ChunkLength = 64 * 1024;
    private const int LongestAnswer = 1024;

    /// <summary>What clamd with AlertExceedsMax calls a file of which it has not seen all.</summary>
    private const string LimitsExceeded = "Heuristics.Limits.Exceeded";

    /// <summary>Scans a message over a fresh connection.</summary>
    /// <param name="socket">The connection.</param>
    /// <param name="content">The message, of which one chunk at a time is held.</param>
    /// <param name="cancellationToken">The time limit.</param>
    /// <exception cref="NoAnswerException">The connection ended before there was an answer.</exception>
    /// <exception cref="NotAskedException">The message cannot be read.</exception>
    public static async ValueTask<ScanResult> ScanAsync(Socket socket, MessageContent content, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(sizeof(int) + ChunkLength);

        // Read from the start: when its StreamMaxLength is exceeded clamd answers and closes while it is still being sent to.
        var answer = ReadAnswerAsync(socket, ended.Token);
        try
        {
            await SendAsync(socket, "zINSTREAM\0"u8.ToArray(), cancellationToken);
            await SendMessageAsync(socket, content, buffer, answer, cancellationToken);
            return Parse(await answer);
        }
        catch (SocketException) when (!cancellationToken.IsCancellationRequested)
        {
            return Parse(await answer);
        }
        finally
        {
            await ended.CancelAsync();
            await ((Task)answer).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The command VERSION.</summary>
    /// <returns>The answer: the version of clamd, of its signatures, and their date; printable ASCII.</returns>
    /// <exception cref="SocketException">The connection broke before there was an answer.</exception>
    public static async ValueTask<string> VersionAsync(Socket socket, CancellationToken cancellationToken)
    {
        await SendAsync(socket, "zVERSION\0"u8.ToArray(), cancellationToken);
        return Printable.Of(await ReadAnswerAsync(socket, cancellationToken));
    }

    /// <summary>Reads an answer.</summary>
    /// <param name="answer">Without its NUL.</param>
    internal static ScanResult Parse(string answer)
    {
        const string prefix = "stream: ";
        const string found = " FOUND";
        if (answer == "stream: OK")
        {
            return new ScanResult.Clean();
        }

        if (answer.StartsWith(prefix, StringComparison.Ordinal) && answer.EndsWith(found, StringComparison.Ordinal)
            && answer.Length > prefix.Length + found.Length)
        {
            string name = Printable.Of(answer[prefix.Length..^found.Length]);
            return name.StartsWith(LimitsExceeded, StringComparison.Ordinal) ? new ScanResult.TooLarge() : new ScanResult.Infected(name);
        }

        return answer.Contains("size limit exceeded", StringComparison.OrdinalIgnoreCase) ? new ScanResult.TooLarge()
            : answer.EndsWith(" ERROR", StringComparison.Ordinal) ? new ScanResult.Failed($"answered \"{Printable.Of(answer)}\"")
            : new ScanResult.Unavailable(answer.Length == 0 ? "closed the connection" : $"answered \"{Printable.Of(answer)}\"");
    }

    private static async ValueTask SendMessageAsync(
        Socket socket, MessageContent content, byte[] buffer, Task answer, CancellationToken cancellationToken)
    {
        for (long offset = 0; offset < content.Length && !answer.IsCompleted;)
        {
            int count = NotAskedException.Read(content, offset, buffer.AsSpan(sizeof(int), ChunkLength));
            if (count == 0)
            {
                break;
            }

            BinaryPrimitives.WriteInt32BigEndian(buffer, count);
            await SendAsync(socket, buffer.AsMemory(0, sizeof(int) + count), cancellationToken);
            offset += count;
        }

        BinaryPrimitives.WriteInt32BigEndian(buffer, 0);
        await SendAsync(socket, buffer.AsMemory(0, sizeof(int)), cancellationToken);
    }

    private static async ValueTask SendAsync(Socket socket, ReadOnlyMemory<byte> octets, CancellationToken cancellationToken)
    {
        while (!octets.IsEmpty)
        {
            octets = octets[await socket.SendAsync(octets, SocketFlags.None, cancellationToken)..];
        }
    }

    /// <summary>Reads up to the NUL, the end of the connection, or more than any answer has.</summary>
    private static async Task<string> ReadAnswerAsync(Socket socket, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[LongestAnswer];
        int length = 0;
        while (length < LongestAnswer)
        {
            int count = await NoAnswerException.ReceiveAsync(socket, buffer.AsMemory(length, LongestAnswer - length), length, cancellationToken);
            int end = buffer.AsSpan(length, count).IndexOf((byte)0);
            length += end < 0 ? count : end;
            if (count == 0 || end >= 0)
            {
                break;
            }
        }

        return Encoding.Latin1.GetString(buffer, 0, length).TrimEnd('\r', '\n');
    }
}
