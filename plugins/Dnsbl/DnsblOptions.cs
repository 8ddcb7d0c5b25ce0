using System.Collections.Immutable;
using PluginMail.Abstractions;
using PluginMail.Clients;

namespace PluginMail.Dnsbl;

/// <summary>The plugin's table.</summary>
internal sealed record DnsblOptions(
    ImmutableArray<DnsList> Lists,
    double Refuse,
    TimeSpan Deadline,
    ClientNetworks Exempt,
    ImmutableArray<string> Bypass,
    int MaximumHosts,
    long MaximumText,
    RegisteredDomains Domains)
{
    private static readonly string[] Spared = ["greylist", "reversedns"];

    /// <summary>Reads the table; what is wrong in it is gathered there.</summary>
    public static DnsblOptions Read(ISettings settings) => new(
        ReadLists(settings),
        settings.GetNumber("refuse", defaultValue: 0, minimum: 0, maximum: 1000),
        settings.GetDuration("deadline", TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1)),
        ClientNetworks.Read(settings, "exempt", ClientNetworks.NoStrangers),
        [.. settings.GetStrings("bypass", Spared)],
        (int)settings.GetInteger("maximum_hosts", defaultValue: 20, minimum: 1, maximum: 200),
        settings.GetSize("maximum_text", 256 * 1024),
        ReadDomains(settings));

    private static ImmutableArray<DnsList> ReadLists(ISettings settings)
    {
        ImmutableArray<DnsList> lists = [.. settings.GetTables("lists").Select(ListSettings.Read)];
        if (lists.IsEmpty)
        {
            settings.Reject("lists", "at least one list: [[plugins.dnsbl.lists]] with its zone");
        }

        return lists;
    }

    private static RegisteredDomains ReadDomains(ISettings settings)
    {
        string file = settings.GetString("public_suffixes", "");
        if (file.Length == 0)
        {
            return RegisteredDomains.ByRule;
        }

        try
        {
            return RegisteredDomains.Read(File.ReadLines(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            settings.Reject("public_suffixes", "a readable copy of the Public Suffix List, as /usr/share/publicsuffix/public_suffix_list.dat");
            return RegisteredDomains.ByRule;
        }
    }
}
