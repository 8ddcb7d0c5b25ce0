namespace PluginMail.Filters.Evaluation;

/// <summary>Compares octets by value, and orders them.</summary>
internal sealed class OctetComparer : IEqualityComparer<byte[]>, IComparer<byte[]>
{
    public static OctetComparer Instance { get; } = new();

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode(byte[] octets)
    {
        var hash = default(HashCode);
        hash.AddBytes(octets);
        return hash.ToHashCode();
    }

    public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
}
