using System.Text;
using PluginMail.Collector.Connections;

namespace PluginMail.Collector.SignIn;

/// <summary>A file whose first line is a secret. It is read each time, so that it may be replaced while the server runs.</summary>
internal static class SecretFile
{
    private const int Longest = 64 * 1024;

    /// <summary>Reads the first line.</summary>
    /// <param name="key">The setting that names the file: the file's own path stays out of what others see.</param>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RemoteFault">It cannot be read, or its first line is empty.</exception>
    public static async ValueTask<string> ReadAsync(string key, string path, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = File.OpenRead(path);
            byte[] buffer = new byte[Longest];
            int length = await file.ReadAtLeastAsync(buffer, Longest, throwOnEndOfStream: false, cancellationToken);
            string line = Encoding.UTF8.GetString(buffer, 0, length).Split('\n', 2)[0].TrimEnd('\r', ' ');
            return line.Length > 0 && !line.AsSpan().ContainsAnyInRange('\0', '\x1f')
                ? line
                : throw new RemoteFault($"the file of {key} has no usable first line") { IsSignIn = true };
        }
        catch (Exception e) when (e is UnauthorizedAccessException or (IOException and not RemoteFault) or ArgumentException or NotSupportedException)
        {
            throw new RemoteFault($"the file of {key} cannot be read: {e.GetType().Name}", e) { IsSignIn = true };
        }
    }

    /// <summary>Writes another first line. The file, its mode kept, is the old one or the new one at any time, whatever happens.</summary>
    /// <param name="key">The setting that names the file.</param>
    /// <param name="path">The file; where it is a link, what it leads to is written.</param>
    /// <param name="secret">The new secret.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RemoteFault">It cannot be written.</exception>
    public static async ValueTask ReplaceAsync(string key, string path, string secret, CancellationToken cancellationToken)
    {
        try
        {
            string target = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
            string temporary = $"{target}.{Guid.NewGuid():N}";
            try
            {
                await WriteAsync(temporary, target, secret, cancellationToken);
                File.Move(temporary, target, overwrite: true);
            }
            catch
            {
                File.Delete(temporary);
                throw;
            }
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException or ArgumentException or NotSupportedException)
        {
            throw new RemoteFault($"the file of {key} cannot be written: {e.GetType().Name}", e);
        }
    }

    private static async ValueTask WriteAsync(string temporary, string target, string secret, CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using var file = new FileStream(temporary, options);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(temporary, File.GetUnixFileMode(target));
        }

        await file.WriteAsync(Encoding.UTF8.GetBytes(secret + "\n"), cancellationToken);
        file.Flush(flushToDisk: true);
    }
}
