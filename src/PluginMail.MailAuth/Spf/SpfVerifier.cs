using System.Net;
using PluginMail.Abstractions;

namespace PluginMail.MailAuth;

/// <summary>Checks the identities of one SMTP client (RFC 7208 section 2).</summary>
/// <param name="dns">Looks names up.</param>
/// <param name="clock">Gives the macro t.</param>
/// <param name="receiver">The name of this host, for the macro r.</param>
internal sealed class SpfVerifier(IDnsResolver dns, TimeProvider clock, string receiver)
{
    /// <summary>Checks one identity.</summary>
    /// <param name="identity">Which.</param>
    /// <param name="client">The client's address; IPv4 in an IPv6 coat counts as IPv4 (section 4.3 and RFC 4291 section 2.5.5.2).</param>
    /// <param name="helo">What the client called itself; null where it did not.</param>
    /// <param name="sender">The reverse path; null for the null sender.</param>
    /// <param name="cancellationToken">The end of the time; the result is then temperror.</param>
    public async ValueTask<SpfVerification> VerifyAsync(
        SpfIdentity identity, IPAddress client, string? helo, EmailAddress? sender, CancellationToken cancellationToken)
    {
        client = client.IsIPv4MappedToIPv6 ? client.MapToIPv4() : client;
        string heloDomain = helo is null ? "" : DomainName.Normalize(helo) ?? "";
        bool isHelo = identity == SpfIdentity.Helo || sender is null;
        string domain = isHelo ? heloDomain : DomainName.Normalize(sender!.Domain) ?? "";
        string localPart = isHelo || sender!.LocalPart.Length == 0 ? "postmaster" : sender.LocalPart;
        var values = new SpfMacroValues
        {
            Client = client,
            Helo = heloDomain.Length > 0 || helo is null ? heloDomain : helo[..Math.Min(helo.Length, DomainName.MaximumLength)],
            LocalPart = localPart,
            SenderDomain = domain,
            Domain = domain,
            Receiver = receiver,
            Timestamp = clock.GetUtcNow().ToUnixTimeSeconds(),
        };
        string shown = $"{localPart}@{domain}";
        try
        {
            var evaluator = new SpfEvaluator(new SpfLookups(dns, client), values);
            SpfOutcome outcome = await evaluator.CheckHostAsync(domain, cancellationToken);
            string? explanation = outcome.Result == SpfResult.Fail ? await evaluator.ExplainAsync(outcome, cancellationToken) : null;
            return new SpfVerification(identity, outcome.Result, domain, shown, outcome.Mechanism, explanation, outcome.Problem);
        }
        catch (OperationCanceledException)
        {
            return new SpfVerification(identity, SpfResult.TempError, domain, shown, null, null, "no time left");
        }
    }
}
