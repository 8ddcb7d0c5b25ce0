namespace PluginMail.Configuration.Options;

/// <summary>Table <c>[server]</c>.</summary>
public sealed record ServerOptions
{
    /// <summary><c>hostname</c>: the name in EHLO, banners and Received (RFC 5321 2.3.5). Default: the machine's name.</summary>
    public string Hostname { get; init; } = MachineName();

    /// <summary><c>data</c>: the folder of all that the server keeps; made where it is missing. Default <c>"data"</c>, beside mail.toml.</summary>
    public string Data { get; init; } = "data";

    /// <summary><c>shutdown</c>: how long sessions may go on when the server stops, from 0 to 10 minutes. Default <c>"10s"</c>.</summary>
    public TimeSpan Shutdown { get; init; } = TimeSpan.FromSeconds(10);

    internal static ServerOptions Read(OptionsReader reader)
    {
        var table = reader.Root.GetTable("server");
        var defaults = new ServerOptions();
        string hostname = table.GetString("hostname", "");
        if (hostname.Length > 0 && !DomainSyntax.IsHostname(hostname))
        {
            table.Reject("hostname", "a host name like \"mail.example.org\": letters, digits and hyphens, parted by dots");
        }

        if (table.Contains("data") && table.GetString("data", defaults.Data).Length == 0)
        {
            table.Reject("data", "a folder");
        }

        return new ServerOptions
        {
            Hostname = hostname.Length > 0 ? hostname : defaults.Hostname,
            Data = reader.GetPath(table, "data", defaults.Data),
            Shutdown = table.GetDuration("shutdown", defaults.Shutdown, TimeSpan.Zero, TimeSpan.FromMinutes(10)),
        };
    }

    private static string MachineName()
    {
        string name = System.Net.Dns.GetHostName();
        return DomainSyntax.IsHostname(name) ? name : "localhost";
    }
}
