using System.Net.Sockets;

namespace PluginMail.Transport;

/// <summary>The file of a Unix socket: made free where a server that is gone left it, given its mode, removed in the end.</summary>
internal static class UnixSocketFile
{
    /// <summary>Removes a socket file that nobody listens on.</summary>
    /// <param name="path">The path.</param>
    /// <exception cref="IOException">Somebody listens there, or it is something else than a socket, which stays.</exception>
    public static void Free(string path)
    {
        if (!Path.Exists(path))
        {
            return;
        }

        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused && IsSocket(path))
        {
            File.Delete(path);
            return;
        }
        catch (SocketException e)
        {
            throw new IOException($"{path} is there and no socket that could be removed: {e.Message}", e);
        }

        throw new IOException($"somebody listens on {path}");
    }

    /// <summary>Says who may connect.</summary>
    public static void Protect(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }
    }

    /// <summary>Removes the file of a socket that was closed, unless it is gone with it.</summary>
    public static void Remove(string path)
    {
        if (Path.Exists(path) && IsSocket(path))
        {
            File.Delete(path);
        }
    }

    // A refused connection says nothing: a plain file refuses too. But a socket cannot be opened (ENXIO of open(2)). For reading and
    // writing, since a FIFO that was opened for reading alone would wait for a writer (fifo(7)).
    private static bool IsSocket(string path)
    {
        if (Directory.Exists(path) || new FileInfo(path).LinkTarget is not null)
        {
            return false;
        }

        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }
}
