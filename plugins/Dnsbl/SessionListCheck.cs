using System.Collections.Immutable;
using System.Net;
using PluginMail.Abstractions;
using PluginMail.Clients;

namespace PluginMail.Dnsbl;

/// <summary>
/// Asks about client, greeting and sender, all at once when the sender is known: a login or an accepted sender is spared the questions, and
/// each transaction's points count once. What is refused is said at RCPT.
/// </summary>
internal sealed class SessionListCheck(DnsblOptions options, IDnsResolver dns, ListLookup lookup, ListVerdict verdict, TimeProvider clock) : ISessionCheck
{
    private readonly ImmutableArray<DnsList> _lists = [.. options.Lists.Where(list => (list.Subjects & ~Subjects.Uri) != 0)];

    private readonly bool _canBypass = options.Lists.Any(list => list.Action == ListAction.Bypass);

    public SessionStages Stages => _lists.IsEmpty ? SessionStages.None : SessionStages.Sender;

    public IAsyncDisposable? BeginSession(ISessionView session) => _canBypass ? new Standing() : null;

    /// <summary>Whether a session's client is exempt, or on an allow list with which no other list counts.</summary>
    public bool IsSpared(ISessionView session) =>
        options.Exempt.Contain(session) || session.StateOf(this) is Standing { IsBypassed: true };

    public async ValueTask<Verdict> CheckAsync(SessionCheckContext context, IAsyncDisposable? state, CancellationToken cancellationToken)
    {
        var standing = state as Standing;
        standing?.IsBypassed = false;
        if (context.Session is not { Direction: Direction.Incoming, Protocol: "smtp", RemoteEndPoint.Address: { } remote } || options.Exempt.Contain(context.Session))
        {
            return Verdict.Pass;
        }

        var client = ClientNetworks.Plain(remote);
        using var limit = new CancellationTokenSource(options.Deadline, clock);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var named = AskReverseNameAsync(client, deadline.Token, cancellationToken);
        var listings = await lookup.AskAsync(Questions(context, client), deadline.Token, cancellationToken);
        foreach (var listing in await named)
        {
            if (!listings.Exists(other => other.List == listing.List && other.Question.Label == listing.Question.Label))
            {
                listings.Add(listing);
            }
        }

        standing?.IsBypassed = listings.Exists(listing => listing.List.Action == ListAction.Bypass);
        return await verdict.OfAsync(context.Session.Id, listings, deadline.Token);
    }

    private IEnumerable<ListQuestion> Questions(SessionCheckContext context, IPAddress client)
    {
        string reversed = ReversedAddress.Of(client);
        string? helo = HostName.Normalize(context.Session.HelloName ?? "");
        string? sender = HostName.Normalize(context.Sender?.Domain ?? "");
        foreach (var list in _lists)
        {
            if (list.Subjects.HasFlag(Subjects.Client))
            {
                yield return new ListQuestion(list, "Client host", client.ToString(), reversed);
            }

            var asksSender = list.Subjects.HasFlag(Subjects.Sender) ? AboutName(list, "Sender domain", sender) : null;
            var asksHelo = list.Subjects.HasFlag(Subjects.Helo) ? AboutName(list, "Helo name", helo) : null;
            if (asksSender is not null)
            {
                yield return asksSender;
            }

            if (asksHelo is not null && asksHelo.Label != asksSender?.Label)
            {
                yield return asksHelo;
            }
        }
    }

    private async Task<List<Listing>> AskReverseNameAsync(IPAddress client, CancellationToken deadline, CancellationToken cancellationToken)
    {
        ImmutableArray<DnsList> lists = [.. _lists.Where(list => list.Subjects.HasFlag(Subjects.ReverseName))];
        if (lists.IsEmpty)
        {
            return [];
        }

        try
        {
            var answer = await dns.QueryAsync(ReversedAddress.NameOf(client), DnsRecordType.PTR, deadline);
            string? name = answer is { Status: DnsStatus.Found, Records: [var first, ..] } ? HostName.Normalize(first) : null;
            return await lookup.AskAsync(
                lists.Select(list => AboutName(list, "Client name", name)).OfType<ListQuestion>(), deadline, cancellationToken);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return [];
        }
    }

    private ListQuestion? AboutName(DnsList list, string what, string? name) =>
        name is null ? null : new ListQuestion(list, what, name, list.AsksRegistered ? options.Domains.Of(name) : name);

    /// <summary>What the last transaction's lists said of the client, for the check of its links.</summary>
    private sealed class Standing : IAsyncDisposable
    {
        public bool IsBypassed { get; set; }

        public ValueTask DisposeAsync() => default;
    }
}
