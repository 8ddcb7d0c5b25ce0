using PluginMail.Abstractions;
using PluginMail.Daemons;
using PluginMail.Viruses;

namespace PluginMail.ClamAv;

/// <summary>The plugin's table.</summary>
internal sealed record ClamAvOptions(DaemonOptions Daemons, VirusOptions Viruses)
{
    /// <summary>Reads the table; what is wrong in it is gathered there.</summary>
    public static ClamAvOptions Read(ISettings settings) => new(
        DaemonOptions.Read(settings, "127.0.0.1:3310", "scan_timeout", TimeSpan.FromSeconds(25), defaultConnections: 10),
        VirusOptions.Read(settings));
}
