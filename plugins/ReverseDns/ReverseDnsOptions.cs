using PluginMail.Abstractions;
using PluginMail.Clients;

namespace PluginMail.ReverseDns;

/// <summary>What becomes of a client about which DNS cannot say something.</summary>
internal enum WhenUnsaid
{
    /// <summary>It passes.</summary>
    Pass,

    /// <summary>It is asked to come again.</summary>
    Defer,
}

/// <summary>The plugin's table.</summary>
internal sealed record ReverseDnsOptions(
    CheckSetting NoName,
    CheckSetting Unconfirmed,
    CheckSetting GenericName,
    CheckSetting HeloSyntax,
    CheckSetting HeloAddress,
    CheckSetting HeloLiteral,
    CheckSetting HeloOwnName,
    CheckSetting HeloUnresolvable,
    CheckSetting HeloUnconfirmed,
    CheckSetting HeloGeneric,
    HostPatterns OwnNames,
    WhenUnsaid OnDnsFailure,
    TimeSpan Deadline,
    ClientNetworks Exempt)
{
    /// <summary>Reads the table; what is wrong in it is gathered there.</summary>
    /// <param name="settings">The table.</param>
    /// <param name="hostname">This server's name, which is its own where the table names no other.</param>
    public static ReverseDnsOptions Read(ISettings settings, string hostname) => new(
        CheckSetting.Read(settings, "no_name", "score 2.0"),
        CheckSetting.Read(settings, "unconfirmed", "score 1.0"),
        CheckSetting.Read(settings, "generic_name", "score 1.5"),
        CheckSetting.Read(settings, "helo_syntax", "score 2.0"),
        CheckSetting.Read(settings, "helo_address", "score 3.0"),
        CheckSetting.Read(settings, "helo_literal", "score 2.0"),
        CheckSetting.Read(settings, "helo_own_name", "refuse"),
        CheckSetting.Read(settings, "helo_unresolvable", "score 1.5"),
        CheckSetting.Read(settings, "helo_unconfirmed", "off"),
        CheckSetting.Read(settings, "helo_generic", "score 1.0"),
        ReadOwnNames(settings, hostname),
        settings.GetEnum("on_dns_failure", WhenUnsaid.Pass),
        settings.GetDuration("deadline", TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1)),
        ClientNetworks.Read(settings, "exempt", ClientNetworks.NoStrangers));

    private static HostPatterns ReadOwnNames(ISettings settings, string hostname) =>
        settings.Contains("own_names") ? HostPatterns.Read(settings, "own_names")
        : HostName.Normalize(hostname) is { } own ? new HostPatterns([own])
        : new HostPatterns([]);
}
