using System.Buffers;
using System.Collections.Frozen;
using System.Net;
using System.Net.Sockets;

namespace PluginMail.ReverseDns;

/// <summary>
/// Names that a provider gives to all of its addresses. An IPv4 address shows in its name by three of its octets in a row, forward or backward;
/// by its last two beside a word like dyn or pool; by all of them as twelve or eight digits. An IPv6 one by its last sixteen nibbles.
/// </summary>
internal static class GenericName
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789");

    private static readonly FrozenSet<string> Words = FrozenSet.Create(
        StringComparer.Ordinal,
        "adsl", "broadband", "cable", "catv", "client", "cpe", "cust", "customer", "customers", "dhcp", "dial", "dialin", "dialup", "dip", "dsl", "dyn",
        "dynamic", "dynamicip", "fiber", "fibre", "ftth", "gprs", "home", "host", "hsd", "ip", "lte", "mobile", "modem", "nat", "node", "pool", "pools",
        "ppp", "pppoe", "res", "residential", "retail", "sdsl", "static", "user", "users", "vdsl", "wifi", "wimax", "wireless", "wlan", "xdsl");

    /// <summary>Whether a name is made of the client's address.</summary>
    /// <param name="name">In lower case.</param>
    /// <param name="client">The client's address, IPv4 not as IPv6.</param>
    public static bool IsOf(string name, IPAddress client)
    {
        byte[] octets = client.GetAddressBytes();
        return client.AddressFamily == AddressFamily.InterNetwork ? HasIPv4(name, octets) : HasNibbles(name, octets);
    }

    private static bool HasNibbles(string name, byte[] octets)
    {
        string digits = name.Replace("-", "", StringComparison.Ordinal).Replace(".", "", StringComparison.Ordinal);
        return digits.Contains(Convert.ToHexStringLower(octets.AsSpan(8)), StringComparison.Ordinal);
    }

    private static bool HasIPv4(string name, byte[] octets)
    {
        byte[] backward = [octets[3], octets[2], octets[1], octets[0]];
        if (HasAll(name, octets) || HasAll(name, backward))
        {
            return true;
        }

        var numbers = Numbers(name);
        return HasRun(numbers, octets.AsSpan(..3)) || HasRun(numbers, octets.AsSpan(1..))
            || HasRun(numbers, backward.AsSpan(..3)) || HasRun(numbers, backward.AsSpan(1..))
            || ((HasRun(numbers, octets.AsSpan(2..)) || HasRun(numbers, backward.AsSpan(..2))) && HasWord(name));
    }

    private static bool HasAll(string name, byte[] octets) =>
        name.Contains(Convert.ToHexStringLower(octets), StringComparison.Ordinal)
        || name.Contains(string.Concat(octets.Select(octet => octet.ToString("d3"))), StringComparison.Ordinal);

    private static bool HasRun(List<int> numbers, ReadOnlySpan<byte> octets)
    {
        for (int start = 0; start + octets.Length <= numbers.Count; start++)
        {
            int i = 0;
            while (i < octets.Length && numbers[start + i] == octets[i])
            {
                i++;
            }

            if (i == octets.Length)
            {
                return true;
            }
        }

        return false;
    }

    private static List<int> Numbers(string name)
    {
        List<int> numbers = [];
        for (var rest = name.AsSpan(); rest.IndexOfAny(Digits) is var start and >= 0;)
        {
            rest = rest[start..];
            int length = rest.IndexOfAnyExcept(Digits) is var end and >= 0 ? end : rest.Length;
            numbers.Add(length <= 3 ? int.Parse(rest[..length]) : -1);
            rest = rest[length..];
        }

        return numbers;
    }

    private static bool HasWord(string name)
    {
        var words = Words.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var range in name.AsSpan().SplitAny("0123456789.-_"))
        {
            if (words.Contains(name.AsSpan(range)))
            {
                return true;
            }
        }

        return false;
    }
}
