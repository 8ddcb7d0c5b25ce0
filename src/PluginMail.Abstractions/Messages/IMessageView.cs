using System.Collections.Immutable;

namespace PluginMail.Abstractions;

/// <summary>A whole message at the Message stage, to be read. Changes are made through the effects of a verdict.</summary>
/// <remarks>Valid until the call that was given it ends, and its memory with it: copy what is to be kept. Safe for concurrent reads: checks of one message run side by side.</remarks>
public interface IMessageView
{
    /// <summary>The transaction's id: it stands in the reply, in Received, in the log and in the trace.</summary>
    string TransactionId { get; }

    /// <summary>The session that brought it.</summary>
    ISessionView Session { get; }

    /// <summary>Which way it goes.</summary>
    Direction Direction { get; }

    /// <summary>The envelope as it stands after the effects of earlier editors.</summary>
    Envelope Envelope { get; }

    /// <summary>The octets, the trace header of this server included.</summary>
    MessageContent Content { get; }

    /// <summary>The fields of the message's own header, in their order.</summary>
    ImmutableArray<MessageHeader> Headers { get; }

    /// <summary>The leaf parts in their order, bounded in number; a message without MIME is one part.</summary>
    ImmutableArray<MessagePart> Parts { get; }

    /// <summary>Whether the message has more leaf parts than <see cref="Parts"/> lists: what must see all of them cannot, and should not pass it.</summary>
    bool HasMoreParts => false;

    /// <summary>The sum of the scores given so far; checks that run side by side do not see each other's.</summary>
    double Score { get; }

    /// <summary>The tags given so far.</summary>
    ImmutableHashSet<string> Tags { get; }

    /// <summary>Opens a part's content with its transfer encoding (RFC 2045 section 6) removed.</summary>
    /// <param name="part">One of <see cref="Parts"/>.</param>
    /// <returns>A stream to be read once and disposed; malformed encodings give what can be decoded.</returns>
    Stream OpenDecoded(MessagePart part);

    /// <summary>Opens the whole message as it stands.</summary>
    /// <returns>A stream to be read and disposed.</returns>
    Stream OpenRaw();
}
