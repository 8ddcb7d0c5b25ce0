using System.Collections.Immutable;
using PluginMail.Abstractions;

namespace PluginMail.Milter;

/// <summary>The plugin's table.</summary>
internal sealed record MilterOptions(ImmutableArray<MilterServer> Servers, string Hostname, string Origin, bool ClientNames)
{
    /// <summary>Reads the table; what is wrong in it is gathered there.</summary>
    /// <param name="settings">The table.</param>
    /// <param name="ownName">This server's name, which milters are told where the table names no other.</param>
    public static MilterOptions Read(ISettings settings, string ownName)
    {
        ImmutableArray<MilterServer> servers = [.. settings.GetTables("servers").Select(MilterServer.Read)];
        if (servers.IsEmpty)
        {
            settings.Reject("servers", "at least one milter: [[plugins.milter.servers]] with its address");
        }
        else if (servers.DistinctBy(server => server.Name).Count() != servers.Length)
        {
            settings.Reject("servers", "a name for each, no two the same");
        }

        string hostname = settings.GetString("hostname", "");
        if (hostname.Any(static c => c is <= ' ' or > '~') || hostname.Length > 255)
        {
            settings.Reject("hostname", "a host name, or nothing for the server's own");
        }

        string origin = settings.GetString("origin", "");
        if (origin.Length > 0 && !EmailAddress.IsDomain(origin))
        {
            settings.Reject("origin", "a domain, or nothing for the server's own name");
        }

        return new MilterOptions(
            servers,
            hostname.Length > 0 ? hostname : ownName,
            origin.Length > 0 ? origin : ownName,
            settings.GetBoolean("client_names", defaultValue: true));
    }
}
