using System.Text;
using Serilog.Debugging;
using Serilog.Sinks.File;

namespace PluginMail.Server;

/// <summary>Keeps a link with a name that stays to the log file of the day, for what follows a log by its name, as fail2ban does.</summary>
/// <param name="link">The link's path. A file of that name is somebody's, and stays.</param>
internal sealed class LatestLog(string link) : FileLifecycleHooks
{
    /// <inheritdoc/>
    public override Stream OnFileOpened(string path, Stream underlyingStream, Encoding encoding)
    {
        string made = link + ".new";
        try
        {
            if (new FileInfo(link) is not { Exists: true, LinkTarget: null })
            {
                File.Delete(made);
                File.CreateSymbolicLink(made, Path.GetFileName(path));
                File.Move(made, link, overwrite: true);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            SelfLog.WriteLine("{0} could not be made a link to {1}: {2}", link, path, e.Message); // the log itself is there
        }

        return underlyingStream;
    }
}
