using System.Collections.Immutable;

namespace PluginMail.MailAuth;

/// <summary>A policy as a report repeats it (RFC 7489 appendix C, PolicyPublishedType).</summary>
/// <param name="Policy">p=.</param>
/// <param name="SubdomainPolicy">sp=, or p= where it is missing.</param>
/// <param name="NonexistentPolicy">np=; null where it is missing.</param>
/// <param name="IsDkimStrict">adkim=s.</param>
/// <param name="IsSpfStrict">aspf=s.</param>
/// <param name="Percent">pct=.</param>
/// <param name="IsTesting">t=y.</param>
/// <param name="FailureOptions">fo=.</param>
/// <param name="AggregateUris">rua=, each as published.</param>
public sealed record DmarcPublishedPolicy(
    DmarcPolicy Policy,
    DmarcPolicy SubdomainPolicy,
    DmarcPolicy? NonexistentPolicy,
    bool IsDkimStrict,
    bool IsSpfStrict,
    int Percent,
    bool IsTesting,
    string FailureOptions,
    ImmutableArray<string> AggregateUris)
{
    internal static DmarcPublishedPolicy Of(DmarcRecord record) => new(
        record.Policy,
        record.SubdomainPolicy ?? record.Policy,
        record.NonexistentPolicy,
        record.IsDkimStrict,
        record.IsSpfStrict,
        record.Percent,
        record.IsTesting,
        record.FailureOptions,
        record.AggregateUris);
}
