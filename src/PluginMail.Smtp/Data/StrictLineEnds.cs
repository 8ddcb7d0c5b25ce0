using System.Numerics;

namespace PluginMail.Smtp;

/// <summary>Looks for CR and LF that are not CR LF (RFC 5321 section 2.3.8), over octets that arrive in pieces.</summary>
internal struct StrictLineEnds
{
    private bool _endsWithCr;

    /// <summary>Whether a bare CR or LF was seen.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Looks at the next octets.</summary>
    /// <param name="octets">They follow on those seen before.</param>
    public void Add(ReadOnlySpan<byte> octets)
    {
        if (IsBroken || octets.IsEmpty)
        {
            return;
        }

        IsBroken = _endsWithCr != (octets[0] == '\n') || HasBarePair(octets);
        _endsWithCr = octets[^1] == '\r';
    }

    /// <summary>The message ends here; a CR cannot be its last octet.</summary>
    public void End() => IsBroken |= _endsWithCr;

    // For each neighbouring pair: the first is CR exactly when the second is LF.
    private static bool HasBarePair(ReadOnlySpan<byte> octets)
    {
        int i = 0;
        if (Vector.IsHardwareAccelerated)
        {
            var cr = new Vector<byte>((byte)'\r');
            var lf = new Vector<byte>((byte)'\n');
            for (; i + Vector<byte>.Count < octets.Length; i += Vector<byte>.Count)
            {
                Vector<byte> first = Vector.Equals(new Vector<byte>(octets[i..]), cr);
                Vector<byte> second = Vector.Equals(new Vector<byte>(octets[(i + 1)..]), lf);
                if (first != second)
                {
                    return true;
                }
            }
        }

        for (; i + 1 < octets.Length; i++)
        {
            if (octets[i] == '\r' != (octets[i + 1] == '\n'))
            {
                return true;
            }
        }

        return false;
    }
}
