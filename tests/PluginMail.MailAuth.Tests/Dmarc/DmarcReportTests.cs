using System.IO.Compression;
using System.Xml.Linq;
using PluginMail.Mime;

namespace PluginMail.MailAuth.Tests.Dmarc;

public sealed class DmarcReportTests
{
    private static readonly DateTimeOffset Day = new(2026, 11, 21, 0, 0, 0, TimeSpan.Zero);
    private static readonly DmarcReportHead Head = new("Example & Co", "mx.example.test", "dmarc@example.test", "2026.1", Day, Day.AddDays(1).AddSeconds(-1));

    private static readonly DmarcReportRow Row = new()
    {
        ReceivedAt = Day,
        PolicyDomain = "example.com",
        Policy = DmarcPublishedPolicy.Of(DmarcRecord.TryParse("v=DMARC1; p=reject; sp=none; adkim=s; pct=60; rua=mailto:a@example.com,mailto:b@example.org!10m")!),
        SourceAddress = "192.0.2.1",
        HeaderFrom = "example.com",
        EnvelopeFrom = "bounce.example.com",
        Disposition = DmarcPolicy.Quarantine,
        IsDkimAligned = false,
        IsSpfAligned = false,
        OverrideReason = "sampled_out",
        Dkim = [new DmarcDkimResult("example.org", "s<1>", "pass")],
        SpfDomain = "bounce.example.com",
        SpfResult = "softfail",
    };

    [Fact]
    public void The_xml_of_appendix_C()
    {
        var report = new DmarcAggregateReport(Head, "example.com", [Row, Row with { ReceivedAt = Day.AddHours(1) }, Row with { SourceAddress = "2001:db8::1" }, Row with { PolicyDomain = "other.example" }]);
        XElement feedback = XElement.Parse(System.Text.Encoding.UTF8.GetString(report.ToXml()));
        Assert.Equal("Example & Co", Text(feedback, "report_metadata/org_name"));
        Assert.Equal("1795219200", Text(feedback, "report_metadata/date_range/begin"));
        Assert.Equal(["example.com", "s", "r", "reject", "none", "60", "0"], feedback.Element("policy_published")!.Elements().Select(one => one.Value));
        XElement[] records = [.. feedback.Elements("record")];
        Assert.Equal(["2", "1"], records.Select(record => Text(record, "row/count")));
        Assert.Equal(["quarantine", "fail", "fail", "sampled_out"], records[0].Element("row")!.Element("policy_evaluated")!.Elements().Select(one => one.Value));
        Assert.Equal("bounce.example.com", Text(records[0], "identifiers/envelope_from"));
        Assert.Equal("s<1>", Text(records[0], "auth_results/dkim/selector"));
        Assert.Equal("mfrom", Text(records[0], "auth_results/spf/scope"));
        Assert.Equal(["report_metadata", "policy_published", "record", "record"], feedback.Elements().Select(one => one.Name.LocalName).Skip(1));
    }

    [Fact]
    public void A_row_is_plain_values_that_can_be_stored()
    {
        string stored = System.Text.Json.JsonSerializer.Serialize(Row);
        DmarcReportRow read = System.Text.Json.JsonSerializer.Deserialize<DmarcReportRow>(stored)!;
        Assert.Equal(stored, System.Text.Json.JsonSerializer.Serialize(read));
        Assert.Equal(
            new DmarcAggregateReport(Head, "example.com", [Row]).ToXml(), new DmarcAggregateReport(Head, "example.com", [read]).ToXml());
    }

    [Fact]
    public void The_mail()
    {
        var report = new DmarcAggregateReport(Head, "example.com", [Row]);
        byte[] message = report.ToMail(["a@example.com", "b@example.org"], Day, "<1@example.test>").ToArray();
        MimeStructure structure = MimeScanner.Scan(message);
        MimePart attachment = structure.Root.Children[1];
        Assert.Equal("mx.example.test!example.com!1795219200!1795305599!2026.1.xml.gz", attachment.FileName);
        Assert.Equal("application/gzip", $"{attachment.ContentType.Type}/{attachment.ContentType.Subtype}");
        byte[] gzip = TransferDecoder.Decode(TransferEncoding.Base64, message.AsSpan((int)attachment.BodyStart, (int)attachment.BodyLength));
        using var xml = new StreamReader(new GZipStream(new MemoryStream(gzip), CompressionMode.Decompress));
        Assert.Contains("<feedback>", xml.ReadToEnd(), StringComparison.Ordinal);
        HeaderFields header = HeaderFields.Read(message.AsMemory(0, (int)structure.Root.HeaderEnd));
        Assert.Equal("Report Domain: example.com Submitter: mx.example.test Report-ID: <2026.1>", HeaderText.Decode(header.ValueOf(header.Find("Subject")[0]).Span).Text);
        Assert.Equal(["a@example.com", "b@example.org"], AddressParser.Parse(header.ValueOf(header.Find("To")[0]).Span).Select(one => one.Address));
    }

    [Theory]
    [InlineData("mailto:a@example.com", "a@example.com", null)]
    [InlineData("MAILTO:a@example.com!10m", "a@example.com", 10L << 20)]
    [InlineData("mailto:a%2Bb@example.com!5", "a+b@example.com", 5L)]
    [InlineData("mailto:a@example.com?subject=x", "a@example.com", null)]
    [InlineData("mailto:a@example.com!x", null, null)]
    [InlineData("https://example.com", null, null)]
    [InlineData("mailto:", null, null)]
    [InlineData("mailto:a@[127.0.0.1]", null, null)]
    public void Destinations(string uri, string? address, long? limit)
    {
        Assert.Equal(address is not null, DmarcReportDestination.TryParse(uri, out DmarcReportDestination? destination));
        Assert.Equal((address, limit), (destination?.Address.ToString(), destination?.MaximumOctets));
    }

    [Theory]
    [InlineData("mailto:r@example.com", "r@example.com")]
    [InlineData("mailto:r@reports.example.com", "r@reports.example.com")]
    [InlineData("mailto:r@agreed.example", "r@agreed.example")]
    [InlineData("mailto:r@moved.example", "other@moved.example")]
    [InlineData("mailto:r@victim.example", "")]
    [InlineData("mailto:r@stolen.example", "r@stolen.example")] // its agreement names an address elsewhere, which does not count
    public async Task Section_7_1_others_must_agree(string uri, string expected)
    {
        ZoneResolver zone = new ZoneResolver()
            .Txt("_dmarc.example.com", "v=DMARC1; p=none")
            .Txt("example.com._report._dmarc.agreed.example", "v=DMARC1")
            .Txt("example.com._report._dmarc.moved.example", "v=DMARC1; rua=mailto:other@moved.example")
            .Txt("example.com._report._dmarc.stolen.example", "v=DMARC1; rua=mailto:x@victim.example");
        var found = await new DmarcReportRouting(zone).ResolveAsync("example.com", [uri], CancellationToken.None);
        Assert.Equal(expected, string.Join(',', found.Select(one => one.Address)));
    }

    private static string Text(XElement element, string path) => path.Split('/').Aggregate(element, (current, name) => current.Element(name)!).Value;
}
