using System.Buffers;
using Microsoft.Win32.SafeHandles;
using PluginMail.Abstractions;

namespace PluginMail.Collector.Messages;

/// <summary>
/// Takes a message's octets as they come: in memory as long as they are few, then in a file without a name that is gone with the process.
/// Room is left at the beginning for what is put before the message.
/// </summary>
/// <param name="folder">Where a file is made.</param>
/// <param name="expected">Octets that are announced.</param>
/// <param name="maximum">Octets that are taken.</param>
internal sealed class MessageSpool(string folder, long expected, long maximum) : IDisposable
{
    /// <summary>The most octets that can be put before the message.</summary>
    public const int Room = 256;

    private const int MostInMemory = 256 * 1024;
    private byte[]? _memory = ArrayPool<byte>.Shared.Rent(Room + (int)Math.Clamp(expected, 2048, MostInMemory));
    private FileStream? _file;
    private int _used = Room;

    /// <summary>Octets so far.</summary>
    public long Length { get; private set; }

    /// <summary>Octets that came, with those that were dropped.</summary>
    public long Offered { get; private set; }

    /// <summary>Whether there were more octets than are taken; the rest is dropped.</summary>
    public bool IsTooLarge { get; private set; }

    /// <summary>Removes files that a crash left behind. Those in use, where they have names at all, stay.</summary>
    public static void Empty(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return;
        }

        foreach (string file in Directory.EnumerateFiles(folder))
        {
            try
            {
                File.Delete(file);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // A version of the plugin that has not ended yet still has it open.
            }
        }
    }

    /// <summary>Takes octets.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Write(ReadOnlySpan<byte> octets)
    {
        Offered += octets.Length;
        IsTooLarge |= Length + octets.Length > maximum;
        octets = octets[..(int)Math.Min(octets.Length, maximum - Length)];
        Length += octets.Length;
        if (_used + octets.Length > _memory!.Length && !Grow(octets.Length))
        {
            Spill();
            if (octets.Length > _memory.Length)
            {
                _file!.Write(octets);
                return;
            }
        }

        octets.CopyTo(_memory.AsSpan(_used));
        _used += octets.Length;
    }

    /// <summary>Reads from the message as far as it has come.</summary>
    /// <returns>How many octets: fewer than asked for only at the end.</returns>
    public int Read(long offset, Span<byte> destination)
    {
        if (_file is null)
        {
            var source = _memory.AsSpan(Room, (int)Length);
            source = source[(int)Math.Min(offset, source.Length)..];
            int count = Math.Min(source.Length, destination.Length);
            source[..count].CopyTo(destination);
            return count;
        }

        Flush();
        return SpooledContent.ReadAll(_file.SafeFileHandle, Room + offset, destination);
    }

    /// <summary>Ends the message and gives it away; this spool is empty then.</summary>
    /// <param name="prefix">What is put before it, at most <see cref="Room"/> octets.</param>
    /// <param name="left">Which of its octets are left out: a field near its beginning.</param>
    /// <returns>The message.</returns>
    public MessageContent Complete(ReadOnlySpan<byte> prefix, Range left)
    {
        var (before, skip) = left.GetOffsetAndLength((int)Math.Min(Length, int.MaxValue));
        int start = Room + skip - prefix.Length;
        long length = Length - skip + prefix.Length;
        byte[] above = new byte[before];
        Read(0, above);
        if (_file is null)
        {
            above.CopyTo(_memory.AsSpan(Room + skip));
            prefix.CopyTo(_memory.AsSpan(start));
            var inMemory = new SpooledContent(_memory!, null, start, length);
            _memory = null;
            return inMemory;
        }

        Flush();
        _file.Position = start;
        _file.Write(prefix);
        _file.Write(above);
        _file.Flush();
        var inFile = new SpooledContent(null, _file, start, length);
        _file = null;
        return inFile;
    }

    public void Dispose()
    {
        if (_memory is not null)
        {
            ArrayPool<byte>.Shared.Return(_memory);
            _memory = null;
        }

        _file?.Dispose();
        _file = null;
    }

    private bool Grow(int more)
    {
        if (_file is not null || _used + more > Room + MostInMemory)
        {
            return false;
        }

        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Min(Math.Max(_memory!.Length * 2, _used + more), Room + MostInMemory));
        _memory.AsSpan(0, _used).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_memory);
        _memory = larger;
        return true;
    }

    // From here on the memory is what the file is written from.
    private void Spill()
    {
        if (_file is null)
        {
            _file = Open(folder);
        }

        Flush();
    }

    private static FileStream Open(string folder)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 1 };
        string path = Path.Combine(folder, Guid.NewGuid().ToString("N"));
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
            options.Options = FileOptions.DeleteOnClose;
            return new FileStream(path, options);
        }

        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var file = new FileStream(path, options);
        File.Delete(path); // what is written from here on has no name, and does not outlive the process
        return file;
    }

    private void Flush()
    {
        _file!.Write(_memory!, 0, _used);
        _file.Flush();
        _used = 0;
    }
}

/// <summary>A collected message, in memory or in its file.</summary>
internal sealed class SpooledContent(byte[]? memory, FileStream? file, int start, long length) : MessageContent
{
    private byte[]? _memory = memory;

    /// <inheritdoc/>
    public override long Length => length;

    /// <inheritdoc/>
    public override int Read(long offset, Span<byte> destination)
    {
        if (offset >= length)
        {
            return 0;
        }

        destination = destination[..(int)Math.Min(destination.Length, length - offset)];
        if (file is not null)
        {
            return ReadAll(file.SafeFileHandle, start + offset, destination);
        }

        _memory.AsSpan(start + (int)offset, destination.Length).CopyTo(destination);
        return destination.Length;
    }

    /// <inheritdoc/>
    public override bool TryGetMemory(out ReadOnlyMemory<byte> memory)
    {
        memory = file is null ? _memory.AsMemory(start, (int)length) : default;
        return file is null;
    }

    internal static int ReadAll(SafeFileHandle handle, long offset, Span<byte> destination)
    {
        int total = 0;
        for (int count; total < destination.Length && (count = RandomAccess.Read(handle, destination[total..], offset + total)) > 0;)
        {
            total += count;
        }

        return total;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        file?.Dispose();
        if (Interlocked.Exchange(ref _memory, null) is { } octets)
        {
            ArrayPool<byte>.Shared.Return(octets);
        }

        base.Dispose(disposing);
    }
}
