using System.Collections.Immutable;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Xml;
using PluginMail.Mime;

namespace PluginMail.MailAuth;

/// <summary>An aggregate report to one domain (RFC 7489 section 7.2 and appendix C).</summary>
/// <param name="head">Who reports.</param>
/// <param name="policyDomain">Whom for.</param>
/// <param name="rows">The domain's rows of the time; rows of other domains are passed over.</param>
public sealed class DmarcAggregateReport(DmarcReportHead head, string policyDomain, IEnumerable<DmarcReportRow> rows)
{
    private const int MaximumRecords = 50_000;

    private readonly ImmutableArray<DmarcReportRow> _rows = [.. rows.Where(row => row.PolicyDomain.Equals(policyDomain, StringComparison.OrdinalIgnoreCase))];

    /// <summary>The policy's report addresses as the newest row has them.</summary>
    public ImmutableArray<string> AggregateUris => _rows.IsEmpty ? [] : _rows.MaxBy(row => row.ReceivedAt)!.Policy.AggregateUris;

    /// <summary>The file's name (section 7.2.1.1): receiver, domain, begin and end in seconds since 1970, id.</summary>
    public string FileName =>
        $"{head.Receiver}!{policyDomain}!{head.Begin.ToUnixTimeSeconds()}!{head.End.ToUnixTimeSeconds()}!{head.ReportId}.xml.gz";

    /// <summary>The mail's subject (section 7.2.1.1).</summary>
    public string Subject => $"Report Domain: {policyDomain} Submitter: {head.Receiver} Report-ID: <{head.ReportId}>";

    /// <summary>The report as XML in UTF-8 (appendix C). Rows that say the same are one record with a count.</summary>
    /// <returns>Octets.</returns>
    public byte[] ToXml()
    {
        using var stream = new MemoryStream();
        using (var xml = XmlWriter.Create(stream, new XmlWriterSettings { Encoding = new UTF8Encoding(false), Indent = true, CheckCharacters = true, NewLineChars = "\n" }))
        {
            xml.WriteStartElement("feedback");
            Element(xml, "version", "1.0");
            WriteHead(xml);
            WritePolicy(xml);
            foreach (IGrouping<RowKey, DmarcReportRow> group in _rows.GroupBy(RowKey.Of).Take(MaximumRecords))
            {
                WriteRecord(xml, group.First(), group.Count());
            }

            xml.WriteEndElement();
        }

        return stream.ToArray();
    }

    /// <summary>The report as it is attached: the XML under gzip (section 7.2.1.1).</summary>
    /// <returns>Octets.</returns>
    public byte[] ToGzip()
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            gzip.Write(ToXml());
        }

        return stream.ToArray();
    }

    /// <summary>The mail that brings the report, to be sent with the null sender or the reporting address, and signed.</summary>
    /// <param name="recipients">Addresses, none over what they said they take.</param>
    /// <param name="date">The mail's date.</param>
    /// <param name="messageId">The mail's Message-ID with its angle brackets.</param>
    /// <returns>The message.</returns>
    public ComposedMessage ToMail(IReadOnlyCollection<string> recipients, DateTimeOffset date, string messageId)
    {
        var composer = new MessageComposer
        {
            Body = MimeContent.Text(
                $"This is an aggregate report about mail that said it is from {policyDomain}, received by {head.Receiver}\n"
                + $"from {head.Begin.UtcDateTime:yyyy-MM-dd HH:mm} to {head.End.UtcDateTime:yyyy-MM-dd HH:mm} UTC.\n"),
        };
        return composer
            .Add("From", new HeaderAddress(null, head.Sender[..head.Sender.LastIndexOf('@')], head.Sender[(head.Sender.LastIndexOf('@') + 1)..]))
            .Add("To", AddressParser.Parse(string.Join(", ", recipients)))
            .Add("Subject", Subject)
            .Add("Date", date)
            .AddRaw("Message-ID", messageId)
            .AddRaw("Auto-Submitted", "auto-generated")
            .Attach(MimeContent.Data("application/gzip", ToGzip(), FileName))
            .Compose();
    }

    private static void Element(XmlWriter xml, string name, string value) => xml.WriteElementString(name, Clean(value));

    /// <summary>Text without what XML 1.0 cannot hold.</summary>
    private static string Clean(string text) => string.Concat(text.Select(c => c is < ' ' or > '~' ? '?' : c));

    private static string Word(bool isPass) => isPass ? "pass" : "fail";

    private static string Word(DmarcPolicy policy) => policy.ToString().ToLowerInvariant();

    private void WriteHead(XmlWriter xml)
    {
        xml.WriteStartElement("report_metadata");
        Element(xml, "org_name", head.Organization);
        Element(xml, "email", head.Sender);
        Element(xml, "report_id", head.ReportId);
        xml.WriteStartElement("date_range");
        Element(xml, "begin", head.Begin.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        Element(xml, "end", head.End.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private void WritePolicy(XmlWriter xml)
    {
        xml.WriteStartElement("policy_published");
        Element(xml, "domain", policyDomain);
        if (!_rows.IsEmpty)
        {
            DmarcPublishedPolicy policy = _rows.MaxBy(row => row.ReceivedAt)!.Policy;
            Element(xml, "adkim", policy.IsDkimStrict ? "s" : "r");
            Element(xml, "aspf", policy.IsSpfStrict ? "s" : "r");
            Element(xml, "p", Word(policy.Policy));
            Element(xml, "sp", Word(policy.SubdomainPolicy));
            Element(xml, "pct", policy.Percent.ToString(CultureInfo.InvariantCulture));
            Element(xml, "fo", policy.FailureOptions);
        }

        xml.WriteEndElement();
    }

    private static void WriteRecord(XmlWriter xml, DmarcReportRow row, int count)
    {
        xml.WriteStartElement("record");
        xml.WriteStartElement("row");
        Element(xml, "source_ip", row.SourceAddress);
        Element(xml, "count", count.ToString(CultureInfo.InvariantCulture));
        xml.WriteStartElement("policy_evaluated");
        Element(xml, "disposition", Word(row.Disposition));
        Element(xml, "dkim", Word(row.IsDkimAligned));
        Element(xml, "spf", Word(row.IsSpfAligned));
        if (row.OverrideReason is { } reason)
        {
            xml.WriteStartElement("reason");
            Element(xml, "type", reason);
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
        xml.WriteEndElement();
        xml.WriteStartElement("identifiers");
        Element(xml, "envelope_from", row.EnvelopeFrom);
        Element(xml, "header_from", row.HeaderFrom);
        xml.WriteEndElement();
        WriteResults(xml, row);
        xml.WriteEndElement();
    }

    private static void WriteResults(XmlWriter xml, DmarcReportRow row)
    {
        xml.WriteStartElement("auth_results");
        foreach (DmarcDkimResult dkim in row.Dkim)
        {
            xml.WriteStartElement("dkim");
            Element(xml, "domain", dkim.Domain);
            Element(xml, "selector", dkim.Selector);
            Element(xml, "result", dkim.Result);
            xml.WriteEndElement();
        }

        xml.WriteStartElement("spf");
        Element(xml, "domain", row.SpfDomain);
        Element(xml, "scope", row.IsSpfHelo ? "helo" : "mfrom");
        Element(xml, "result", row.SpfResult);
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    /// <summary>What makes rows the same record.</summary>
    private sealed record RowKey(
        string Source, string HeaderFrom, string EnvelopeFrom, DmarcPolicy Disposition, bool Dkim, bool Spf, string? Reason, string Signatures, string SpfResult)
    {
        public static RowKey Of(DmarcReportRow row) => new(
            row.SourceAddress,
            row.HeaderFrom,
            row.EnvelopeFrom,
            row.Disposition,
            row.IsDkimAligned,
            row.IsSpfAligned,
            row.OverrideReason,
            string.Join(' ', row.Dkim.Select(dkim => $"{dkim.Domain} {dkim.Selector} {dkim.Result}")),
            $"{row.SpfDomain} {row.IsSpfHelo} {row.SpfResult}");
    }
}
