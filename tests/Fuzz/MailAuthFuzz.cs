using System.Net;
using System.Text;
using PluginMail.Abstractions;
using PluginMail.MailAuth;

namespace PluginMail.Fuzz;

public sealed class MailAuthFuzz
{
    private static readonly string[] Words =
    [
        "v=spf1 ", " -all", "include:", "%{", "}", "%%", "%_", "%{l1r-+}", "%{p}", "/24", "//64", "redirect=", "exp=", "v=DKIM1; ", "p=", "k=ed25519; ", "t=y:s; ", "v=DMARC1; ", "p=reject; ",
        "rua=mailto:a@b.example!1k", "psd=y; ", ";", "=", ":", "(", ")", "\\", "\"", "\r\n ", "\r\n", " \t ", "i=1; ", "l=0; ", "c=simple/relaxed; ", "DKIM-Signature: ", "ARC-Seal: ", "From: a@b.example\r\n",
        "Authentication-Results: ", "a.example.com", ".", "xn--", "\0", "\u00e4", "99999999999999999999",
    ];

    [Fact]
    public void Records() => FuzzRun.Run("mailauth", Words, input =>
    {
        string text = Encoding.Latin1.GetString(input);
        if (TagList.TryParse(input) is { } tags)
        {
            Assert.NotEmpty(tags.FirstName);
            Assert.InRange(tags.RawValueOf(tags.FirstName).GetOffsetAndLength(input.Length).Length, 0, input.Length);
        }

        DkimSignature signature = DkimSignature.Parse(input);
        Assert.InRange(signature.SignedFields.Length, 0, 1026);
        _ = ArcSeal.TryParse(input);
        _ = DkimKeyRecord.TryParse(text);
        _ = DmarcRecord.TryParse(text);
        _ = DmarcReportDestination.TryParse("mailto:" + text, out _);
        string policy = text.StartsWith("v=spf1", StringComparison.OrdinalIgnoreCase) ? text : "v=spf1 " + text;
        SpfRecord? record = SpfRecord.TryParse(policy, out string? problem);
        Assert.Equal(record is null, problem is not null);
    });

    [Fact]
    public void Results() => FuzzRun.Run("mailauth", Words, input =>
    {
        _ = ResultsReader.ReadAuthservId(input);
        if (ResultsReader.TryRead(input) is { } read && read.Results.All(result => IsPlain(result.Method) && IsPlain(result.Result) && result.Properties.All(one => IsPlain(one.Name))))
        {
            AuthenticationResults again = ResultsReader.TryRead(Encoding.UTF8.GetBytes(ResultsWriter.Write(read)))!;
            Assert.Equal(read.Results.Select(result => (result.Method, result.Result)), again.Results.Select(result => (result.Method, result.Result)));
            Assert.Equal(read.Results.Select(result => result.Properties.Length), again.Results.Select(result => result.Properties.Length));
        }
    });

    /// <summary>The input is the message, and every record that DNS gives.</summary>
    [Fact]
    public void Evaluation() => FuzzRun.Run("mailauth", Words, input =>
    {
        var dns = new EchoResolver(Encoding.Latin1.GetString(input));
        var authentication = new MailAuthentication(dns, TimeProvider.System, new MailAuthenticationOptions { AuthservId = "mx.example.test" });
        string helo = Encoding.Latin1.GetString(input.AsSpan(0, Math.Min(40, input.Length)));
        var request = new AuthenticationRequest(new MemoryContent(input), IPAddress.Parse("192.0.2.1"), helo, new EmailAddress("a-b", "example.com"));
        ValueTask<AuthenticationOutcome> evaluation = authentication.EvaluateAsync(request, CancellationToken.None);
        Assert.True(evaluation.IsCompleted);
        AuthenticationOutcome outcome = evaluation.GetAwaiter().GetResult();
        Assert.InRange(dns.Queries, 1, 400);
        Assert.Equal("mx.example.test", ResultsReader.TryRead(Encoding.ASCII.GetBytes(outcome.AuthenticationResults))!.AuthservId);
        Assert.All(outcome.AuthenticationResults.Split("\r\n"), line => Assert.InRange(line.Length, 0, 990));
    });

    private static bool IsPlain(string text) => text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-');

    private sealed class EchoResolver(string text) : IDnsResolver
    {
        public int Queries { get; private set; }

        public ValueTask<DnsAnswer> QueryAsync(string name, DnsRecordType type, CancellationToken cancellationToken)
        {
            Queries++;
            string record = type switch
            {
                DnsRecordType.TXT => text,
                DnsRecordType.MX => "10 " + text[..Math.Min(60, text.Length)],
                DnsRecordType.PTR => text[..Math.Min(60, text.Length)],
                _ => "192.0.2.7",
            };
            return ValueTask.FromResult(new DnsAnswer(DnsStatus.Found, [record], TimeSpan.Zero, false));
        }
    }
}
