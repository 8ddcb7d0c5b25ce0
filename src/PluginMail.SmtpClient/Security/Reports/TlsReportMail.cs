using System.Globalization;
using System.IO.Compression;
using PluginMail.Abstractions;
using PluginMail.Mime;

namespace PluginMail.SmtpClient;

/// <summary>Who sends TLS reports.</summary>
/// <param name="Organization">The organisation's name.</param>
/// <param name="Hostname">This server's name.</param>
/// <param name="From">The reports' sender, who is also the contact; its domain should sign with DKIM (RFC 8460 section 3).</param>
public sealed record TlsReportSender(string Organization, string Hostname, EmailAddress From);

/// <summary>A TLS report to be mailed (RFC 8460 section 5.3).</summary>
/// <param name="To">To whom.</param>
/// <param name="Key">The same for the same report and recipient: submit with it, so that a repetition does nothing.</param>
/// <param name="Message">The message. It asks to be sent even where TLS fails (RFC 8689 section 5): that is what it may be about.</param>
public sealed record TlsReportMail(EmailAddress To, string Key, ComposedMessage Message);

/// <summary>A finished report and its forms.</summary>
/// <param name="sender">Who sends it.</param>
/// <param name="domain">Whom it is about.</param>
/// <param name="day">The day in UTC.</param>
/// <param name="results">The results.</param>
internal sealed class TlsReport(TlsReportSender sender, string domain, DateOnly day, DomainResults results)
{
    private readonly DateTimeOffset _start = new(day, TimeOnly.MinValue, TimeSpan.Zero);

    private DateTimeOffset End => _start.AddDays(1).AddSeconds(-1);

    /// <summary>Unique for sender, domain and day.</summary>
    public string Id => $"{TlsResults.Name(day)}.{domain}@{sender.Hostname}";

    /// <summary>RFC 8460 section 5.1.</summary>
    public string FileName => string.Create(
        CultureInfo.InvariantCulture, $"{sender.Hostname}!{domain}!{_start.ToUnixTimeSeconds()}!{End.ToUnixTimeSeconds()}!001.json.gz");

    /// <summary>The report in JSON, compressed (RFC 8460 section 5.2).</summary>
    public byte[] Compress()
    {
        var document = new TlsReportDocument
        {
            OrganizationName = sender.Organization,
            DateRange = new ReportRange(_start, End),
            ContactInfo = sender.From.ToString(),
            ReportId = Id,
            Policies = results.Policies,
        };
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(document.ToJson());
        }

        return target.ToArray();
    }

    /// <summary>The report as a message.</summary>
    public TlsReportMail ToMail(EmailAddress to, DateTimeOffset now)
    {
        string text = $"This is a report about TLS between {sender.Hostname} and {domain} on {TlsResults.Name(day)} (UTC), see RFC 8460.\n"
            + string.Concat(results.Policies.Select(static policy =>
                $"\n{policy.Policy.Type} {policy.Policy.Domain}: {policy.Summary.Successes} sessions went well, {policy.Summary.Failures} failed\n"));
        var composer = new MessageComposer
        {
            Body = MimeContent.Multipart(
                "report",
                [MimeContent.Text(text), MimeContent.Data("application/tlsrpt+gzip", Compress(), FileName)],
                [new("report-type", "tlsrpt")]),
        };
        ComposedMessage message = composer
            .Add("From", new HeaderAddress(null, sender.From.LocalPart, sender.From.Domain))
            .Add("To", new HeaderAddress(null, to.LocalPart, to.Domain))
            .Add("Subject", $"Report Domain: {domain} Submitter: {sender.From.Domain} Report-ID: <{Id}>")
            .Add("Date", now)
            .AddRaw("Message-ID", $"<{Id}>")
            .AddRaw("TLS-Report-Domain", domain)
            .AddRaw("TLS-Report-Submitter", sender.From.Domain)
            .AddRaw("TLS-Required", "No")
            .AddRaw("Auto-Submitted", "auto-generated")
            .Compose();
        return new TlsReportMail(to, $"tls-report/{Id}/{to}", message);
    }
}
