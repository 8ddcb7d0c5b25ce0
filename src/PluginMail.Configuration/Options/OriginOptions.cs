using System.Net;

namespace PluginMail.Configuration.Options;

/// <summary>What a domain's DMARC policy counts for.</summary>
public enum DmarcMode
{
    /// <summary>It is written down and does nothing.</summary>
    None,

    /// <summary>Messages that it would refuse or quarantine go to the Junk folder.</summary>
    Junk,

    /// <summary>What the domain asks for.</summary>
    Enforce,
}

/// <summary>Table <c>[origin]</c>: who incoming messages are from (SPF, DKIM, DMARC, ARC), and signing.</summary>
public sealed record OriginOptions
{
    /// <summary><c>check</c>: whether it is checked. Default true.</summary>
    public bool Check { get; init; } = true;

    /// <summary><c>exempt</c>: clients that are not asked. Default loopback. Logins and <c>[relay] networks</c> never are.</summary>
    public IReadOnlyList<IPNetwork> Exempt { get; init; } = [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128")];

    /// <summary><c>dmarc</c>: <c>"none"</c>, <c>"junk"</c> or <c>"enforce"</c> (the default).</summary>
    public DmarcMode Dmarc { get; init; } = DmarcMode.Enforce;

    /// <summary><c>dmarc_reports</c>: whether authors' domains that ask for them get a report a day. Default true.</summary>
    public bool DmarcReports { get; init; } = true;

    /// <summary><c>refuse_spf_fail</c>: whether SPF's fail refuses by itself. Default false: DMARC weighs it with DKIM.</summary>
    public bool RefuseSpfFail { get; init; }

    /// <summary><c>trusted_sealers</c>: domains whose ARC seals are believed. Default none.</summary>
    public IReadOnlyList<string> TrustedSealers { get; init; } = [];

    /// <summary>
    /// <c>arc_seal</c>: whether mail from outside that is sent on elsewhere is sealed, where the domain it came for has a DKIM key. Default true.
    /// </summary>
    public bool ArcSeal { get; init; } = true;

    /// <summary><c>time</c>: for one message's look-ups together. Default <c>"20s"</c>.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromSeconds(20);

    internal static OriginOptions Read(OptionsReader reader)
    {
        var table = reader.Root.GetTable("origin");
        var defaults = new OriginOptions();
        var sealers = table.GetStrings("trusted_sealers", []);
        for (int i = 0; i < sealers.Count; i++)
        {
            if (!DomainSyntax.IsDomain(sealers[i]))
            {
                table.RejectItem("trusted_sealers", i, "a domain like \"lists.example.org\"");
            }
        }

        return new OriginOptions
        {
            Check = table.GetBoolean("check", defaults.Check),
            Exempt = table.Contains("exempt") ? NetworkSyntax.Read(table, "exempt") : defaults.Exempt,
            Dmarc = table.GetEnum("dmarc", defaults.Dmarc),
            DmarcReports = table.GetBoolean("dmarc_reports", defaults.DmarcReports),
            RefuseSpfFail = table.GetBoolean("refuse_spf_fail", defaults.RefuseSpfFail),
            TrustedSealers = sealers,
            ArcSeal = table.GetBoolean("arc_seal", defaults.ArcSeal),
            Time = table.GetDuration("time", defaults.Time, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(2)),
        };
    }
}
