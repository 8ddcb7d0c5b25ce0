using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;

namespace PluginMail.Dnsbl;

/// <summary>What listings come to.</summary>
internal sealed class ListVerdict(DnsblOptions options, ListLookup lookup, Meter meter, ILogger log)
{
    private readonly Counter<long> _refusals = meter.CreateCounter<long>("refusals", "{refusal}", "Clients and messages refused, by list");

    /// <summary>Weighs listings.</summary>
    /// <param name="id">Of the session or transaction, for the log.</param>
    /// <param name="listings">What is listed.</param>
    /// <param name="deadline">The end of the time for the list's own text.</param>
    public async Task<Verdict> OfAsync(string id, List<Listing> listings, CancellationToken deadline)
    {
        if (listings.Count == 0)
        {
            return Verdict.Pass;
        }

        foreach (var listing in listings)
        {
            DnsblLog.Listed(log, id, listing.Question.What, listing.Question.Subject, listing.List.Name, listing.Reason, listing.Points);
        }

        if (listings.Exists(listing => listing.List.Action == ListAction.Bypass))
        {
            return Verdict.Apply([.. options.Bypass.Select(plugin => new Effect.Bypass(plugin))]);
        }

        if (Worst(listings) is { } worst)
        {
            _refusals.Add(1, new KeyValuePair<string, object?>("list", worst.List.Name));
            return Verdict.Refuse(SmtpReply.PolicyRefusal(await ExplainAsync(worst, deadline)));
        }

        return Verdict.Apply([.. listings.Where(listing => listing.Points != 0).Select(listing => new Effect.Score(listing.Points, listing.Reason))]);
    }

    /// <summary>The listing that is told to the client; null where all of them together do not refuse.</summary>
    private Listing? Worst(List<Listing> listings) =>
        listings.Find(listing => listing.List.Action == ListAction.Refuse)
        ?? (options.Refuse > 0 && listings.Sum(listing => listing.Points) >= options.Refuse ? listings.MaxBy(listing => listing.Points) : null);

    private async Task<string> ExplainAsync(Listing listing, CancellationToken deadline)
    {
        string text = listing.List.SaysText ? await lookup.TextAsync(listing, deadline) : "";
        return $"{listing.Question.What} [{listing.Question.Subject}] blocked using {listing.List.Name}{(text.Length > 0 ? "; " : "")}{text}";
    }
}
