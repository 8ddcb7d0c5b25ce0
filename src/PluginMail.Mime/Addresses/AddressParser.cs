using System.Text;

namespace PluginMail.Mime;

/// <summary>
/// Reads address lists (RFC 5322 section 3.4) with the obsolete forms of section 4.4 (routes, white space around dots and "@", empty
/// elements), UTF-8 (RFC 6532) and encoded words in names. Linear in the input; never fails: what is no address is an invalid entry.
/// </summary>
public static class AddressParser
{
    /// <summary>Entries, group members included, that are read unless told otherwise.</summary>
    public const int DefaultMaxAddresses = 10_000;

    /// <summary>Reads a raw field value.</summary>
    /// <param name="rawValue">The value, folded or not.</param>
    /// <param name="maxAddresses">Entries after which reading stops.</param>
    public static IReadOnlyList<HeaderAddress> Parse(ReadOnlySpan<byte> rawValue, int maxAddresses = DefaultMaxAddresses)
    {
        var list = new List<HeaderAddress>();
        var reader = new AddressReader(rawValue);
        var left = maxAddresses;
        while (left > 0 && reader.TryReadEntry(ref left, out var address))
        {
            list.Add(address);
        }
        return list;
    }

    /// <summary>Reads an address list given as text.</summary>
    public static IReadOnlyList<HeaderAddress> Parse(string value, int maxAddresses = DefaultMaxAddresses) =>
        Parse(Encoding.UTF8.GetBytes(value), maxAddresses);
}
