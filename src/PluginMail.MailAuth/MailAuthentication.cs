using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using PluginMail.Abstractions;
using PluginMail.Mime;

namespace PluginMail.MailAuth;

/// <summary>
/// Says who an incoming message is from: SPF, DKIM, ARC, DMARC and iprev under one deadline, their look-ups side by side, the body read once.
/// Safe for concurrent use; keeps nothing between messages (the resolver has the cache).
/// </summary>
/// <param name="dns">Looks names up.</param>
/// <param name="clock">The time of signatures, and of the deadline.</param>
/// <param name="options">How.</param>
public sealed class MailAuthentication(IDnsResolver dns, TimeProvider clock, MailAuthenticationOptions options)
{
    private static int Sample() => RandomNumberGenerator.GetInt32(100);

    /// <summary>Authenticates a message.</summary>
    /// <param name="request">The message and how it came.</param>
    /// <param name="cancellationToken">The session's end.</param>
    /// <returns>The outcome. Whatever the message holds gives one; what time ran out for is a temporary error in it.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    /// <exception cref="IOException">The message cannot be read.</exception>
    public async ValueTask<AuthenticationOutcome> EvaluateAsync(AuthenticationRequest request, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(options.Timeout, clock);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        ReceivedMessage message = ReceivedMessage.Read(request.Message);
        AuthorDomains authors = AuthorDomains.Read(message.Header);
        var tree = new DmarcTree(dns);
        Task<DmarcStanding>[] policies = [.. authors.Domains.Select(domain => tree.FindAsync(domain, linked.Token))];
        Task<SpfVerification?> mailFrom = SpfAsync(SpfIdentity.MailFrom, request, linked.Token);
        Task<SpfVerification?> helo = SpfAsync(SpfIdentity.Helo, request, linked.Token);
        Task<ReverseNameVerification?> reverse = ReverseNameAsync(request, linked.Token);
        (ImmutableArray<DkimVerification> dkim, ArcVerification arc) = await SignaturesAsync(message, authors, linked.Token, cancellationToken);
        await Task.WhenAll([mailFrom, helo, reverse, .. policies]);
        DmarcVerification dmarc = await new DmarcVerifier(tree, dns, Sample).VerifyAsync(authors, await mailFrom, dkim, linked.Token);
        cancellationToken.ThrowIfCancellationRequested();
        string results = ResultsWriter.Write(
            OutcomeResults.Of(options.AuthservId, request, await mailFrom, await helo, await reverse, dkim, dmarc, arc));
        return new AuthenticationOutcome
        {
            SpfMailFrom = await mailFrom,
            SpfHelo = await helo,
            ReverseName = await reverse,
            Dkim = dkim,
            Arc = arc,
            Dmarc = dmarc,
            AuthenticationResults = results,
            HeaderEdits = Edits(request, message, results),
            ReportRow = DmarcReportRow.Of(clock.GetUtcNow(), request, await mailFrom, dkim, dmarc, arc),
        };
    }

    /// <summary>Checks the sender alone (RFC 7208), before there is a message.</summary>
    /// <param name="client">The client's address.</param>
    /// <param name="helo">What the client called itself; null where it did not.</param>
    /// <param name="sender">The reverse path; null for the null sender.</param>
    /// <param name="cancellationToken">The session's end.</param>
    /// <returns>The result; what time ran out for is a temporary error.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public async ValueTask<SpfVerification> CheckSenderAsync(IPAddress client, string? helo, EmailAddress? sender, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(options.Timeout, clock);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        SpfVerification spf = await new SpfVerifier(dns, clock, options.AuthservId).VerifyAsync(SpfIdentity.MailFrom, client, helo, sender, linked.Token);
        cancellationToken.ThrowIfCancellationRequested();
        return spf;
    }

    /// <summary>Finds the Authentication-Results in this server's name of a message that is not authenticated (RFC 8601 section 5).</summary>
    /// <param name="message">The message.</param>
    /// <returns>The edits that remove them.</returns>
    public ImmutableArray<MimeHeaderEdit> RemoveForgedResults(MessageContent message) =>
        [.. ForgedResults.Remove(ReceivedMessage.Read(message).Header, options.AuthservId, removesAll: false)];

    private ImmutableArray<MimeHeaderEdit> Edits(AuthenticationRequest request, ReceivedMessage message, string results) =>
    [
        .. ForgedResults.Remove(message.Header, options.AuthservId, options.RemovesAllForeignResults && !request.IsFromTrustedHost),
        new MimeHeaderEdit.PrependFolded("Authentication-Results", results),
    ];

    private async Task<(ImmutableArray<DkimVerification> Dkim, ArcVerification Arc)> SignaturesAsync(
        ReceivedMessage message, AuthorDomains authors, CancellationToken deadline, CancellationToken cancellationToken)
    {
        var keys = new KeyLookup(dns);
        var bodies = new BodyHashes();
        var dkim = new DkimVerifier(message, keys, options, clock.GetUtcNow().ToUnixTimeSeconds());
        var arc = new ArcVerifier(message, keys);
        dkim.Begin(bodies, authors.Domains, deadline);
        arc.Begin(bodies, deadline);
        bodies.Compute(message, cancellationToken);
        return (await dkim.FinishAsync(), await arc.FinishAsync());
    }

    private async Task<SpfVerification?> SpfAsync(SpfIdentity identity, AuthenticationRequest request, CancellationToken cancellationToken) =>
        request.ClientAddress is { } client
            ? await new SpfVerifier(dns, clock, options.AuthservId).VerifyAsync(identity, client, request.HeloName, request.Sender, cancellationToken)
            : null;

    private async Task<ReverseNameVerification?> ReverseNameAsync(AuthenticationRequest request, CancellationToken cancellationToken) =>
        request.ClientAddress is { } client && options.ChecksReverseName
            ? await new ReverseNameVerifier(dns).VerifyAsync(client, cancellationToken)
            : null;
}
