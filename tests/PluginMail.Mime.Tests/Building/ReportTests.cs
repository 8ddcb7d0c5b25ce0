using System.Text;

namespace PluginMail.Mime.Tests.Building;

public sealed class ReportTests
{
    private static readonly DateTimeOffset Date = new(2026, 11, 21, 18, 8, 9, TimeSpan.Zero);

    [Fact]
    public void Delivery_status_is_for_people_and_programs()
    {
        var bytes = new DeliveryStatusReport
        {
            From = new HeaderAddress("Mail Delivery System", "MAILER-DAEMON", "mx.example.test"),
            To = new HeaderAddress(null, "ada", "example.com"),
            Subject = "Undelivered mail",
            Date = Date,
            MessageId = "<r1@mx.example.test>",
            Text = "Your message could not be delivered.",
            ReportingMta = "mx.example.test",
            OriginalEnvelopeId = "QQ1",
            ArrivalDate = Date,
            Recipients =
            [
                new("bob@example.org", DeliveryAction.Failed, "5.1.1")
                {
                    OriginalRecipient = "robert@example.com", RemoteMta = "mx.example.org", DiagnosticCode = "550 5.1.1 no\r\nsuch user", LastAttempt = Date,
                },
                new("jörg@example.org", DeliveryAction.Delayed, "4.4.1") { WillRetryUntil = Date },
            ],
            Original = MimeContent.Headers("From: ada@example.com\r\nSubject: Hi\r\n"u8.ToArray()),
        }.Compose().ToArray();
        var structure = MimeScanner.Scan(bytes);
        Assert.Equal("multipart/report(text/plain,message/global-delivery-status,text/rfc822-headers)", TestMessages.Outline(structure.Root));
        Assert.Equal(MimeDefects.None, structure.Defects);
        Assert.Equal("delivery-status", structure.Root.ContentType["report-type"]);
        Assert.Equal(
            """
            Reporting-MTA: dns; mx.example.test
            Original-Envelope-Id: QQ1
            Arrival-Date: Sat, 21 Nov 2026 18:08:09 +0000

            Original-Recipient: rfc822; robert@example.com
            Final-Recipient: rfc822; bob@example.org
            Action: failed
            Status: 5.1.1
            Remote-MTA: dns; mx.example.org
            Diagnostic-Code: smtp; 550 5.1.1 no such user
            Last-Attempt-Date: Sat, 21 Nov 2026 18:08:09 +0000

            Final-Recipient: utf-8; jörg@example.org
            Action: delayed
            Status: 4.4.1
            Will-Retry-Until: Sat, 21 Nov 2026 18:08:09 +0000

            """.ReplaceLineEndings("\r\n"),
            Encoding.UTF8.GetString(bytes.AsSpan((int)structure.Root.Children[1].BodyStart, (int)structure.Root.Children[1].BodyLength)));
        Assert.Equal("8bit", structure.Root.Children[1].TransferEncodingName);
        Assert.Equal("ada@example.com", structure.Root.Envelope!.Addresses(EnvelopeHeader.To)[0].Address);
    }

    [Theory]
    [InlineData("Subject: Hi", "text/rfc822-headers", "message/rfc822")]
    [InlineData("Subject: gr\u00FC\u00DFe", "message/global-headers", "message/global")]
    [InlineData("Subject: gr\u00FC\u00DFe", "text/rfc822-headers", "message/rfc822", true)]
    public void A_header_in_UTF_8_is_an_international_one(string header, string ofHeaders, string ofMessage, bool isLatin = false)
    {
        byte[] octets = (isLatin ? Encoding.Latin1 : Encoding.UTF8).GetBytes(header + "\r\n");
        Assert.Contains($"Content-Type: {ofHeaders}\r\n", Written(MimeContent.Headers(octets)), StringComparison.Ordinal);
        Assert.Contains(
            $"Content-Type: {ofMessage}\r\n",
            Written(MimeContent.Message([octets], isInternational: MimeContent.IsInternational(octets))),
            StringComparison.Ordinal);

        static string Written(MimeContent content) => Encoding.Latin1.GetString(new MessageComposer().Attach(content).Compose().ToArray());
    }
}
