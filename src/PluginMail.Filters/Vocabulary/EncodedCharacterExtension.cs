using System.Buffers;
using System.Globalization;
using System.Text;

namespace PluginMail.Filters.Vocabulary;

/// <summary>The capability "encoded-character": ${hex:…} and ${unicode:…} in strings (RFC 5228 2.4.2.4).</summary>
internal static class EncodedCharacterExtension
{
    private static readonly SearchValues<byte> HexDigits = SearchValues.Create("0123456789ABCDEFabcdef"u8);

    public static void AddTo(VocabularyBuilder vocabulary)
    {
        vocabulary.Add(new Capability("encoded-character", "${hex:…} and ${unicode:…} in strings", "RFC 5228 2.4.2.4"));
        vocabulary.Interpretations.Add(new("encoded-character") { Interpret = static (value, _) => Interpret(value) });
    }

    /// <summary>Replaces the well-formed sequences; what is not well-formed stays as written.</summary>
    public static InterpretedString Interpret(ReadOnlyMemory<byte> value)
    {
        var source = value.Span;
        if (source.IndexOf("${"u8) < 0)
        {
            return new(value, Changed: false);
        }

        var output = new ArrayBufferWriter<byte>();
        var changed = false;
        string? fault = null;
        for (var at = 0; at < source.Length;)
        {
            if (source[at] == '$' && TrySequence(source[at..], output, ref fault, out var length))
            {
                at += length;
                changed = true;
                continue;
            }

            output.Write(source.Slice(at++, 1));
        }

        return new(output.WrittenSpan.ToArray(), changed, fault);
    }

    private static bool TrySequence(ReadOnlySpan<byte> source, ArrayBufferWriter<byte> output, ref string? fault, out int length)
    {
        length = 0;
        var isHex = Starts(source, "${hex:"u8);
        if (!isHex && !Starts(source, "${unicode:"u8))
        {
            return false;
        }

        var prefix = isHex ? 6 : 10;
        var end = source.IndexOf((byte)'}');
        if (end < 0 || !TryNumbers(source[prefix..end], isHex ? 2 : int.MaxValue, out var numbers))
        {
            return false;
        }

        length = end + 1;
        foreach (var number in numbers)
        {
            if (isHex)
            {
                output.Write([(byte)number]);
            }
            else if (Rune.IsValid(number))
            {
                output.Write(Encoding.UTF8.GetBytes(new Rune(number).ToString()));
            }
            else
            {
                fault = $"`{Encoding.ASCII.GetString(source[..length])}` names no Unicode character: values run from 0 to D7FF and from E000 to 10FFFF.";
            }
        }

        return true;
    }

    private static bool Starts(ReadOnlySpan<byte> source, ReadOnlySpan<byte> prefix) =>
        source.Length >= prefix.Length && Syntax.Ascii.EqualsIgnoreCase(source[..prefix.Length], prefix);

    /// <summary>*blank hex *(1*blank hex) *blank; a value too large for any character becomes -1.</summary>
    private static bool TryNumbers(ReadOnlySpan<byte> source, int maximumDigits, out List<int> numbers)
    {
        numbers = [];
        for (var at = 0; at < source.Length;)
        {
            if (source[at] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            {
                at++;
                continue;
            }

            var digits = source[at..].IndexOfAnyExcept(HexDigits);
            digits = digits < 0 ? source.Length - at : digits;
            if (digits == 0 || digits > maximumDigits)
            {
                return false;
            }

            var significant = source.Slice(at, digits).TrimStart((byte)'0');
            numbers.Add(significant.IsEmpty ? 0
                : significant.Length > 6 ? -1
                : int.Parse(significant, NumberStyles.AllowHexSpecifier));
            at += digits;
        }

        return numbers.Count > 0;
    }
}
