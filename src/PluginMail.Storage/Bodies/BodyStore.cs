using PluginMail.Abstractions;

namespace PluginMail.Storage;

/// <summary>Reads bodies of packs and files, and hands out spools.</summary>
internal sealed class BodyStore(StoreLayout layout, DurableDisk disk, PackSegments segments, StoreOptions options) : IBodyStore
{
    /// <summary>The bodies that are being read.</summary>
    public BodyLeases Leases { get; } = new();

    public IBodySpool CreateSpool() => new BodySpool(disk, layout, options.SpoolMemory);

    public MessageContent Open(StoredMessage message)
    {
        Leases.Take(message.Body);
        try
        {
            return OpenLeased(message);
        }
        catch (Exception fault)
        {
            Leases.Return(message.Body);
            if (fault is IOException or ObjectDisposedException or UnauthorizedAccessException)
            {
                throw DurableDisk.Translate(fault);
            }

            throw;
        }
    }

    private MessageContent OpenLeased(StoredMessage message)
    {
        if (BodyLocation.IsFile(message.Body))
        {
            var file = LargeBodyFile.Open(layout.LargeBody(BodyLocation.FileNumber(message.Body)));
            if (file.Record.Length != message.BodyLength)
            {
                file.Handle.Dispose();
                throw Corrupt(message.Body, "another length than its row says");
            }

            return new BlockContent(message, file.Handle, ownsHandle: true, 0, file.Checksums, Leases);
        }

        return message.BodyLength <= BlockChecksums.BlockSize
            ? SmallContent.Read(message, segments.Get(BodyLocation.Segment(message.Body)), Leases)
            : OpenPacked(message);
    }

    private BlockContent OpenPacked(StoredMessage message)
    {
        var handle = segments.Get(BodyLocation.Segment(message.Body));
        long offset = BodyLocation.Offset(message.Body);
        byte[] head = new byte[BodyRecord.MarkLength + (BlockChecksums.CountFor(message.BodyLength) * sizeof(uint))];
        int read = RandomAccess.Read(handle, head, offset);
        if (read < head.Length || !BodyRecord.TryRead(head, out BodyRecord record)
            || record.Key != message.Body.Value || record.Length != message.BodyLength)
        {
            throw Corrupt(message.Body, "no record of it where it should lie");
        }

        uint[] checksums = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, uint>(head.AsSpan(BodyRecord.MarkLength)).ToArray();
        return new BlockContent(message, handle, ownsHandle: false, offset + record.ContentOffset, checksums, Leases);
    }

    public static StoreUnavailableException Corrupt(BodyKey key, string what) =>
        new($"Body {key.Value:x} is damaged: {what}", isDiskFull: false);
}
