using Microsoft.Win32.SafeHandles;

namespace PluginMail.Storage;

/// <summary>Gives back the room between the live records of a segment. All offsets stay as they are.</summary>
internal static class PackHoles
{
    private const long PageSize = 4096;

    /// <summary>Punches every whole page that no live record touches; doing it again does no harm.</summary>
    /// <param name="disk">Does it.</param>
    /// <param name="file">The segment.</param>
    /// <param name="live">Offset and length of the live records, rising.</param>
    /// <param name="end">Where the committed part ends.</param>
    public static void Punch(DurableDisk disk, SafeFileHandle file, IEnumerable<(long Offset, long Length)> live, long end)
    {
        long free = 0;
        foreach ((long offset, long length) in live)
        {
            PunchPages(disk, file, free, offset);
            free = offset + length;
        }

        PunchPages(disk, file, free, end);
    }

    private static void PunchPages(DurableDisk disk, SafeFileHandle file, long from, long to)
    {
        long first = (from + PageSize - 1) / PageSize * PageSize;
        long last = to / PageSize * PageSize;
        if (last > first)
        {
            disk.PunchHole(file, first, last - first);
        }
    }
}
