using PluginMail.Collector.Connections;
using PluginMail.Collector.Messages;

namespace PluginMail.Collector.Accounts;

/// <summary>A folder of an account, or the whole of a POP3 account, in one session.</summary>
internal interface IRemoteBox
{
    /// <summary>The folder's name there; empty for POP3.</summary>
    string Name { get; }

    /// <summary>The folder here; null where the filter's own keep decides.</summary>
    string? LocalFolder { get; }

    /// <summary>What the ids are valid under: UIDVALIDITY; empty for POP3.</summary>
    string Validity { get; }

    /// <summary>How far it had come when it was opened; null where <see cref="ListSinceAsync"/> cannot be asked.</summary>
    Checkpoint? Checkpoint { get; }

    /// <summary>Lists all messages, in their order.</summary>
    /// <exception cref="RemoteFault">The session is over. This holds for all members.</exception>
    ValueTask<IReadOnlyList<RemoteMessage>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Lists the messages that came, or have changed, since a checkpoint, and some others.</summary>
    /// <param name="since">A checkpoint of the same validity.</param>
    /// <param name="others">What the others are called; those that are gone are missing in the answer.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<IReadOnlyList<RemoteMessage>> ListSinceAsync(Checkpoint since, IReadOnlyCollection<string> others, CancellationToken cancellationToken);

    /// <summary>Fetches messages and hands each over as soon as it is whole. Last come those that are fetched alone.</summary>
    ValueTask FetchAsync(IReadOnlyList<RemoteMessage> messages, IMessageReceiver receiver, CancellationToken cancellationToken);

    /// <summary>Fetches headers, and keeps what messages are known by.</summary>
    /// <returns>By id; those that could not be had, or have none, are missing.</returns>
    ValueTask<IReadOnlyDictionary<string, byte[]>> FetchFingerprintsAsync(IReadOnlyList<RemoteMessage> messages, CancellationToken cancellationToken);

    /// <summary>Deletes messages. When this has returned they are gone, as far as the server can be believed.</summary>
    /// <returns>Those that the server let go.</returns>
    ValueTask<IReadOnlyList<RemoteMessage>> DeleteAsync(IReadOnlyList<RemoteMessage> messages, CancellationToken cancellationToken);

    /// <summary>Marks messages as seen, where that exists.</summary>
    /// <returns>Those of which the server takes it.</returns>
    ValueTask<IReadOnlyList<RemoteMessage>> MarkSeenAsync(IReadOnlyList<RemoteMessage> messages, CancellationToken cancellationToken);
}

/// <summary>Takes what is fetched.</summary>
internal interface IMessageReceiver
{
    /// <summary>Where spools make their files.</summary>
    string SpoolFolder { get; }

    /// <summary>Takes a whole message. Waits as long as too many are under way.</summary>
    /// <param name="message">Which.</param>
    /// <param name="spool">Its octets, which now belong to the receiver.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask TakeAsync(RemoteMessage message, MessageSpool spool, CancellationToken cancellationToken);

    /// <summary>Says that a message cannot be had.</summary>
    /// <param name="message">Which.</param>
    /// <param name="reason">Why, made harmless.</param>
    /// <param name="isTooLarge">Whether it is larger than what is taken.</param>
    void Miss(RemoteMessage message, string reason, bool isTooLarge);

    /// <summary>
    /// Says that the session ended while messages were awaited. Any of them may have been why, so that the next session comes to them last. Those that
    /// something is known of already are passed over.
    /// </summary>
    /// <param name="messages">Which.</param>
    /// <param name="fault">What ended it.</param>
    void Break(IReadOnlyCollection<RemoteMessage> messages, Exception fault);
}
