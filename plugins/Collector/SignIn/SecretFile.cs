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
}
