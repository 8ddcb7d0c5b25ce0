using System.Buffers;
using System.Runtime.InteropServices;
using PluginMail.Abstractions;

namespace PluginMail.Storage;

/// <summary>A body as far as it can be prepared outside the writer: checksums computed; a large one in a file that is already on disk.</summary>
internal sealed class PreparedBody : IDisposable
{
    private readonly string? _path;
    private readonly IDisposable? _owned;
    private readonly SpoolFile? _file;
    private long _attempt;

    private PreparedBody(NewBody body, uint[] checksums, SpoolFile? file, string? path, IDisposable? owned)
    {
        (Body, Checksums, _file, _path, _owned) = (body, checksums, file, path, owned);
    }

    public NewBody Body { get; }

    public uint[] Checksums { get; }

    public long Length => Body.Content.Length;

    public ReadOnlySpan<byte> Structure => Body.Structure.Span;

    /// <summary>The file to be renamed into place; null where the octets go into a pack.</summary>
    public string? File => _path;

    /// <summary>Where it lies, once the writer placed it in this attempt.</summary>
    public BodyKey Key { get; private set; }

    /// <summary>Rows that name it, counted by the writer in this attempt.</summary>
    public int References { get; set; }

    private bool IsCommitted { get; set; }

    /// <summary>Prepares a body on the caller's thread. A large one is written to its file and synced here.</summary>
    public static PreparedBody Prepare(NewBody body, StoreLayout layout, DurableDisk disk, StoreOptions options)
    {
        var spooled = body.Content as SpoolContent;
        if (body.Content.Length <= options.LargestPackedBody)
        {
            return new PreparedBody(body, spooled?.Checksums ?? BlockChecksums.Of(body.Content), null, null, null);
        }

        if (spooled?.File is { } file && file.TryTake() is { } path)
        {
            var taken = new PreparedBody(body, spooled.Checksums, file, path, null);
            taken.Seal(disk);
            return taken;
        }

        return Copy(body, layout, disk);
    }

    /// <summary>Begins an attempt; a body named twice in it is placed once.</summary>
    /// <returns>True where it has to be placed.</returns>
    public bool Begin(long attempt)
    {
        if (_attempt == attempt)
        {
            return false;
        }

        _attempt = attempt;
        References = 0;
        return true;
    }

    public void Place(BodyKey key) => Key = key;

    /// <summary>The file is the store's from now on.</summary>
    public void Commit() => IsCommitted = true;

    public void Dispose()
    {
        if (_file is not null && !IsCommitted)
        {
            _file.GiveBack(_path!);
        }

        _owned?.Dispose();
    }

    private static PreparedBody Copy(NewBody body, StoreLayout layout, DurableDisk disk)
    {
        var file = new SpoolFile(Path.Combine(layout.Spool, $"{Guid.NewGuid():n}.spool"));
        try
        {
            uint[] checksums = CopyOctets(body.Content, file, disk);
            var copy = new PreparedBody(body, checksums, file, file.TryTake(), file);
            copy.Seal(disk);
            return copy;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static uint[] CopyOctets(MessageContent content, SpoolFile file, DurableDisk disk)
    {
        var checksums = new BlockChecksums();
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BlockChecksums.BlockSize);
        try
        {
            for (long offset = 0; offset < content.Length;)
            {
                int read = content.Read(offset, buffer);
                if (read == 0)
                {
                    throw new IOException("A body ended before its length");
                }

                checksums.Append(buffer.AsSpan(0, read));
                disk.Write(file.Handle, buffer.AsSpan(0, read), offset);
                offset += read;
            }

            return checksums.Complete();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Writes what stands behind the content, and brings all of it to the disk.</summary>
    private void Seal(DurableDisk disk)
    {
        try
        {
            ReadOnlySpan<byte> table = MemoryMarshal.AsBytes<uint>(Checksums);
            byte[] tail = new byte[table.Length + Structure.Length + BodyRecord.MarkLength];
            table.CopyTo(tail);
            Structure.CopyTo(tail.AsSpan(table.Length));
            new BodyRecord(0, Length, Structure.Length, BodyRecord.ChecksumOfTail(Checksums, Structure))
                .Write(tail.AsSpan(table.Length + Structure.Length));
            disk.Write(_file!.Handle, tail, Length);
            RandomAccess.SetLength(_file.Handle, Length + tail.Length);
            disk.Sync(_file.Handle);
        }
        catch
        {
            _file!.GiveBack(_path!);
            throw;
        }
    }
}
