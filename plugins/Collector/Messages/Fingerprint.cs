using System.Security.Cryptography;
using System.Text;

namespace PluginMail.Collector.Messages;

/// <summary>
/// What a message is known by when its server forgot how it called it: the hash of the fields that make a message what it is and say where it
/// came through, so that two copies that were delivered apart differ.
/// </summary>
internal static class Fingerprint
{
    /// <summary>Octets of a fingerprint.</summary>
    public const int Length = 16;

    /// <summary>The fields that are hashed.</summary>
    public static readonly string[] Fields = ["Message-ID", "Date", "From", "Subject", "Received"];

    /// <summary>Of a header.</summary>
    /// <returns>Null where it has no Message-ID: such messages are easily the same to the eye and different all the same.</returns>
    public static byte[]? Of(HeaderFields header)
    {
        if (string.IsNullOrEmpty(header.First("Message-ID")))
        {
            return null;
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string name in Fields)
        {
            foreach (string value in header.All(name))
            {
                // Servers fold and unfold as they like.
                hash.AppendData(Encoding.UTF8.GetBytes($"{name}:{string.Join(' ', value.Split(' ', StringSplitOptions.RemoveEmptyEntries))}\n"));
            }
        }

        return hash.GetHashAndReset()[..Length];
    }

    /// <summary>Of a message whose header has none: of all of its octets.</summary>
    public static byte[] OfAll(MessageSpool spool)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] block = new byte[16 * 1024];
        long offset = 0;
        for (int count; (count = spool.Read(offset, block)) > 0; offset += count)
        {
            hash.AppendData(block, 0, count);
        }

        return hash.GetHashAndReset()[..Length];
    }
}
