using System.IO.Compression;

namespace PluginMail.Dlp.Text;

/// <summary>The filters of streams in PDF (ISO 32000-1 section 7.4) that are not for images alone.</summary>
internal static class PdfFilters
{
    private const int ClearTable = 256;
    private const int EndOfData = 257;
    private const int MostCodes = 4096;

    /// <summary>Whether a filter is one of images, which have no text.</summary>
    public static bool IsOfImages(string filter) => filter is "DCTDecode" or "DCT" or "JPXDecode" or "CCITTFaxDecode" or "CCF" or "JBIG2Decode";

    /// <summary>Decodes octets. Where they are cut short, what came out is what readers show.</summary>
    /// <returns>Null where the filter is not known.</returns>
    public static ReadOnlyMemory<byte>? Decode(string filter, ReadOnlyMemory<byte> octets, TextBudget budget) => filter switch
    {
        "FlateDecode" or "Fl" => Inflate(octets, budget),
        "LZWDecode" or "LZW" => Expand(octets.Span, budget),
        "ASCIIHexDecode" or "AHx" => Hex(octets.Span),
        "ASCII85Decode" or "A85" => Base85(octets.Span, budget),
        "RunLengthDecode" or "RL" => Runs(octets.Span, budget),
        _ => default(ReadOnlyMemory<byte>?),
    };

    /// <summary>Undoes the prediction of PNG (section 7.4.4.4) where an object says so: cross references and the streams of objects have it.</summary>
    public static ReadOnlyMemory<byte> Unpredict(ReadOnlyMemory<byte> octets, PdfObject item)
    {
        if (item.Integer("/Predictor"u8) < 10)
        {
            return octets;
        }

        int columns = Math.Clamp(item.Integer("/Columns"u8), 1, 1 << 16);
        var rows = octets.Span;
        byte[] result = new byte[rows.Length];
        byte[] row = new byte[columns];
        int count = 0;
        for (; rows.Length > 1; rows = rows[Math.Min(rows.Length, columns + 1)..])
        {
            int kind = rows[0];
            var given = rows[1..Math.Min(rows.Length, columns + 1)];
            int upperLeft = 0;
            for (int i = 0; i < given.Length; i++)
            {
                int left = i > 0 ? row[i - 1] : 0;
                int upper = row[i];
                int predicted = kind switch { 1 => left, 2 => upper, 3 => (left + upper) / 2, 4 => Paeth(left, upper, upperLeft), _ => 0 };
                row[i] = (byte)(given[i] + predicted);
                upperLeft = upper;
            }

            row.AsSpan(0, given.Length).CopyTo(result.AsSpan(count));
            count += given.Length;
        }

        return result.AsMemory(0, count);
    }

    private static int Paeth(int left, int upper, int upperLeft)
    {
        int all = left + upper - upperLeft;
        int byLeft = Math.Abs(all - left);
        int byUpper = Math.Abs(all - upper);
        return byLeft <= byUpper && byLeft <= Math.Abs(all - upperLeft) ? left : byUpper <= Math.Abs(all - upperLeft) ? upper : upperLeft;
    }

    private static ReadOnlyMemory<byte> Inflate(ReadOnlyMemory<byte> octets, TextBudget budget)
    {
        using var inflated = new MemoryStream();
        using var source = new MemoryStream(octets.ToArray(), writable: false);
        using var stream = new BoundedStream(new ZLibStream(source, CompressionMode.Decompress), budget, octets.Length);
        byte[] buffer = new byte[16 * 1024];
        try
        {
            int count;
            while ((count = stream.Read(buffer, 0, buffer.Length)) > 0)
            {
                inflated.Write(buffer, 0, count);
            }
        }
        catch (InvalidDataException)
        {
            // Cut short.
        }

        return inflated.GetBuffer().AsMemory(0, (int)inflated.Length);
    }

    private static ReadOnlyMemory<byte> Hex(ReadOnlySpan<byte> octets)
    {
        byte[] result = new byte[(octets.Length / 2) + 1];
        int digits = 0;
        foreach (byte c in octets)
        {
            if (c == '>')
            {
                break;
            }

            if (char.IsAsciiHexDigit((char)c))
            {
                int digit = c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
                result[digits / 2] |= (byte)(digits % 2 == 0 ? digit << 4 : digit);
                digits++;
            }
        }

        return result.AsMemory(0, (digits + 1) / 2);
    }

    private static ReadOnlyMemory<byte> Base85(ReadOnlySpan<byte> octets, TextBudget budget)
    {
        using var result = new MemoryStream();
        Span<byte> group = stackalloc byte[4];
        uint value = 0;
        int digits = 0;
        int taken = 0;
        foreach (byte c in octets)
        {
            if (c == '~')
            {
                break;
            }

            bool isZero = c == 'z' && digits == 0;
            if (c is >= (byte)'!' and <= (byte)'u')
            {
                value = unchecked((value * 85) + c - '!');
                digits++;
            }

            if (isZero || digits == 5)
            {
                System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(group, value);
                result.Write(group);
                (value, digits) = (0, 0);
                if ((++taken & 0xFFF) == 0 && !budget.TakeInflated(4 * 0x1000))
                {
                    return Content(result);
                }
            }
        }

        if (digits > 1)
        {
            for (int i = digits; i < 5; i++)
            {
                value = unchecked((value * 85) + 84);
            }

            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(group, value);
            result.Write(group[..(digits - 1)]);
        }

        return Content(result);
    }

    private static ReadOnlyMemory<byte> Runs(ReadOnlySpan<byte> octets, TextBudget budget)
    {
        using var result = new MemoryStream();
        Span<byte> run = stackalloc byte[128];
        while (octets.Length > 1 && octets[0] != 128 && budget.TakeInflated(128))
        {
            int length = octets[0] < 128 ? Math.Min(octets[0] + 1, octets.Length - 1) : 257 - octets[0];
            bool isCopy = octets[0] < 128;
            if (!isCopy)
            {
                run[..length].Fill(octets[1]);
            }

            result.Write(isCopy ? octets.Slice(1, length) : run[..length]);
            octets = octets[(isCopy ? length + 1 : 2)..];
        }

        return Content(result);
    }

    // Codes of 9 to 12 bits, the width changed one code early (section 7.4.4.2, as EarlyChange is by default).
    private static ReadOnlyMemory<byte> Expand(ReadOnlySpan<byte> octets, TextBudget budget)
    {
        using var result = new MemoryStream();
        int[] prefix = new int[MostCodes];
        byte[] last = new byte[MostCodes];
        byte[] text = new byte[MostCodes];
        int next = EndOfData + 1;
        int width = 9;
        int previous = -1;
        byte first = 0;
        uint bits = 0;
        int held = 0;
        foreach (byte octet in octets)
        {
            bits = (bits << 8) | octet;
            held += 8;
            if (held < width)
            {
                continue;
            }

            held -= width;
            int code = (int)(bits >> held) & ((1 << width) - 1);
            if (code == ClearTable)
            {
                (next, width, previous) = (EndOfData + 1, 9, -1);
                continue;
            }

            if (code == EndOfData || code > next || (code == next && previous < 0))
            {
                break;
            }

            int at = MostCodes;
            int from = code;
            if (code == next)
            {
                text[--at] = first;
                from = previous;
            }

            for (; from > EndOfData; from = prefix[from])
            {
                text[--at] = last[from];
            }

            text[--at] = first = (byte)from;
            if (!budget.TakeInflated(MostCodes - at))
            {
                break;
            }

            result.Write(text.AsSpan(at));
            if (previous >= 0 && next < MostCodes)
            {
                prefix[next] = previous;
                last[next++] = first;
            }

            width = next >= 2047 ? 12 : next >= 1023 ? 11 : next >= 511 ? 10 : 9;
            previous = code;
        }

        return Content(result);
    }

    private static ReadOnlyMemory<byte> Content(MemoryStream stream) => stream.GetBuffer().AsMemory(0, (int)stream.Length);
}
