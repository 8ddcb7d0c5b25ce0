using PluginMail.Configuration.Options;
using PluginMail.Configuration.Settings;
using PluginMail.Configuration.Toml;

namespace PluginMail.Configuration;

/// <summary>mail.toml on disk.</summary>
public static class ConfigurationFile
{
    /// <summary>Reads, checks and types a file. Relative paths in it begin at its folder.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The options, or every error found. Never throws for what a file holds or for one that cannot be read.</returns>
    public static ConfigurationResult Load(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            if (file.Length > TomlLimits.Octets)
            {
                return Failed(path, $"has {file.Length} octets; expected at most {TomlLimits.Octets}");
            }

            byte[] octets = new byte[file.Length];
            int length = file.ReadAtLeast(octets, octets.Length, throwOnEndOfStream: false);
            return Parse(octets.AsSpan(0, length), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return Failed(path, $"cannot be read: {e.Message}");
        }
    }

    /// <summary>Checks and types the content of a file.</summary>
    /// <param name="utf8">The content.</param>
    /// <param name="path">Where the file is or would be: it is named in errors, and relative paths begin at its folder.</param>
    public static ConfigurationResult Parse(ReadOnlySpan<byte> utf8, string path)
    {
        var document = TomlDocument.Parse(utf8);
        if (document.Errors.Count > 0)
        {
            return new ConfigurationResult(Options: null, [.. document.Errors.Select(e => ConfigurationError.From(path, e))]);
        }

        var report = new SettingsReport(path);
        string folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? Directory.GetCurrentDirectory();
        var options = MailServerOptions.Read(new TomlSettings(document.Root, report), folder);
        return new ConfigurationResult(report.HasErrors ? null : options, report.Findings);
    }

    /// <summary>Puts new content in a file's place, at once or not at all. Its permissions and its owner stay; a link stays one, and what it names changes.</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">The content.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be written.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        string target = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? Path.GetFullPath(path);
        string made = $"{target}.{Guid.NewGuid():N}.new";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite; // a password may stand in it
        }

        try
        {
            using (var file = new FileStream(made, options))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            ReplacedFile.TakeOver(target, made);
            File.Move(made, target, overwrite: true);
            ReplacedFile.SyncFolder(Path.GetDirectoryName(target)!);
        }
        catch
        {
            File.Delete(made);
            throw;
        }
    }

    private static ConfigurationResult Failed(string path, string message) =>
        new(Options: null, [new ConfigurationError(path, Position: null, message, "")]);
}
