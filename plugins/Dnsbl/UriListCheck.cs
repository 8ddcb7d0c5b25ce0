using System.Collections.Immutable;
using System.Net;
using PluginMail.Abstractions;
using PluginMail.Clients;

namespace PluginMail.Dnsbl;

/// <summary>Asks about the hosts that links in a message's texts point to, except those of clients that are exempt, or on an allow list that bypasses.</summary>
internal sealed class UriListCheck(DnsblOptions options, SessionListCheck clients, ListLookup lookup, ListVerdict verdict, TimeProvider clock) : IMessageCheck
{
    private readonly ImmutableArray<DnsList> _lists = [.. options.Lists.Where(list => list.Subjects.HasFlag(Subjects.Uri))];

    public async ValueTask<Verdict> CheckAsync(IMessageView message, CancellationToken cancellationToken)
    {
        if (_lists.IsEmpty || message.Direction == Direction.Outgoing || clients.IsSpared(message.Session))
        {
            return Verdict.Pass;
        }

        var questions = Questions(LinkedHosts.Of(message, options.MaximumText)).ToList();
        if (questions.Count == 0)
        {
            return Verdict.Pass;
        }

        using var limit = new CancellationTokenSource(options.Deadline, clock);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var listings = await lookup.AskAsync(questions, deadline.Token, cancellationToken);

        // A list counts once however many links it knows: by the worst of them.
        List<Listing> worst = [.. listings.GroupBy(listing => listing.List).Select(group => group.MaxBy(listing => Math.Abs(listing.Points))!)];
        return await verdict.OfAsync(message.TransactionId, worst, deadline.Token);
    }

    /// <summary>What each list is asked: so many different names at most, of as many domains as there are, so that many of one hide no other.</summary>
    private IEnumerable<ListQuestion> Questions(IEnumerable<string> hosts)
    {
        var domains = hosts.Distinct(StringComparer.Ordinal).GroupBy(options.Domains.Of, StringComparer.Ordinal).Take(options.MaximumHosts).ToList();
        List<(string Host, string Registered)> inOrder =
        [
            .. domains.Select(domain => (domain.First(), domain.Key)),
            .. domains.SelectMany(domain => domain.Skip(1).Take(options.MaximumHosts).Select(host => (host, domain.Key))),
        ];
        foreach (var list in _lists)
        {
            var asked = new HashSet<string>(StringComparer.Ordinal);
            foreach (var (host, registered) in inOrder)
            {
                if (asked.Count < options.MaximumHosts && Label(list, host, registered) is { } label && asked.Add(label))
                {
                    yield return new ListQuestion(list, "A link in the message to", host, label);
                }
            }
        }
    }

    private static string? Label(DnsList list, string host, string registered) =>
        !IPAddress.TryParse(host, out var address) ? list.AsksRegistered ? registered : host
        : list.AsksAddresses ? ReversedAddress.Of(address)
        : null;
}
