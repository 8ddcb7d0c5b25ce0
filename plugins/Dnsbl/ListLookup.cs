using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Clients;
using PluginMail.Text;

namespace PluginMail.Dnsbl;

/// <summary>A question to a list.</summary>
/// <param name="List">The list.</param>
/// <param name="What">What is asked about, in a reply's words.</param>
/// <param name="Subject">The address or name that is asked about.</param>
/// <param name="Label">What stands before the zone.</param>
internal sealed record ListQuestion(DnsList List, string What, string Subject, string Label);

/// <summary>A question that was answered with yes.</summary>
/// <param name="Question">The question.</param>
/// <param name="Points">What it counts.</param>
/// <param name="Reason">The score's reason.</param>
internal sealed record Listing(ListQuestion Question, double Points, string Reason)
{
    public DnsList List => Question.List;
}

/// <summary>Asks many lists at once.</summary>
internal sealed class ListLookup(IDnsResolver dns, TimeProvider clock, Meter meter, ILogger log)
{
    private readonly Counter<long> _lookups = meter.CreateCounter<long>("lookups", "{lookup}", "Questions to lists, by list and result");
    private readonly Histogram<double> _durations = meter.CreateHistogram<double>("lookup.duration", "s", "Time that a list took to answer, by list");
    private readonly HourlyWarnings _warnings = new(clock);
    private readonly RestingLists _resting = new(clock);

    /// <summary>Asks all questions at once.</summary>
    /// <param name="questions">The questions.</param>
    /// <param name="deadline">The end of the time; what has not answered then is not listed.</param>
    /// <param name="cancellationToken">The end of the call.</param>
    /// <returns>What is listed, in the questions' order.</returns>
    public async Task<List<Listing>> AskAsync(IEnumerable<ListQuestion> questions, CancellationToken deadline, CancellationToken cancellationToken)
    {
        var listings = await Task.WhenAll(questions.Select(question => AskAsync(question, deadline, cancellationToken)));
        return [.. listings.OfType<Listing>()];
    }

    /// <summary>The text that the list has for a listing, cut and made printable; empty where there is none in time.</summary>
    public async Task<string> TextAsync(Listing listing, CancellationToken deadline)
    {
        try
        {
            var answer = await dns.QueryAsync(NameOf(listing.Question), DnsRecordType.TXT, deadline);
            return answer.Status == DnsStatus.Found && answer.Records is [var text, ..] ? Printable.Of(text) : "";
        }
        catch (OperationCanceledException)
        {
            return "";
        }
    }

    /// <summary>The name that is asked for. Of one too long for DNS the first labels are left out: a listed domain stands at the end.</summary>
    private static string NameOf(ListQuestion question)
    {
        string label = question.Label;
        while (label.Length + 1 + question.List.Zone.Length > HostName.LongestName && label.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot)
        {
            label = label[(dot + 1)..];
        }

        return $"{label}.{question.List.Zone}";
    }

    private async Task<Listing?> AskAsync(ListQuestion question, CancellationToken deadline, CancellationToken cancellationToken)
    {
        var list = question.List;
        string name = NameOf(question);
        if (name.Length > HostName.LongestName)
        {
            return null;
        }

        if (!_resting.MayAsk(list.Zone))
        {
            return Count(list, "resting");
        }

        long start = clock.GetTimestamp();
        try
        {
            var answer = await dns.QueryAsync(name, DnsRecordType.A, deadline);
            _durations.Record(clock.GetElapsedTime(start).TotalSeconds, new KeyValuePair<string, object?>("list", list.Name));
            if (answer.Status != DnsStatus.Failure)
            {
                _resting.Answered(list.Zone);
            }

            return answer.Status switch
            {
                DnsStatus.Found => Judge(question, list.Judge(answer.Records)),
                DnsStatus.Failure => Silent(list, start, "the resolver has no answer"),
                _ => Count(list, "not_listed"),
            };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Silent(list, start, "no answer in time");
        }
    }

    private Listing? Judge(ListQuestion question, ListJudgement judgement)
    {
        var list = question.List;
        if (judgement.Error is { } error)
        {
            if (_warnings.IsDue(list.Zone))
            {
                DnsblLog.NotAnswered(log, list.Name, error);
            }

            return Count(list, "error");
        }

        Count(list, judgement.IsListed ? "listed" : "not_listed");
        return judgement.IsListed ? new Listing(question, judgement.Points, list.Reason + judgement.Meaning) : null;
    }

    private Listing? Silent(DnsList list, long start, string reason)
    {
        _resting.WasSilent(list.Zone, clock.GetElapsedTime(start));
        if (_warnings.IsDue(list.Zone))
        {
            DnsblLog.Silent(log, list.Name, reason);
        }

        return Count(list, "no_answer");
    }

    private Listing? Count(DnsList list, string result)
    {
        _lookups.Add(1, new KeyValuePair<string, object?>("list", list.Name), new KeyValuePair<string, object?>("result", result));
        return null;
    }
}
