using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using PluginMail.Collector.Accounts;
using PluginMail.Collector.Connections;
using PluginMail.Collector.Messages;

namespace PluginMail.Collector.Pop3;

/// <summary>A POP3 account, which is one folder.</summary>
internal sealed class Pop3Session(Pop3Connection connection, long maximumSize) : IRemoteSession, IRemoteBox
{
    private const int MostMessages = 1_000_000;
    private const long MostIdOctets = 100 << 20;
    private const int LongestId = 512;
    private const int Window = 32;
    private const int SlackOctets = 64 * 1024;
    private bool _hasQuit;

    public string Name => "";

    public string? LocalFolder => null;

    public string Validity => "";

    /// <summary>None: message numbers say nothing from session to session.</summary>
    public Checkpoint? Checkpoint => null;

    public async IAsyncEnumerable<IRemoteBox> OpenAllAsync(
        ICollection<string> problems, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        yield return this;
    }

    public async ValueTask<IReadOnlyList<RemoteMessage>> ListAsync(CancellationToken cancellationToken)
    {
        await connection.SendAsync("LIST\r\n", cancellationToken);
        await connection.ExpectAsync("LIST", cancellationToken);
        var sizes = new Dictionary<uint, long>();
        await connection.ReadListAsync(
            MostMessages,
            line =>
            {
                string[] parts = line.Split(' ', 3);
                if (parts.Length < 2 || !TryNumber(parts[0], out uint number)
                    || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out long size) || !sizes.TryAdd(number, size))
                {
                    throw new RemoteFault($"LIST says {RemoteFault.Quote(line)}");
                }
            },
            cancellationToken);

        await connection.SendAsync("UIDL\r\n", cancellationToken);
        return await connection.ReadStatusAsync(cancellationToken) is null
            ? await ReadIdsAsync(sizes, cancellationToken)
            : await MakeIdsAsync(sizes, cancellationToken);
    }

    public ValueTask<IReadOnlyList<RemoteMessage>> ListSinceAsync(
        Checkpoint since, IReadOnlyCollection<string> others, CancellationToken cancellationToken) => ListAsync(cancellationToken);

    /// <summary>
    /// Fetches; each RETR is followed by a LIST of the same message, and a message counts only once that has been answered. A message that
    /// somehow looks like its own end and more answers is found out by it, alone, and the session ends.
    /// </summary>
    public async ValueTask FetchAsync(IReadOnlyList<RemoteMessage> messages, IMessageReceiver receiver, CancellationToken cancellationToken)
    {
        RemoteMessage[] together = [.. messages.Where(message => !message.IsFetchedAlone)];
        foreach (var batch in messages.Where(message => message.IsFetchedAlone).Chunk(1).Prepend(together))
        {
            await PipelineAsync(
                batch,
                message => connection.IsPipelining ? $"RETR {message.Number}\r\nLIST {message.Number}\r\n" : $"RETR {message.Number}\r\n",
                async message =>
                {
                    if (await ReceiveAsync(message, receiver, cancellationToken) is { } spool)
                    {
                        await receiver.TakeAsync(message, spool, cancellationToken);
                    }
                },
                cancellationToken);
        }
    }

    public async ValueTask<IReadOnlyDictionary<string, byte[]>> FetchFingerprintsAsync(
        IReadOnlyList<RemoteMessage> messages, CancellationToken cancellationToken)
    {
        var fingerprints = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        await FetchHeadersAsync(
            messages,
            (message, header) =>
            {
                if (Fingerprint.Of(header) is { } fingerprint)
                {
                    fingerprints[message.Id] = fingerprint;
                }
            },
            cancellationToken);
        return fingerprints;
    }

    /// <summary>
    /// Deletes (RFC 1939): DELE marks, and QUIT carries it out; without QUIT's +OK, which some servers leave out, nothing is known to be gone until the
    /// next list. The session has ended then.
    /// </summary>
    public async ValueTask<IReadOnlyList<RemoteMessage>> DeleteAsync(IReadOnlyList<RemoteMessage> messages, CancellationToken cancellationToken)
    {
        List<RemoteMessage> deleted = [];
        await PipelineAsync(
            messages,
            message => $"DELE {message.Number}\r\n",
            async message =>
            {
                if (await connection.ReadStatusAsync(cancellationToken) is null)
                {
                    deleted.Add(message);
                }
            },
            cancellationToken);
        _hasQuit = true;
        try
        {
            await connection.SendAsync("QUIT\r\n", cancellationToken);
            return await connection.ReadStatusAsync(cancellationToken) is null ? deleted : [];
        }
        catch (RemoteFault)
        {
            return [];
        }
    }

    /// <summary>Does nothing: POP3 has no flags.</summary>
    public ValueTask<IReadOnlyList<RemoteMessage>> MarkSeenAsync(IReadOnlyList<RemoteMessage> messages, CancellationToken cancellationToken) => new(messages);

    public async ValueTask LogoutAsync(CancellationToken cancellationToken)
    {
        if (!_hasQuit)
        {
            _hasQuit = true;
            await connection.SendAsync("QUIT\r\n", cancellationToken);
            await connection.ReadStatusAsync(cancellationToken);
        }
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    // Servers count line ends as they like, and what is read on for the sake of the session's next message has to end somewhere.
    private static long MostOctets(long expected) => (2 * expected) + SlackOctets;

    // Reads the answer to RETR; null where it was refused.
    private async ValueTask<MessageSpool?> ReceiveAsync(RemoteMessage message, IMessageReceiver receiver, CancellationToken cancellationToken)
    {
        MessageSpool? spool = null;
        try
        {
            string? error = await connection.ReadStatusAsync(cancellationToken);
            spool = error is null ? new MessageSpool(receiver.SpoolFolder, message.Size, maximumSize) : null;
            if (spool is not null && !await connection.ReadMessageAsync(spool, MostOctets(Math.Max(message.Size, maximumSize)), cancellationToken))
            {
                const string Reason = "far more octets came than maximum_size, and no end";
                receiver.Miss(message, Reason, isTooLarge: true);
                throw new RemoteFault($"message {message.Number} is not taken: {Reason}");
            }

            await ConfirmAsync(message, receiver, cancellationToken);
            if (error is not null)
            {
                receiver.Miss(message, $"RETR was refused: {error}", isTooLarge: false);
            }

            return spool;
        }
        catch (Exception e)
        {
            spool?.Dispose();
            if (spool is not null || !cancellationToken.IsCancellationRequested)
            {
                receiver.Break([message], e);
            }

            throw;
        }
    }

    private async ValueTask ConfirmAsync(RemoteMessage message, IMessageReceiver receiver, CancellationToken cancellationToken)
    {
        if (!connection.IsPipelining)
        {
            await connection.SendAsync($"LIST {message.Number}\r\n", cancellationToken);
        }

        if (!await connection.IsListedAsync(message.Number, message.Size, cancellationToken))
        {
            const string Reason = "what came is not all, or more than the message";
            receiver.Miss(message, Reason, isTooLarge: false);
            throw new RemoteFault($"message {message.Number} is not taken: {Reason}");
        }
    }

    private async ValueTask<IReadOnlyList<RemoteMessage>> ReadIdsAsync(Dictionary<uint, long> sizes, CancellationToken cancellationToken)
    {
        List<RemoteMessage> messages = new(sizes.Count);
        var copies = new Dictionary<string, int>(StringComparer.Ordinal);
        long octets = 0;
        await connection.ReadListAsync(
            MostMessages,
            line =>
            {
                string[] parts = line.Split(' ', 2);
                octets += line.Length;
                if (parts.Length < 2 || parts[1].Length is 0 or > LongestId || parts[1].Any(char.IsControl) || !TryNumber(parts[0], out uint number) || octets > MostIdOctets)
                {
                    throw new RemoteFault($"UIDL says {(octets > MostIdOctets ? "too much" : RemoteFault.Quote(line))}");
                }

                if (sizes.Remove(number, out long size))
                {
                    messages.Add(Called(parts[1], number, size, copies));
                }
            },
            cancellationToken);

        return messages;
    }

    // Copies of one message may have one id (RFC 1939 section 7).
    private static RemoteMessage Called(string id, uint number, long size, Dictionary<string, int> copies)
    {
        int copy = copies[id] = copies.GetValueOrDefault(id) + 1;
        return new RemoteMessage(copy == 1 ? id : $"{id} {copy}", number, size) { SharedId = id };
    }

    // A server without UIDL: messages are called by their headers' hash.
    private async ValueTask<IReadOnlyList<RemoteMessage>> MakeIdsAsync(Dictionary<uint, long> sizes, CancellationToken cancellationToken)
    {
        RemoteMessage[] numbered =
            [.. sizes.OrderBy(pair => pair.Key).Select(pair => new RemoteMessage(pair.Key.ToString(CultureInfo.InvariantCulture), pair.Key, pair.Value))];
        List<RemoteMessage> called = new(numbered.Length);
        var copies = new Dictionary<string, int>(StringComparer.Ordinal);
        await FetchHeadersAsync(
            numbered,
            (message, header) => called.Add(Called($"top-{Hash(header, message.Size)}", message.Number, message.Size, copies)),
            cancellationToken);
        return called.Count == numbered.Length
            ? called
            : throw new RemoteFault("the server has neither UIDL nor TOP: messages could not be told from one another");
    }

    // Headers are strangers' text as well: that the answers are not shifted is made sure of at the end.
    private async ValueTask FetchHeadersAsync(
        IReadOnlyList<RemoteMessage> messages, Action<RemoteMessage, HeaderFields> take, CancellationToken cancellationToken)
    {
        await PipelineAsync(
            messages,
            message => $"TOP {message.Number} 0\r\n",
            async message =>
            {
                if (await connection.ReadStatusAsync(cancellationToken) is null)
                {
                    using var spool = new MessageSpool("", HeaderFields.Longest / 16, HeaderFields.Longest); // stays in memory
                    if (!await connection.ReadMessageAsync(spool, MostOctets(Math.Max(Math.Min(message.Size, maximumSize), HeaderFields.Longest)), cancellationToken))
                    {
                        throw new RemoteFault($"the header of message {message.Number} has no end");
                    }

                    take(message, HeaderFields.Read(spool));
                }
            },
            cancellationToken);
        if (messages is [.., var last])
        {
            await connection.SendAsync($"LIST {last.Number}\r\n", cancellationToken);
            if (!await connection.IsListedAsync(last.Number, last.Size, cancellationToken))
            {
                throw new RemoteFault("a header that came is not all, or more than the header");
            }
        }
    }

    private static string Hash(HeaderFields header, long size) => Convert.ToHexStringLower(
        Fingerprint.Of(header) ?? SHA256.HashData(Encoding.UTF8.GetBytes(
            $"{size}\n{string.Join('\n', ((string[])["Date", "From", "Subject", "Received"]).SelectMany(header.All))}")));

    private async ValueTask PipelineAsync(
        IReadOnlyList<RemoteMessage> messages,
        Func<RemoteMessage, string> command,
        Func<RemoteMessage, ValueTask> answer,
        CancellationToken cancellationToken)
    {
        int window = connection.IsPipelining ? Window : 1;
        int sent = 0;
        for (int read = 0; read < messages.Count; read++)
        {
            if (sent - read <= window / 2)
            {
                int until = Math.Min(messages.Count, read + window);
                var commands = new StringBuilder();
                for (; sent < until; sent++)
                {
                    commands.Append(command(messages[sent]));
                }

                if (commands.Length > 0)
                {
                    await connection.SendAsync(commands.ToString(), cancellationToken);
                }
            }

            await answer(messages[read]);
        }
    }

    private static bool TryNumber(string text, out uint number) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number > 0;
}
