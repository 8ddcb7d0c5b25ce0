using System.Buffers;
using PluginMail.Abstractions;

namespace PluginMail.MailAuth;

/// <summary>The hashes of one body that signatures ask for, computed together in one pass over its octets.</summary>
internal sealed class BodyHashes
{
    private const int BlockSize = 64 << 10;
    private const int MaximumHashes = 4; // each costs a pass of SHA-256 over the body, and l= lets a sender ask for as many as there are signatures

    private readonly List<BodyHash> _hashes = [];

    /// <summary>Asks for a hash; the same one for the same wish.</summary>
    /// <returns>Null where too many different ones were asked for.</returns>
    public BodyHash? Want(Canonicalization form, long? limit)
    {
        BodyHash? hash = _hashes.Find(hash => hash.Form == form && hash.Limit == limit);
        if (hash is null && _hashes.Count < MaximumHashes)
        {
            _hashes.Add(hash = new BodyHash(form, limit));
        }

        return hash;
    }

    /// <summary>Reads the body.</summary>
    /// <exception cref="OperationCanceledException">The time is over.</exception>
    public void Compute(ReceivedMessage message, CancellationToken cancellationToken)
    {
        BodyCanonicalizer[] canonicalizers =
            [.. _hashes.GroupBy(hash => hash.Form).Select(group => new BodyCanonicalizer(group.Key, [.. group]))];
        if (canonicalizers.Length > 0)
        {
            Read(message, canonicalizers, cancellationToken);
        }

        Array.ForEach(canonicalizers, canonicalizer => canonicalizer.Finish());
        _hashes.ForEach(hash => hash.Finish());
    }

    private static void Read(ReceivedMessage message, BodyCanonicalizer[] canonicalizers, CancellationToken cancellationToken)
    {
        MessageContent content = message.Content;
        if (content.TryGetMemory(out ReadOnlyMemory<byte> memory))
        {
            foreach (BodyCanonicalizer canonicalizer in canonicalizers)
            {
                canonicalizer.Append(memory.Span[(int)message.BodyStart..]);
            }

            return;
        }

        byte[] block = ArrayPool<byte>.Shared.Rent(BlockSize);
        try
        {
            long offset = message.BodyStart;
            for (int count; (count = content.Read(offset, block)) > 0; offset += count)
            {
                cancellationToken.ThrowIfCancellationRequested();
                foreach (BodyCanonicalizer canonicalizer in canonicalizers)
                {
                    canonicalizer.Append(block.AsSpan(0, count));
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }
}
