using System.Buffers;
using PluginMail.Abstractions;
using PluginMail.Storage;

namespace PluginMail.Pop3.Maildrops;

/// <summary>
/// The sizes of bodies as they are sent, with CRLF line ends (RFC 1939 section 11). They are the stored sizes except for what APPEND or an
/// import brought with bare LF or without a last line end, and only reading tells: so what was read once is remembered, for all sessions.
/// </summary>
internal sealed class WireSizes
{
    private const int Capacity = 200_000;
    private const int ChunkLength = 64 * 1024;
    private readonly Lock _lock = new();
    private Dictionary<BodyKey, long> _young = [];
    private Dictionary<BodyKey, long> _old = [];

    /// <summary>The octets of a message as RETR sends it, transparency and the closing dot not counted.</summary>
    /// <param name="message">The copy.</param>
    /// <param name="bodies">Where its body is read, once.</param>
    /// <returns>Octets.</returns>
    /// <exception cref="StoreUnavailableException">The body cannot be read.</exception>
    public long Of(StoredMessage message, IBodyStore bodies)
    {
        if (message.BodyLength == 0)
        {
            return message.Prefix.Length; // a prefix ends with CRLF
        }

        if (TryGet(message.Body, out long added))
        {
            return message.Size + added;
        }

        using MessageContent content = bodies.Open(message);
        added = Measure(content, message.Prefix.Length);
        Remember(message.Body, added);
        return message.Size + added;
    }

    /// <summary>How many octets are added when the content is sent: a CR for each bare LF, CRLF where the end lacks it.</summary>
    /// <param name="content">The content.</param>
    /// <param name="offset">Where to begin; at the start of a line.</param>
    /// <returns>Octets to be added.</returns>
    internal static long Measure(MessageContent content, long offset)
    {
        if (offset >= content.Length)
        {
            return 0;
        }

        byte[] chunk = ArrayPool<byte>.Shared.Rent(ChunkLength);
        try
        {
            long bare = 0;
            byte last = 0;
            for (int read; (read = content.Read(offset, chunk)) > 0; offset += read)
            {
                bare += CountBare(chunk.AsSpan(0, read), last);
                last = chunk[read - 1];
            }

            return last == '\n' ? bare : bare + 2;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    // Two vectorised counts instead of a look at each line: LF, less those with CR before them.
    private static long CountBare(ReadOnlySpan<byte> octets, byte before)
    {
        int bare = octets.Count((byte)'\n') - octets.Count("\r\n"u8);
        return before == '\r' && octets[0] == '\n' ? bare - 1 : bare;
    }

    private bool TryGet(BodyKey key, out long added)
    {
        lock (_lock)
        {
            return _young.TryGetValue(key, out added) || _old.TryGetValue(key, out added);
        }
    }

    private void Remember(BodyKey key, long added)
    {
        lock (_lock)
        {
            if (_young.Count >= Capacity / 2)
            {
                (_old, _young) = (_young, []);
            }

            _young[key] = added;
        }
    }
}
