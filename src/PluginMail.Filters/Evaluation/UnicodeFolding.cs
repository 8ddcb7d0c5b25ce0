using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;
using System.IO;
using System.Text;

namespace PluginMail.Filters.Evaluation;

/// <summary>
/// Case mapping and decomposition of RFC 5051 section 2. The server runs without ICU, so the framework normalises
/// nothing; the decompositions are a resource made from the Unicode Character Database.
/// </summary>
internal static class UnicodeFolding
{
    private const int HangulBase = 0xAC00;
    private const int HangulCount = 11172;
    private static readonly Lazy<FrozenDictionary<int, int[]>> Decompositions = new(Load);

    /// <summary>Folds UTF-8; an octet that belongs to no valid sequence stays as it is.</summary>
    public static byte[] Fold(ReadOnlySpan<byte> octets, bool foldsCase)
    {
        var output = new ArrayBufferWriter<byte>(octets.Length + 16);
        Fold(octets, foldsCase, output, offsets: null);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>For each octet of the folded form, and for its end, the offset of the character that it comes from.</summary>
    public static int[] OffsetsOf(ReadOnlySpan<byte> octets, bool foldsCase)
    {
        var offsets = new List<int>(octets.Length + 16);
        Fold(octets, foldsCase, new ArrayBufferWriter<byte>(octets.Length + 16), offsets);
        return [.. offsets, octets.Length];
    }

    private static void Fold(ReadOnlySpan<byte> octets, bool foldsCase, ArrayBufferWriter<byte> output, List<int>? offsets)
    {
        var total = octets.Length;
        while (!octets.IsEmpty)
        {
            var at = total - octets.Length;
            if (Rune.DecodeFromUtf8(octets, out var rune, out var consumed) == OperationStatus.Done)
            {
                Append(output, foldsCase ? ToTitle(rune) : rune, foldsCase);
            }
            else
            {
                output.Write(octets[..consumed]);
            }

            octets = octets[consumed..];
            while (offsets?.Count < output.WrittenCount)
            {
                offsets.Add(at);
            }
        }
    }

    /// <summary>Title case differs from upper case in the digraphs of U+01C4 to U+01F3; they decompose to two letters anyway.</summary>
    private static Rune ToTitle(Rune rune) => rune.Value is >= 0x1C4 and <= 0x1CC or >= 0x1F1 and <= 0x1F3 ? rune : Rune.ToUpperInvariant(rune);

    private static void Append(ArrayBufferWriter<byte> output, Rune rune, bool foldsCase)
    {
        if (rune.Value is >= HangulBase and < HangulBase + HangulCount)
        {
            AppendHangul(output, rune.Value - HangulBase);
        }
        else if (!rune.IsAscii && Decompositions.Value.TryGetValue(rune.Value, out var parts))
        {
            foreach (var part in parts)
            {
                // A compatibility form such as a ligature or a full-width letter decomposes to letters that have case.
                Write(output, foldsCase ? Rune.ToUpperInvariant(new(part)) : new(part));
            }
        }
        else
        {
            Write(output, rune);
        }
    }

    private static void AppendHangul(ArrayBufferWriter<byte> output, int index)
    {
        Write(output, new(0x1100 + (index / 588)));
        Write(output, new(0x1161 + (index % 588 / 28)));
        if (index % 28 > 0)
        {
            Write(output, new(0x11A7 + (index % 28)));
        }
    }

    private static void Write(ArrayBufferWriter<byte> output, Rune rune) => output.Advance(rune.EncodeToUtf8(output.GetSpan(4)));

    private static FrozenDictionary<int, int[]> Load()
    {
        using var stream = typeof(UnicodeFolding).Assembly.GetManifestResourceStream("decompositions.txt")!;
        using var reader = new StreamReader(stream);
        var entries = new Dictionary<int, int[]>();
        while (reader.ReadLine() is { } line)
        {
            if (line.Split(';') is [var point, var parts])
            {
                entries[Hex(point)] = [.. parts.Split(' ').Select(Hex)];
            }
        }

        return entries.ToFrozenDictionary();
    }

    private static int Hex(string digits) => int.Parse(digits, NumberStyles.AllowHexSpecifier);
}
