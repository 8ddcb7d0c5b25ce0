using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;

namespace PluginMail.Storage;

/// <summary>The open files of the pack segments.</summary>
internal sealed class PackSegments(StoreLayout layout) : IDisposable
{
    private readonly ConcurrentDictionary<int, SafeFileHandle> _handles = [];
    private long _committed;

    /// <summary>The segment that is appended to, and its length as far as commits name it.</summary>
    public (int Segment, long Length) CommittedEnd
    {
        get
        {
            long value = Volatile.Read(ref _committed);
            return ((int)(value >> 32), value & uint.MaxValue);
        }
        set => Volatile.Write(ref _committed, ((long)value.Segment << 32) | value.Length);
    }

    /// <summary>The file of a segment that is there.</summary>
    /// <exception cref="FileNotFoundException">It is not.</exception>
    public SafeFileHandle Get(int segment) =>
        _handles.TryGetValue(segment, out SafeFileHandle? handle) ? handle : Open(segment, FileMode.Open);

    /// <summary>The file of a segment, made where it is missing.</summary>
    public SafeFileHandle GetOrCreate(int segment) =>
        _handles.TryGetValue(segment, out SafeFileHandle? handle) ? handle : Open(segment, FileMode.OpenOrCreate);

    /// <summary>Deletes a segment that nothing names.</summary>
    public void Delete(int segment)
    {
        if (_handles.TryRemove(segment, out SafeFileHandle? handle))
        {
            handle.Dispose();
        }

        File.Delete(layout.Segment(segment));
    }

    public void Dispose()
    {
        foreach (SafeFileHandle handle in _handles.Values)
        {
            handle.Dispose();
        }

        _handles.Clear();
    }

    private SafeFileHandle Open(int segment, FileMode mode)
    {
        SafeFileHandle opened = File.OpenHandle(
            layout.Segment(segment), mode, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, FileOptions.RandomAccess);
        SafeFileHandle kept = _handles.GetOrAdd(segment, opened);
        if (!ReferenceEquals(kept, opened))
        {
            opened.Dispose();
        }

        return kept;
    }
}
