using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.MailAuth;
using PluginMail.Pipeline;

namespace PluginMail.Server;

/// <summary>Sends DMARC's aggregate reports of each day that is over (RFC 7489 section 7.2), a mail for each domain that wants one.</summary>
/// <param name="rows">What is reported.</param>
/// <param name="dns">Asks whether foreign addresses want a domain's reports.</param>
/// <param name="submission">Takes the mail, which goes out as any other and is signed.</param>
/// <param name="hostname">The server's name.</param>
/// <param name="clock">The clock.</param>
/// <param name="log">The log.</param>
internal sealed class DmarcReporter(
    DmarcRows rows, IDnsResolver dns, Func<ISubmission> submission, Func<string> hostname, TimeProvider clock, ILogger log)
{
    private const int MaximumDomains = 2000; // a day
    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);

    /// <summary>Reports until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await ReportAllAsync(cancellationToken);
                await Task.Delay(Pause, clock, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The server stops; days that wait are reported when it runs again.
        }
    }

    /// <summary>Reports the days that are over and have not been reported.</summary>
    public async Task ReportAllAsync(CancellationToken cancellationToken)
    {
        foreach (DateTimeOffset day in rows.DaysBefore(clock.GetUtcNow()))
        {
            try
            {
                if (await ReportAsync(day, cancellationToken))
                {
                    rows.Remove(day);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                ServerLog.DmarcReportFailed(log, day, e.Message);
                return;
            }
        }
    }

    // False where a report was not taken: the day is reported again later, and what was taken is not sent twice.
    private async Task<bool> ReportAsync(DateTimeOffset day, CancellationToken cancellationToken)
    {
        var byDomain = new Dictionary<string, List<DmarcReportRow>>(StringComparer.OrdinalIgnoreCase);
        await foreach (DmarcReportRow row in rows.ReadAsync(day, day.AddDays(1), cancellationToken))
        {
            if (byDomain.TryGetValue(row.PolicyDomain, out List<DmarcReportRow>? known))
            {
                known.Add(row);
            }
            else if (byDomain.Count < MaximumDomains)
            {
                byDomain.Add(row.PolicyDomain, [row]);
            }
        }

        bool areAllTaken = true;
        foreach ((string domain, List<DmarcReportRow> known) in byDomain)
        {
            areAllTaken &= await SendAsync(day, domain, known, cancellationToken);
        }

        return areAllTaken;
    }

    private async Task<bool> SendAsync(DateTimeOffset day, string domain, List<DmarcReportRow> known, CancellationToken cancellationToken)
    {
        string host = hostname();
        var sender = new EmailAddress("postmaster", host);
        string id = string.Create(CultureInfo.InvariantCulture, $"{day:yyyyMMdd}.{TransactionId.Next(clock.GetUtcNow())}");
        var report = new DmarcAggregateReport(
            new DmarcReportHead(host, host, sender.ToString(), id, day, day.AddDays(1).AddSeconds(-1)), domain, known);
        ImmutableArray<DmarcReportDestination> destinations =
            await new DmarcReportRouting(dns).ResolveAsync(domain, report.AggregateUris, cancellationToken);
        long size = report.ToGzip().Length * 4L / 3;
        EmailAddress[] recipients = [.. destinations.Where(to => to.MaximumOctets is not { } most || size < most).Select(to => to.Address)];
        if (recipients.Length == 0)
        {
            return true;
        }

        DateTimeOffset now = clock.GetUtcNow();
        byte[] mail = report.ToMail([.. recipients.Select(to => to.ToString())], now, $"<{id}@{host}>").ToArray();
        string key = string.Create(CultureInfo.InvariantCulture, $"dmarc/{day:yyyy-MM-dd}/{domain}");
        SubmissionResult result = await submission().SubmitAsync(
            new SubmittedMessage(new Envelope(null, [.. recipients]), new MemoryContent(mail), Direction.Outgoing), key, cancellationToken);
        ServerLog.DmarcReport(log, domain, day, known.Count, string.Join(',', recipients.AsEnumerable()), result);
        return result is not (SubmissionResult.Failed or SubmissionResult.Refused);
    }
}
