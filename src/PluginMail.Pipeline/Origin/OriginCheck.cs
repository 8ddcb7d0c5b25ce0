using System.Collections.Immutable;
using PluginMail.Abstractions;
using PluginMail.MailAuth;
using PluginMail.Mime;

namespace PluginMail.Pipeline;

/// <summary>The built-in check of who messages are from, on PluginMail.MailAuth.</summary>
/// <param name="authentication">Asks DNS and verifies.</param>
/// <param name="signer">Signs.</param>
/// <param name="rows">Takes what is reported to authors' domains.</param>
/// <param name="options">Settings; asked anew for each message.</param>
public sealed class OriginCheck(
    Func<MailAuthentication> authentication, MessageSigner signer, IDmarcReportRows rows, Func<OriginOptions> options) : IOriginCheck
{
    private const int MaximumExplanation = 200;

    /// <inheritdoc/>
    public bool Concerns(ISessionView session)
    {
        OriginOptions current = options();
        return current.IsEnabled && session is { Direction: Direction.Incoming, Protocol: "smtp" } && session.RemoteEndPoint is not null && !IsExempt(session, current);
    }

    /// <inheritdoc/>
    public ImmutableArray<MimeHeaderEdit> RemoveForged(ISessionView session, MessageContent message)
    {
        OriginOptions current = options();
        bool isTrusted = session.Authenticated is null && (session.Protocol == "lmtp" || !current.IsEnabled || IsExempt(session, current)); // another server of ours
        return isTrusted ? [] : authentication().RemoveForgedResults(message);
    }

    /// <inheritdoc/>
    public async ValueTask<OriginFinding> CheckAsync(AuthenticationRequest request, CancellationToken cancellationToken)
    {
        OriginOptions current = options();
        AuthenticationOutcome outcome = await authentication().EvaluateAsync(request, cancellationToken);
        if (current.KeepsReportRows && outcome.ReportRow is { } row)
        {
            await rows.AppendAsync(row, cancellationToken);
        }

        DmarcPolicy disposition = IsVouchedFor(outcome, current) ? DmarcPolicy.None : outcome.Dmarc.Disposition;
        return new OriginFinding(
            outcome,
            Refusal(outcome, disposition, current),
            current.Dmarc switch
            {
                DmarcEnforcement.Enforce => disposition == DmarcPolicy.Quarantine,
                DmarcEnforcement.Junk => disposition != DmarcPolicy.None,
                _ => false,
            },
            Summary(outcome, disposition));
    }

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<MimeHeaderEdit>> SignAsync(MessageContent message, CancellationToken cancellationToken) =>
        signer.SignAsync(message, cancellationToken);

    private static bool IsExempt(ISessionView session, OriginOptions options) => session.RemoteEndPoint?.Address is { } client
        && options.Exempt.Any(network => network.Contains(client.IsIPv4MappedToIPv6 ? client.MapToIPv4() : client));

    private static bool IsVouchedFor(AuthenticationOutcome outcome, OriginOptions options) =>
        outcome.Arc is { Result: ArcResult.Pass, SealerDomain: { } sealer }
        && options.TrustedSealers.Contains(sealer, StringComparer.OrdinalIgnoreCase);

    private static SmtpReply? Refusal(AuthenticationOutcome outcome, DmarcPolicy disposition, OriginOptions options)
    {
        if (options.Dmarc == DmarcEnforcement.Enforce && disposition == DmarcPolicy.Reject)
        {
            return new SmtpReply( // RFC 7372 section 3.3
                550,
                new EnhancedStatusCode(5, 7, 26),
                $"{outcome.Dmarc.AuthorDomain} asks to refuse messages that neither SPF nor DKIM vouches for (DMARC)");
        }

        if (!options.RefusesSpfFail || outcome.SpfMailFrom is not { Result: SpfResult.Fail } spf)
        {
            return null;
        }

        string said = spf.Explanation is { } explanation
            ? $"; {spf.Domain} explains: {(explanation.Length > MaximumExplanation ? explanation[..MaximumExplanation] : explanation)}"
            : "";
        return new SmtpReply(550, new EnhancedStatusCode(5, 7, 23), $"SPF of {spf.Domain} does not allow this client{said}"); // RFC 7372 section 3.2
    }

    private static string Summary(AuthenticationOutcome outcome, DmarcPolicy disposition)
    {
        string dkim = outcome.Dkim.IsEmpty ? "none" : string.Join(',', outcome.Dkim.Select(signature => signature.Result).Distinct());
        string asked = disposition == DmarcPolicy.None ? "" : $" disposition={disposition}";
        return $"spf={outcome.SpfMailFrom?.Result} dkim={dkim} dmarc={outcome.Dmarc.Result} ({outcome.Dmarc.AuthorDomain}) arc={outcome.Arc.Result}{asked}"
            .ToLowerInvariant();
    }
}
