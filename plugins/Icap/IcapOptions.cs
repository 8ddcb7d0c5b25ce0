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
    ImmutableArray<IcapAddress> Addresses,
    IcapPreset Preset,
    IcapMode Mode,
    Scanned Scan,
    DaemonOptions Daemons,
    bool ChecksCertificate,
    X509Certificate2Collection? CertificateAuthorities,
    VirusOptions Viruses)
{
    private static readonly string[] NoAddresses = [];

    /// <summary>Reads the table; what is wrong in it is gathered there.</summary>
    public static IcapOptions Read(ISettings settings)
    {
        var mode = settings.GetEnum("mode", IcapMode.Respmod);
        var preset = IcapPreset.Of(settings.GetEnum("product", Product.Generic), mode == IcapMode.Reqmod);
        var addresses = ReadAddresses(settings, preset);
        return new(
            addresses,
            preset,
            mode,
            settings.GetEnum("scan", Scanned.Message),
            DaemonOptions.Read(
                settings, [.. addresses.Select(address => address.Daemon)], "scan_timeout", TimeSpan.FromSeconds(25), defaultConnections: 10),
            settings.GetBoolean("check_certificate", defaultValue: true),
            ReadAuthorities(settings),
            VirusOptions.Read(settings));
    }

    private static ImmutableArray<IcapAddress> ReadAddresses(ISettings settings, IcapPreset preset)
    {
        var texts = settings.GetStrings(DaemonOptions.AddressKey, NoAddresses);
        var addresses = ImmutableArray.CreateBuilder<IcapAddress>();
        foreach (string text in texts)
        {
            if (IcapAddress.TryParse(text, preset.Service, out var address) && !addresses.Contains(address))
            {
                addresses.Add(address);
            }
        }

        if (addresses.Count != texts.Count || addresses.Count == 0)
        {
            settings.Reject(DaemonOptions.AddressKey, preset.Service.Length > 0
                ? "a list of different addresses like \"icap://127.0.0.1:1344\" or \"icaps://scanner.example.org\""
                : "a list of different addresses like \"icap://127.0.0.1:1344/respmod\"; without the service's path only with a product's name");
        }

        return addresses.ToImmutable();
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
}
