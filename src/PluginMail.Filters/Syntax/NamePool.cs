using System.Text;

namespace PluginMail.Filters.Syntax;

/// <summary>A script has few names and says them often: each becomes one string.</summary>
internal sealed class NamePool
{
    private const int Places = 128;
    private readonly (byte[] Written, string Name)[] _names = new (byte[], string)[Places];

    /// <summary>A name in lower case without what stands before it.</summary>
    /// <param name="written">As it stands in the script; ASCII.</param>
    /// <param name="prefix">How many octets to leave out.</param>
    public string Share(ReadOnlySpan<byte> written, int prefix)
    {
        ref var place = ref _names[PlaceOf(written)];
        if (place.Name is null || !place.Written.AsSpan().SequenceEqual(written))
        {
            place = (written.ToArray(), Encoding.ASCII.GetString(written[prefix..]).ToLowerInvariant());
        }

        return place.Name;
    }

    private static int PlaceOf(ReadOnlySpan<byte> written)
    {
        uint hash = 2166136261;
        foreach (var octet in written)
        {
            hash = (hash ^ octet) * 16777619;
        }

        return (int)((hash ^ (hash >> 15)) % Places);
    }
}
