using System.Buffers.Binary;

namespace PluginMail.Dlp.Text;

/// <summary>Files that have no text: images, sounds, films, fonts, by their first octets; and signatures that stand beside what they sign.</summary>
internal static class Pictures
{
    private const int LongestSignature = 64 * 1024;
    private const int LongestFont = 32 << 20;

    // 1.2.840.113549.1.7.2 and .1: signed data, and data, of CMS (RFC 5652)
    private static ReadOnlySpan<byte> SignedData => [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02];

    private static ReadOnlySpan<byte> Data => [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x01];

    /// <summary>Whether a document is one.</summary>
    public static bool Are(ReadOnlySpan<byte> start) => IsImage(start) || IsSound(start) || IsFilm(start) || IsFont(start);

    /// <summary>Whether the first octets of one are letters.</summary>
    public static bool BeginAsText(ReadOnlySpan<byte> start) =>
        start.StartsWith("GIF8"u8) || start.StartsWith("ID3"u8) || start.StartsWith("#!AMR"u8) || start.StartsWith("wOF"u8);

    /// <summary>Whether octets are a signature without what is signed (RFC 8551 section 3.5.3).</summary>
    public static bool AreDetachedSignature(ReadOnlySpan<byte> octets)
    {
        var start = octets[..Math.Min(octets.Length, 512)];
        int data = start.IndexOf(Data);
        return octets.Length is > 64 and <= LongestSignature && octets[0] == 0x30 && start[..32].IndexOf(SignedData) > 0
            && data > 0 && data + Data.Length < start.Length && start[data + Data.Length] != 0xA0;
    }

    /// <summary>Whether octets are a font of a Word document (ECMA-376 part 4, 9.1): the first 32 of them hidden, the tables named behind these.</summary>
    public static bool AreObfuscatedFont(ReadOnlySpan<byte> octets)
    {
        const int TablesAt = 44;
        const int Tables = 4;
        const int RecordLength = 16;
        bool isOne = octets.Length is >= TablesAt + (Tables * RecordLength) and <= LongestFont;
        for (int i = 0; isOne && i < Tables; i++)
        {
            var table = octets.Slice(TablesAt + (i * RecordLength), RecordLength);
            long end = (long)BinaryPrimitives.ReadUInt32BigEndian(table[8..]) + BinaryPrimitives.ReadUInt32BigEndian(table[12..]);
            isOne = !table[..4].ContainsAnyExceptInRange((byte)' ', (byte)'~') && end <= octets.Length;
        }

        return isOne;
    }

    // PNG, JPEG, GIF, BMP, TIFF, ICO, WebP, JPEG 2000, JPEG XL, HD Photo, EMF, placeable WMF
    private static bool IsImage(ReadOnlySpan<byte> start) =>
        start is [0x89, 0x50, 0x4E, 0x47, ..] or [0xFF, 0xD8, 0xFF, ..] or [0x49, 0x49, 0x2A, 0, ..] or [0x4D, 0x4D, 0, 0x2A, ..] or [0, 0, 1, 0, ..]
            or [0, 0, 0, 0x0C, 0x6A, 0x50, 0x20, 0x20, ..] or [0xFF, 0x4F, 0xFF, 0x51, ..] or [0xFF, 0x0A, ..] or [0x49, 0x49, 0xBC, 1, ..] or [0xD7, 0xCD, 0xC6, 0x9A, ..]
        || start.StartsWith("GIF87a"u8) || start.StartsWith("GIF89a"u8) || (start.StartsWith("BM"u8) && Has(start, 6, [0, 0, 0, 0])) || IsRiff(start, "WEBP"u8)
        || (start is [1, 0, 0, 0, ..] && Has(start, 40, " EMF"u8));

    // MP3 with and without a tag, Ogg, FLAC, WAVE, AIFF, MIDI, AMR
    private static bool IsSound(ReadOnlySpan<byte> start) =>
        start is [0xFF, 0xFB or 0xF3 or 0xF2 or 0xF1 or 0xF9, ..]
        || start.StartsWith("ID3"u8) || start.StartsWith("OggS\0"u8) || start.StartsWith("fLaC\0"u8) || start.StartsWith("MThd\0"u8) || start.StartsWith("#!AMR"u8)
        || IsRiff(start, "WAVE"u8) || (start.StartsWith("FORM"u8) && Has(start, 8, "AIF"u8));

    // MPEG-4 and its kin (HEIC and AVIF too), Matroska, AVI, MPEG, Flash video, ASF
    private static bool IsFilm(ReadOnlySpan<byte> start) =>
        (start is [0, ..] && Has(start, 4, "ftyp"u8)) || start is [0x1A, 0x45, 0xDF, 0xA3, ..] or [0, 0, 1, 0xBA or 0xB3, ..] or [0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66, ..]
        || start.StartsWith("FLV\u0001"u8) || IsRiff(start, "AVI "u8);

    private static bool IsFont(ReadOnlySpan<byte> start) =>
        start is [0, 1, 0, 0, 0, ..] || start.StartsWith("OTTO\0"u8) || start.StartsWith("ttcf\0"u8) || start.StartsWith("wOFF"u8) || start.StartsWith("wOF2"u8)
        || IsEmbedded(start);

    // Embedded OpenType, which PowerPoint has as .fntdata: version, magic number, four fields of zeros.
    private static bool IsEmbedded(ReadOnlySpan<byte> start) => Has(start, 34, "LP"u8) && Has(start, 64, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
        && (Has(start, 8, [0, 0, 1, 0]) || Has(start, 8, [1, 0, 2, 0]) || Has(start, 8, [2, 0, 2, 0]));

    private static bool IsRiff(ReadOnlySpan<byte> start, ReadOnlySpan<byte> kind) => start.StartsWith("RIFF"u8) && Has(start, 8, kind);

    private static bool Has(ReadOnlySpan<byte> start, int at, ReadOnlySpan<byte> octets) => start.Length > at && start[at..].StartsWith(octets);
}
