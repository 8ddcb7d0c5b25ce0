using System.Text;
using System.Text.Json;

namespace PluginMail.MailAuth.Tests.Dkim;

/// <summary>Both directions with Debian's dkimpy, over messages that are odd in every way that canonicalization knows.</summary>
public sealed class DkimpyTests
{
    private const string VerifyScript = """
        import sys, json, base64, dkim
        work = json.load(sys.stdin)
        keys = {k.encode() + b'.': v.encode() for k, v in work['keys'].items()}
        results = []
        for text in work['messages']:
            message = base64.b64decode(text)
            verifier = dkim.DKIM(message)
            count = message.count(b'DKIM-Signature: ')
            answer = []
            for i in range(count):
                try:
                    answer.append(bool(verifier.verify(idx=i, dnsfunc=lambda name, timeout=5: keys.get(name if isinstance(name, bytes) else name.encode()))))
                except Exception as problem:
                    answer.append(str(problem))
            results.append(answer)
        print(json.dumps(results))
        """;

    private const string SignScript = """
        import sys, json, base64, dkim
        work = json.load(sys.stdin)
        results = []
        for text in work['messages']:
            message = base64.b64decode(text)
            for header in (b'simple', b'relaxed'):
                for body in (b'simple', b'relaxed'):
                    field = dkim.sign(message, b'rsa', b'example.com', work['rsa'].encode(), canonicalize=(header, body), include_headers=[b'From', b'Subject', b'X-Odd'])
                    results.append(base64.b64encode(field + message).decode())
            field = dkim.sign(message, b'ed', b'example.com', work['ed25519'].encode(), canonicalize=(b'relaxed', b'simple'), signature_algorithm=b'ed25519-sha256')
            results.append(base64.b64encode(field + message).decode())
        print(json.dumps(results))
        """;

    private const string Header = "From: Ann <ann@example.com>\r\nTo: bob@example.org\r\nSubject: odd\r\n";

    private static readonly string[] Messages =
    [
        Header + "\r\nplain\r\n",
        Header + "\r\n",
        Header + "\r\n\r\n\r\n\r\n",
        Header + "\r\ntext\r\n\r\n\r\n",
        Header + "\r\nno line end",
        Header + "\r\n \t \r\n\t\r\n",
        Header + "\r\ntext\r\n \t\r\n",
        Header + "\r\n  leading\r\ntrailing \t \r\ntabs\tand  spaces\r\n",
        Header + "\r\nbare \r carriage\r\n\rreturns\r\r\n\r\n",
        Header + "\r\n8 bit: \u00e4\u00f6\u00fc \u00ff\u0080\r\n",
        Header + "\r\nNUL \0 and \u0001\r\n",
        Header + "\r\n" + new string('x', 20_000) + "\r\n" + new string(' ', 9000) + "y\r\n",
        Header + "X-Odd:\r\n  folded\r\n\t twice \t \r\nX-Odd:nothing   before\r\nx-ODD:  \t\r\n\r\nbody\r\n",
        Header + "X-Odd: \u00e4 8 bit\r\nX-Empty:\r\n\r\nbody\r\n",
        Header.Replace("Subject: odd", "SUBJECT: odd  \t case", StringComparison.Ordinal) + "\r\nbody\r\n",
        Header + "\r\n" + string.Concat(Enumerable.Range(0, 3000).Select(i => $"line  {i} \r\n")) + "\r\n\r\n",
    ];

    [SkippableFact]
    public async Task Dkimpy_verifies_what_we_sign()
    {
        await Python.RequireAsync("dkim, nacl");
        using var rsa = DkimSigningKey.Generate("example.com", "rsa", DkimAlgorithm.RsaSha256);
        using var ed25519 = DkimSigningKey.Generate("example.com", "ed", DkimAlgorithm.Ed25519Sha256);
        string[] signed = [.. Messages.Select(message => Verifying.Sign(message, rsa, ed25519))];
        string input = JsonSerializer.Serialize(new
        {
            keys = new Dictionary<string, string> { [rsa.DnsName] = rsa.DnsText, [ed25519.DnsName] = ed25519.DnsText },
            messages = signed.Select(message => Convert.ToBase64String(Encoding.Latin1.GetBytes(message))),
        });
        using JsonDocument results = JsonDocument.Parse(await Python.RunAsync(VerifyScript, input));
        for (int i = 0; i < Messages.Length; i++)
        {
            Assert.True(results.RootElement[i].GetRawText() == "[true, true]", $"{i}: {results.RootElement[i]}\n{signed[i][..Math.Min(2000, signed[i].Length)]}");
        }
    }

    [SkippableFact]
    public async Task We_verify_what_dkimpy_signs()
    {
        await Python.RequireAsync("dkim, nacl");
        using var rsa = DkimSigningKey.Generate("example.com", "rsa", DkimAlgorithm.RsaSha256);
        using var ed25519 = DkimSigningKey.Generate("example.com", "ed", DkimAlgorithm.Ed25519Sha256);
        string pem = ed25519.ToPem();
        byte[] pkcs8 = Convert.FromBase64String(string.Concat(pem.Split('\n')[1..^2]));
        string input = JsonSerializer.Serialize(new
        {
            rsa = rsa.ToPem(),
            ed25519 = Convert.ToBase64String(pkcs8.AsSpan(pkcs8.Length - 32)),
            messages = Messages.Select(message => Convert.ToBase64String(Encoding.Latin1.GetBytes(message))),
        });
        using JsonDocument signed = JsonDocument.Parse(await Python.RunAsync(SignScript, input));
        ZoneResolver dns = new ZoneResolver().Txt(rsa.DnsName, rsa.DnsText).Txt(ed25519.DnsName, ed25519.DnsText);
        Assert.Equal(Messages.Length * 5, signed.RootElement.GetArrayLength());
        foreach (JsonElement message in signed.RootElement.EnumerateArray())
        {
            string text = Encoding.Latin1.GetString(message.GetBytesFromBase64());
            DkimVerification result = Assert.Single(await Verifying.DkimAsync(text, dns, now: DateTimeOffset.UtcNow.ToUnixTimeSeconds()));
            Assert.True(result.Result == DkimResult.Pass, $"{result}\n{text[..Math.Min(2000, text.Length)]}");
        }
    }
}
