using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using PluginMail.Abstractions;
using PluginMail.Daemons;
using PluginMail.Viruses;

namespace PluginMail.Icap;

/// <summary>What is sent to a service.</summary>
internal enum Scanned
{
    /// <summary>The message as it is.</summary>
    Message,

    /// <summary>Each of its parts, its transfer encoding removed.</summary>
    Parts,
}

/// <summary>As what it is sent (RFC 3507 sections 4.8 and 4.9).</summary>
internal enum IcapMode
{
    Respmod,
    Reqmod,
}

/// <summary>The plugin's table.</summary>
internal sealed record IcapOptions(
    ImmutableArray<IcapAddress> Servers,
    IcapPreset Preset,
    IcapMode Mode,
    Scanned Scan,
    DaemonOptions Daemons,
    bool ChecksCertificate,
    X509Certificate2Collection? CertificateAuthorities,
    VirusOptions Viruses)
{
    private static readonly string[] NoServers = [];

    /// <summary>Reads the table; what is wrong in it is gathered there.</summary>
    public static IcapOptions Read(ISettings settings)
    {
        var mode = settings.GetEnum("mode", IcapMode.Respmod);
        var preset = IcapPreset.Of(settings.GetEnum("product", Product.Generic), mode == IcapMode.Reqmod);
        var servers = ReadServers(settings, preset);
        return new(
            servers,
            preset,
            mode,
            settings.GetEnum("scan", Scanned.Message),
            new DaemonOptions(
                [.. servers.Select(address => address.Daemon)],
                settings.GetEnum("order", Balance.Failover),
                (int)settings.GetInteger("connections", defaultValue: 10, minimum: 1, maximum: 1000),
                ReadTime(settings, "connect_timeout", TimeSpan.FromSeconds(3)),
                ReadTime(settings, "scan_timeout", TimeSpan.FromSeconds(25)),
                ReadTime(settings, "retry_after", TimeSpan.FromSeconds(30))),
            settings.GetBoolean("check_certificate", defaultValue: true),
            ReadAuthorities(settings),
            VirusOptions.Read(settings));
    }

    private static ImmutableArray<IcapAddress> ReadServers(ISettings settings, IcapPreset preset)
    {
        var texts = settings.GetStrings("servers", NoServers);
        var servers = ImmutableArray.CreateBuilder<IcapAddress>();
        foreach (string text in texts)
        {
            if (IcapAddress.TryParse(text, preset.Service, out var address) && !servers.Contains(address))
            {
                servers.Add(address);
            }
        }

        if (servers.Count != texts.Count || servers.Count == 0)
        {
            settings.Reject("servers", preset.Service.Length > 0
                ? "a list of different addresses like \"icap://127.0.0.1:1344\" or \"icaps://scanner.example.org\""
                : "a list of different addresses like \"icap://127.0.0.1:1344/respmod\"; without the service's path only with a product's name");
        }

        return servers.ToImmutable();
    }

    private static X509Certificate2Collection? ReadAuthorities(ISettings settings)
    {
        string file = settings.GetString("certificate_authorities", "");
        if (file.Length == 0)
        {
            return null;
        }

        X509Certificate2Collection authorities = [];
        try
        {
            authorities.ImportFromPemFile(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            authorities.Clear();
        }

        if (authorities.Count == 0)
        {
            settings.Reject("certificate_authorities", "a readable PEM file of certificates");
        }

        return authorities;
    }

    private static TimeSpan ReadTime(ISettings settings, string key, TimeSpan defaultValue)
    {
        var value = settings.GetDuration(key, defaultValue);
        if (value < TimeSpan.FromMilliseconds(100) || value > TimeSpan.FromMinutes(10))
        {
            settings.Reject(key, "a duration from 100ms to 10m");
        }

        return value;
    }
}
