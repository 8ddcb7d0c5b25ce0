using System.Net.Http.Headers;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;

namespace PluginMail.SmtpClient;

/// <summary>Hands a report over for sending.</summary>
/// <param name="mail">The report.</param>
/// <param name="cancellationToken">Gives up.</param>
/// <returns>False where it was not taken; it is tried again later.</returns>
public delegate ValueTask<bool> SendTlsReport(TlsReportMail mail, CancellationToken cancellationToken);

/// <summary>
/// Sends TLS reports (RFC 8460): each domain that publishes <c>_smtp._tls</c> gets one about each day on which mail went to it, by mail or HTTPS as it
/// asks.
/// </summary>
public sealed class TlsReporter : IDisposable
{
    private const int MaximumAddresses = 5;
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan UploadTime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Spread = TimeSpan.FromHours(4);
    private readonly TlsResults _results;
    private readonly Func<TlsReportSender> _sender;
    private readonly SendTlsReport _send;
    private readonly HttpMessageInvoker _http;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;

    /// <summary>Makes a reporter.</summary>
    /// <param name="dns">The resolver.</param>
    /// <param name="results">The results.</param>
    /// <param name="sender">Who reports; asked anew each time.</param>
    /// <param name="send">Mails a report.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="log">The log.</param>
    public TlsReporter(IDnsResolver dns, TlsResults results, Func<TlsReportSender> sender, SendTlsReport send, TimeProvider clock, ILogger log)
        : this(StsPolicyFetcher.CreateClient(dns), results, sender, send, clock, log)
    {
    }

    internal TlsReporter(HttpMessageInvoker http, TlsResults results, Func<TlsReportSender> sender, SendTlsReport send, TimeProvider clock, ILogger log)
    {
        _http = http;
        _results = results;
        _sender = sender;
        _send = send;
        _clock = clock;
        _log = log;
    }

    /// <summary>
    /// Keeps results each minute, and sends the day before's reports at a time of the night that is this server's own (RFC 8460 section 4.1 asks
    /// senders not to report all at once); what could not be sent is tried again each hour of that day.
    /// </summary>
    /// <param name="cancellationToken">Ends it, after what gathered is kept.</param>
    /// <returns>When it has ended.</returns>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        TimeSpan delay = Spread * Random.Shared.NextDouble();
        DateTimeOffset next = DateTimeOffset.MinValue;
        using var timer = new PeriodicTimer(Period, _clock);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                await _results.FlushAsync(cancellationToken);
                DateTimeOffset now = _clock.GetUtcNow();
                if (now.UtcDateTime.TimeOfDay >= delay && now >= next)
                {
                    next = now.AddHours(1);
                    await SendAsync(DateOnly.FromDateTime(now.UtcDateTime).AddDays(-1), cancellationToken);
                }
            }
        }
        catch (OperationCanceledException)
        {
            await _results.FlushAsync(CancellationToken.None);
        }
    }

    /// <summary>Sends the reports about a day that were not sent yet. Nothing is thrown for what cannot be sent.</summary>
    /// <param name="day">The day in UTC; one that is over.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The number of domains whose reports went out.</returns>
    public async ValueTask<int> SendAsync(DateOnly day, CancellationToken cancellationToken)
    {
        int sent = 0;
        try
        {
            foreach (string domain in await _results.DomainsAsync(day, cancellationToken))
            {
                if (!await _results.ClaimAsync(day, domain, cancellationToken))
                {
                    continue;
                }

                bool isSent = false;
                try
                {
                    isSent = await SendAsync(day, domain, cancellationToken);
                    sent += isSent ? 1 : 0;
                }
                finally
                {
                    if (!isSent)
                    {
                        await _results.ReleaseAsync(day, domain, CancellationToken.None);
                    }
                }
            }
        }
        catch (IOException e)
        {
            SmtpClientLog.TlsResultsNotKept(_log, e.Message);
        }

        return sent;
    }

    /// <summary>Ends the connections for HTTPS.</summary>
    public void Dispose() => _http.Dispose();

    // One of the addresses is enough: the report has arrived.
    private async ValueTask<bool> SendAsync(DateOnly day, string domain, CancellationToken cancellationToken)
    {
        DomainResults results = await _results.ReadAsync(day, domain, cancellationToken);
        if (results.Policies.Count == 0)
        {
            return true;
        }

        var report = new TlsReport(_sender(), domain, day, results);
        bool isSent = false;
        foreach (string address in (await _results.ReportAddressesAsync(domain, cancellationToken)).Take(MaximumAddresses))
        {
            string? fault = address switch
            {
                _ when address.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase) => await MailAsync(report, address, cancellationToken),
                _ when address.StartsWith("https:", StringComparison.OrdinalIgnoreCase) => await UploadAsync(report, address, cancellationToken),
                _ => "no address that this server knows",
            };
            isSent |= fault is null;
            if (fault is null)
            {
                SmtpClientLog.TlsReportSent(_log, domain, TlsResults.Name(day), address);
            }
            else
            {
                SmtpClientLog.TlsReportNotSent(_log, domain, TlsResults.Name(day), address, fault);
            }
        }

        return isSent;
    }

    private async ValueTask<string?> MailAsync(TlsReport report, string uri, CancellationToken cancellationToken)
    {
        string text = Uri.UnescapeDataString(uri["mailto:".Length..].Split('?')[0]);
        if (!EmailAddress.TryParse(text, out EmailAddress? to))
        {
            return "no mail address";
        }

        return await _send(report.ToMail(to, _clock.GetUtcNow()), cancellationToken) ? null : "it was not taken";
    }

    // RFC 8460 section 5.4.
    private async ValueTask<string?> UploadAsync(TlsReport report, string uri, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(uri, UriKind.Absolute, out Uri? target))
        {
            return "no URI";
        }

        using var limit = new CancellationTokenSource(UploadTime, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var content = new ByteArrayContent(report.Compress());
            content.Headers.ContentType = new MediaTypeHeaderValue("application/tlsrpt+gzip");
            using var request = new HttpRequestMessage(HttpMethod.Post, target) { Content = content };
            using HttpResponseMessage response = await _http.SendAsync(request, either.Token);
            return response.IsSuccessStatusCode ? null : $"the server answers {(int)response.StatusCode}";
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return e.Message;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return "the server does not answer in time";
        }
    }
}
