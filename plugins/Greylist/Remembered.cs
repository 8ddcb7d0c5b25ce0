using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace PluginMail.Greylist;

/// <summary>What is kept of a correspondence, of a client, or of a domain that vouched: a count and two moments, 20 octets.</summary>
/// <param name="Passes">0: waits for the retry; otherwise how often it came again.</param>
/// <param name="First">When it came first.</param>
/// <param name="Last">When its time was last renewed.</param>
internal readonly record struct Remembered(int Passes, DateTimeOffset First, DateTimeOffset Last)
{
    private const int Length = 20;

    /// <summary>Reads what was kept; null where it is not of this form.</summary>
    public static Remembered? Read(byte[]? value) => value is not { Length: Length } ? null : new Remembered(
        BinaryPrimitives.ReadInt32BigEndian(value),
        DateTimeOffset.FromUnixTimeSeconds(Seconds(value.AsSpan(4))),
        DateTimeOffset.FromUnixTimeSeconds(Seconds(value.AsSpan(12))));

    /// <summary>The key of a correspondence: short whatever its parts are.</summary>
    public static string CorrespondenceKey(string origin, string sender, string recipient) => $"mail/{Hash($"{origin}\n{sender}\n{recipient}")}";

    /// <summary>The key of a client's network or domain.</summary>
    public static string ClientKey(string origin) => $"client/{Hash(origin)}";

    /// <summary>The key of what is kept of a domain that vouched for a network.</summary>
    public static string VouchedKey(string domain, string network) => $"vouched/{Hash($"{domain}\n{network}")}";

    /// <summary>The key of the count of a network's new correspondences.</summary>
    public static string NewKey(string network) => $"new/{network}";

    public byte[] Write()
    {
        byte[] value = new byte[Length];
        BinaryPrimitives.WriteInt32BigEndian(value, Passes);
        BinaryPrimitives.WriteInt64BigEndian(value.AsSpan(4), First.ToUnixTimeSeconds());
        BinaryPrimitives.WriteInt64BigEndian(value.AsSpan(12), Last.ToUnixTimeSeconds());
        return value;
    }

    private static long Seconds(ReadOnlySpan<byte> octets) =>
        Math.Clamp(BinaryPrimitives.ReadInt64BigEndian(octets), 0, DateTimeOffset.MaxValue.ToUnixTimeSeconds());

    private static string Hash(string text) => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
