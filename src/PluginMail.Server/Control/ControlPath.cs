using System.Security.Cryptography;
using System.Text;

namespace PluginMail.Server;

/// <summary>Where the control socket lies: in the data folder, or, where that path is too long for a socket, in a short folder derived from it.</summary>
internal static class ControlPath
{
    /// <summary>The most octets of a socket's path (sockaddr_un of Linux, without its ending null).</summary>
    public const int MaximumLength = 107;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>The socket's path.</summary>
    /// <param name="wanted">The path in the data folder.</param>
    public static string For(string wanted)
    {
        string full = Path.GetFullPath(wanted);
        if (Encoding.UTF8.GetByteCount(full) <= MaximumLength)
        {
            return full;
        }

        string name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(full)).AsSpan(0, 10));
        return Path.Combine(RuntimeFolder(), $"pluginmail-{name}", "control.sock");
    }

    /// <summary>Makes the folder of a socket, unless it is the data folder, and makes sure that nobody else can enter it.</summary>
    /// <exception cref="IOException">It cannot be made, or others can enter it.</exception>
    public static void Prepare(string socket)
    {
        string folder = Path.GetDirectoryName(socket)!;
        if (OperatingSystem.IsWindows() || !Path.GetFileName(folder).StartsWith("pluginmail-", StringComparison.Ordinal))
        {
            return;
        }

        Directory.CreateDirectory(folder, OwnerOnly);
        try
        {
            if (File.GetUnixFileMode(folder) != OwnerOnly || new DirectoryInfo(folder).LinkTarget is not null)
            {
                throw new IOException($"{folder}, where the control socket must lie because the data folder's path is too long, is open to others");
            }
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"{folder}, where the control socket must lie, belongs to somebody else", e);
        }
    }

    // Where others cannot make a folder of the same name first, if there is such a place.
    private static string RuntimeFolder()
    {
        string? own = Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR");
        return own is { Length: > 0 and < 60 } && Directory.Exists(own) ? own
            : Environment.IsPrivilegedProcess && Directory.Exists("/run") ? "/run"
            : "/tmp";
    }
}
