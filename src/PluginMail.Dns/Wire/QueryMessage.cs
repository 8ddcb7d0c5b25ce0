using System.Buffers.Binary;

namespace PluginMail.Dns.Wire;

/// <summary>Queries as they are sent.</summary>
internal static class QueryMessage
{
    /// <summary>Octets of the longest query: header, question, OPT record.</summary>
    public const int MaximumLength = 12 + DomainName.MaximumOctets + 4 + 11;

    /// <summary>The datagrams that are asked for: none of them is cut into fragments on its way (RFC 9715 section 3.2).</summary>
    public const ushort DatagramSize = 1232;

    private const ushort RecursionDesired = 0x0100;
    private const ushort AuthenticData = 0x0020;
    private const ushort Internet = 1;
    private const ushort Opt = 41;

    /// <summary>
    /// Writes a query for one question. Its AD bit asks for the answer's without the signatures that DO would bring (RFC 6840 section 5.7).
    /// </summary>
    /// <param name="id">The id that the answer must have.</param>
    /// <param name="question">What is asked.</param>
    /// <param name="extended">Whether to announce <see cref="DatagramSize"/> in an OPT record (EDNS, RFC 6891).</param>
    /// <param name="target">At least <see cref="MaximumLength"/> octets.</param>
    /// <returns>The length; 0 where the name is none.</returns>
    public static int Write(ushort id, Question question, bool extended, Span<byte> target)
    {
        int name = DomainName.Encode(question.Name, target[12..]);
        if (name == 0)
        {
            return 0;
        }

        target[..12].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(target, id);
        BinaryPrimitives.WriteUInt16BigEndian(target[2..], RecursionDesired | AuthenticData);
        BinaryPrimitives.WriteUInt16BigEndian(target[4..], 1);
        int at = 12 + name;
        BinaryPrimitives.WriteUInt16BigEndian(target[at..], (ushort)question.Type);
        BinaryPrimitives.WriteUInt16BigEndian(target[(at + 2)..], Internet);
        at += 4;
        if (!extended)
        {
            return at;
        }

        target[11] = 1; // one additional record
        Span<byte> opt = target.Slice(at, 11);
        opt.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(opt[1..], Opt);
        BinaryPrimitives.WriteUInt16BigEndian(opt[3..], DatagramSize);
        return at + opt.Length;
    }
}
