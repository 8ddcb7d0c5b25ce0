using Microsoft.Win32.SafeHandles;

namespace PluginMail.Storage;

/// <summary>A spool's file: its name passes to the store when a commit takes it over; the open handle reads on either way.</summary>
internal sealed class SpoolFile : IDisposable
{
    private readonly Lock _gate = new();
    private string? _path;

    public SpoolFile(string path)
    {
        _path = path;
        Handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
    }

    public SafeFileHandle Handle { get; }

    /// <summary>Takes the name; the taker deletes or renames the file from then on.</summary>
    /// <returns>Null where somebody took it before.</returns>
    public string? TryTake()
    {
        lock (_gate)
        {
            string? path = _path;
            _path = null;
            return path;
        }
    }

    /// <summary>Gives the name back: the commit failed.</summary>
    public void GiveBack(string path)
    {
        lock (_gate)
        {
            _path = path;
        }
    }

    public void Dispose()
    {
        string? path = TryTake();
        Handle.Dispose();
        if (path is not null)
        {
            File.Delete(path);
        }
    }
}
