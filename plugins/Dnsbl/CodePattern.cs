using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace PluginMail.Dnsbl;

/// <summary>
/// Which of a list's answers are meant, in the form of Postfix' postscreen_dnsbl_sites: four octets, each a number, <c>[4..7;10]</c>, or
/// <c>&amp;8</c> for those that have the bits of a mask.
/// </summary>
internal sealed class CodePattern
{
    /// <summary>No answer at all.</summary>
    public static readonly CodePattern None = new([new bool[256], new bool[256], new bool[256], new bool[256]]);

    private readonly bool[][] _octets;

    private CodePattern(bool[][] octets) => _octets = octets;

    /// <summary>Reads <c>127.0.0.2</c>, <c>127.0.[0..255].3</c>, <c>127.0.0.&amp;8</c>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out CodePattern? pattern)
    {
        pattern = null;
        bool[][] octets = [new bool[256], new bool[256], new bool[256], new bool[256]];
        ReadOnlySpan<char> rest = text;
        for (int i = 0; i < octets.Length; i++)
        {
            if ((i > 0 && !TryTake(ref rest, '.')) || !TryTakeOctet(ref rest, octets[i]))
            {
                return false;
            }
        }

        pattern = rest.IsEmpty ? new CodePattern(octets) : null;
        return pattern is not null;
    }

    /// <summary>Whether an answer is meant.</summary>
    public bool Matches(IPAddress answer)
    {
        Span<byte> octets = stackalloc byte[4];
        return answer.AddressFamily == AddressFamily.InterNetwork && answer.TryWriteBytes(octets, out _)
            && _octets[0][octets[0]] && _octets[1][octets[1]] && _octets[2][octets[2]] && _octets[3][octets[3]];
    }

    private static bool TryTakeOctet(ref ReadOnlySpan<char> rest, bool[] octet)
    {
        if (TryTake(ref rest, '&'))
        {
            if (!TryTakeNumber(ref rest, out int mask) || mask == 0)
            {
                return false;
            }

            for (int value = 0; value < octet.Length; value++)
            {
                octet[value] = (value & mask) == mask;
            }

            return true;
        }

        return TryTake(ref rest, '[') ? TryTakeRanges(ref rest, octet) : TryTakeRange(ref rest, octet, mayBeMany: false);
    }

    private static bool TryTakeRanges(ref ReadOnlySpan<char> rest, bool[] octet)
    {
        do
        {
            if (!TryTakeRange(ref rest, octet, mayBeMany: true))
            {
                return false;
            }
        }
        while (TryTake(ref rest, ';'));
        return TryTake(ref rest, ']');
    }

    private static bool TryTakeRange(ref ReadOnlySpan<char> rest, bool[] octet, bool mayBeMany)
    {
        if (!TryTakeNumber(ref rest, out int first))
        {
            return false;
        }

        int last = first;
        if (mayBeMany && TryTake(ref rest, '.') && (!TryTake(ref rest, '.') || !TryTakeNumber(ref rest, out last) || last < first))
        {
            return false;
        }

        octet.AsSpan(first..(last + 1)).Fill(true);
        return true;
    }

    private static bool TryTakeNumber(ref ReadOnlySpan<char> rest, out int number)
    {
        int length = rest.IndexOfAnyExceptInRange('0', '9') is var end and >= 0 ? end : rest.Length;
        bool isOctet = byte.TryParse(rest[..length], out byte octet);
        number = octet;
        rest = rest[length..];
        return isOctet;
    }

    private static bool TryTake(ref ReadOnlySpan<char> rest, char expected)
    {
        bool isThere = !rest.IsEmpty && rest[0] == expected;
        rest = isThere ? rest[1..] : rest;
        return isThere;
    }
}
