namespace PluginMail.Filters.Evaluation;

/// <summary>
/// A collation (RFC 4790). It folds octets to a form in which equal strings are equal octets; a value is folded once per
/// message and comparator, a key once per compilation.
/// </summary>
public abstract class Comparator
{
    /// <summary>i;octet: octets as they are.</summary>
    public static Comparator Octet { get; } = new OctetComparator();

    /// <summary>i;ascii-casemap: the letters of ASCII fold, nothing else (RFC 4790 9.2).</summary>
    public static Comparator AsciiCasemap { get; } = new AsciiCasemapComparator();

    /// <summary>i;unicode-casemap: letters of all scripts fold, composed and decomposed forms are equal (RFC 5051).</summary>
    public static Comparator UnicodeCasemap { get; } = new UnicodeComparator("i;unicode-casemap", foldsCase: true);

    /// <summary>i;ascii-numeric: the number that a value begins with; what begins with no digit is larger than all numbers (RFC 4790 9.1).</summary>
    public static Comparator AsciiNumeric { get; } = new AsciiNumericComparator();

    /// <summary>What :case means for plain words: case counts, composed and decomposed forms are equal.</summary>
    internal static Comparator Normalized { get; } = new UnicodeComparator("normalized", foldsCase: false);

    /// <summary>The registered name.</summary>
    public abstract string Name { get; }

    /// <summary>The capability string.</summary>
    public string Capability => "comparator-" + Name;

    /// <summary>Where it is defined.</summary>
    public virtual string Reference => "RFC 4790";

    /// <summary>Whether parts of a value can be compared.</summary>
    public virtual bool HasSubstrings => true;

    /// <summary>Whether a character is a UTF-8 sequence; otherwise it is an octet.</summary>
    public virtual bool CharactersAreUtf8 => false;

    /// <summary>The folded form, or null where the octets are outside of what the comparator defines.</summary>
    public abstract byte[]? Fold(byte[] octets);

    /// <summary>Orders two folded values (RFC 5231).</summary>
    public virtual int Compare(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) => left.SequenceCompareTo(right);

    /// <summary>For each octet of the folded form, and for its end, where it comes from; null where the two are as long as each other.</summary>
    internal virtual int[]? OffsetsOf(byte[] octets) => null;

    private sealed class OctetComparator : Comparator
    {
        public override string Name => "i;octet";

        public override byte[] Fold(byte[] octets) => octets;
    }

    private sealed class AsciiCasemapComparator : Comparator
    {
        public override string Name => "i;ascii-casemap";

        public override byte[] Fold(byte[] octets)
        {
            if (!octets.AsSpan().ContainsAnyInRange((byte)'a', (byte)'z'))
            {
                return octets;
            }

            var folded = new byte[octets.Length];
            for (var i = 0; i < octets.Length; i++)
            {
                folded[i] = Syntax.Ascii.ToUpper(octets[i]);
            }

            return folded;
        }
    }

    /// <summary>Folds to the digits without leading zeros; nothing stands for positive infinity.</summary>
    private sealed class AsciiNumericComparator : Comparator
    {
        public override string Name => "i;ascii-numeric";

        public override string Reference => "RFC 4790 9.1";

        public override bool HasSubstrings => false;

        public override byte[] Fold(byte[] octets)
        {
            var length = octets.AsSpan().IndexOfAnyExceptInRange((byte)'0', (byte)'9');
            var digits = length < 0 ? octets : octets.AsSpan(0, length);
            var significant = digits.TrimStart((byte)'0');
            return significant.IsEmpty && !digits.IsEmpty ? [(byte)'0'] : significant.ToArray();
        }

        public override int Compare(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) =>
            left.IsEmpty || right.IsEmpty ? left.IsEmpty.CompareTo(right.IsEmpty)
            : left.Length != right.Length ? left.Length.CompareTo(right.Length)
            : left.SequenceCompareTo(right);
    }

    private sealed class UnicodeComparator(string name, bool foldsCase) : Comparator
    {
        public override string Name => name;

        public override string Reference => "RFC 5051";

        public override bool CharactersAreUtf8 => true;

        public override byte[] Fold(byte[] octets)
        {
            if (System.Text.Ascii.IsValid(octets))
            {
                return foldsCase ? AsciiCasemap.Fold(octets)! : octets;
            }

            return UnicodeFolding.Fold(octets, foldsCase);
        }

        internal override int[]? OffsetsOf(byte[] octets) =>
            System.Text.Ascii.IsValid(octets) ? null : UnicodeFolding.OffsetsOf(octets, foldsCase);
    }
}
