using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace PluginMail.MailAuth;

/// <summary>The sets of a message's chain in their order (RFC 8617 section 4.2).</summary>
internal sealed class ArcChain
{
    /// <summary>The most sets that a chain may have.</summary>
    public const int MaximumInstances = 50;

    private const int MaximumOctets = 256 << 10; // each seal hashes all that is below it

    public const string ResultsField = "ARC-Authentication-Results";
    public const string SignatureField = "ARC-Message-Signature";
    public const string SealField = "ARC-Seal";

    private ArcChain(IReadOnlyList<ArcSet> sets, string? problem) => (Sets, Problem) = (sets, problem);

    /// <summary>The sets, instance 1 first; what is wrong with them says <see cref="Problem"/>.</summary>
    public IReadOnlyList<ArcSet> Sets { get; }

    /// <summary>Why the fields make no chain; null where they do.</summary>
    public string? Problem { get; }

    /// <summary>Collects the fields.</summary>
    public static ArcChain Read(HeaderFields header)
    {
        var sets = new List<ArcSet>();
        string? problem =
            Collect(header, ResultsField, sets, set => set.Results, (set, index) => set.Results = index)
            ?? Collect(header, SignatureField, sets, set => set.Signature, (set, index) => set.Signature = index)
            ?? Collect(header, SealField, sets, set => set.Seal, (set, index) => set.Seal = index);
        if (problem is null && sets.Count > 0)
        {
            problem = !header.IsComplete ? "header too large"
                : !sets.TrueForAll(set => set.IsComplete) ? "a set is not complete"
                : sets.Sum(set => Length(header, set.Results) + Length(header, set.Signature) + Length(header, set.Seal)) > MaximumOctets ? "chain too large"
                : null;
        }

        return new ArcChain(sets, problem);
    }

    /// <summary>The hash that a seal signs (section 5.1.1): all sets in their order, the last one's seal with an empty b=.</summary>
    public byte[] SealHash(HeaderFields header, int instance, ReadOnlySpan<byte> sealField)
    {
        var output = new ArrayBufferWriter<byte>(4096);
        WriteSets(header, instance - 1, output);
        Write(header, Sets[instance - 1].Results, output);
        Write(header, Sets[instance - 1].Signature, output);
        HeaderCanonicalization.Write(Canonicalization.Relaxed, sealField, output);
        return SHA256.HashData(output.WrittenSpan);
    }

    /// <summary>Writes the first so many sets as a seal hashes them.</summary>
    public void WriteSets(HeaderFields header, int count, ArrayBufferWriter<byte> output)
    {
        foreach (ArcSet set in Sets.Take(count))
        {
            Write(header, set.Results, output);
            Write(header, set.Signature, output);
            Write(header, set.Seal, output);
        }
    }

    private static string? Collect(HeaderFields header, string name, List<ArcSet> sets, Func<ArcSet, int> get, Action<ArcSet, int> set)
    {
        IReadOnlyList<int> fields = header.Find(name);
        if (fields.Count > MaximumInstances)
        {
            return "too many sets";
        }

        foreach (int index in fields)
        {
            int instance = InstanceOf(header.ValueOf(index).Span);
            if (instance is < 1 or > MaximumInstances)
            {
                return $"{name} without an instance";
            }

            while (sets.Count < instance)
            {
                sets.Add(new ArcSet());
            }

            if (get(sets[instance - 1]) >= 0)
            {
                return $"two {name} of one instance";
            }

            set(sets[instance - 1], index);
        }

        return null;
    }

    /// <summary>i=, which stands first in ARC-Authentication-Results and anywhere in the others (section 4.1).</summary>
    private static int InstanceOf(ReadOnlySpan<byte> value)
    {
        foreach (Range range in value.Split((byte)';'))
        {
            ReadOnlySpan<byte> tag = value[range];
            int equals = tag.IndexOf((byte)'=');
            if (equals >= 0 && tag[..equals].Trim(" \t\r\n"u8).SequenceEqual("i"u8))
            {
                ReadOnlySpan<byte> digits = tag[(equals + 1)..].Trim(" \t\r\n"u8);
                return digits.Length is 1 or 2 && int.TryParse(Encoding.ASCII.GetString(digits), out int instance) ? instance : 0;
            }
        }

        return 0;
    }

    private static int Length(HeaderFields header, int index) => header.OctetsOf(index).Length;

    private static void Write(HeaderFields header, int index, ArrayBufferWriter<byte> output)
    {
        HeaderCanonicalization.Write(Canonicalization.Relaxed, header.OctetsOf(index).Span, output);
        output.Write("\r\n"u8);
    }
}
