namespace PluginMail.Storage;

/// <summary>What a body key says: the key is the place. Offsets never move (holes are punched), so no look-up stands between a row and its octets.</summary>
internal static class BodyLocation
{
    private const int SlotBits = 28;
    private const int SlotSize = 8;

    /// <summary>The key of a record in a pack.</summary>
    /// <param name="segment">From 1.</param>
    /// <param name="offset">A multiple of 8, under 2 GiB.</param>
    public static BodyKey Packed(int segment, long offset) => new(((long)segment << SlotBits) | (offset / SlotSize));

    /// <summary>The key of a body in a file of its own; below zero, so that the keys of packs grow at the index's end.</summary>
    /// <param name="number">From 1.</param>
    public static BodyKey File(long number) => new(-number);

    public static bool IsFile(BodyKey key) => key.Value < 0;

    public static long FileNumber(BodyKey key) => -key.Value;

    public static int Segment(BodyKey key) => (int)(key.Value >> SlotBits);

    public static long Offset(BodyKey key) => (key.Value & ((1L << SlotBits) - 1)) * SlotSize;
}
