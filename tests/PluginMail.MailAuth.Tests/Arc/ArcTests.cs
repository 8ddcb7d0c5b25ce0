using System.Text;
using System.Text.Json;
using PluginMail.Testing;

namespace PluginMail.MailAuth.Tests.Arc;

public sealed class ArcTests : IClassFixture<SharedArcKey>
{
    private const string Message = "From: ann@example.com\r\nTo: list@example.org\r\nSubject: hi\r\nMIME-Version: 1.0\r\nDate: Sat, 21 Nov 2026 12:00:00 +0000\r\nMessage-ID: <1@example.com>\r\n\r\nbody\r\n";

    private const string DkimpyVerify = """
        import sys, json, base64, dkim
        work = json.load(sys.stdin)
        keys = {k.encode() + b'.': v.encode() for k, v in work['keys'].items()}
        find = lambda name, timeout=5: keys.get(name if isinstance(name, bytes) else name.encode())
        print(json.dumps([[v.decode() if isinstance(v, bytes) else v for v in dkim.arc_verify(base64.b64decode(m), dnsfunc=find)[::2]] for m in work['messages']]))
        """;

    private const string DkimpySign = """
        import sys, json, base64, dkim
        work = json.load(sys.stdin)
        message = base64.b64decode(work['message'])
        results = []
        for i in range(3):
            results_field = b'Authentication-Results: lists.example.org; spf=pass smtp.mailfrom=x@example.com; arc=' + (b'none' if i == 0 else b'pass') + b'\r\n'
            fields = dkim.arc_sign(results_field + message, b'arc', b'lists.example.org', work['key'].encode(), b'lists.example.org')
            message = b''.join(fields) + message
            results.append(base64.b64encode(message).decode())
        print(json.dumps(results))
        """;

    private readonly DkimSigningKey _key;
    private readonly ZoneResolver _zone;

    public ArcTests(SharedArcKey shared)
    {
        _key = shared.Key;
        _zone = new ZoneResolver().Txt(_key.DnsName, _key.DnsText);
    }

    [Fact]
    public async Task A_chain_of_three_seals_holds()
    {
        string message = Message;
        for (int i = 1; i <= 3; i++)
        {
            message = await SealAsync(message);
            ArcVerification arc = (await EvaluateAsync(message)).Arc;
            Assert.Equal((ArcResult.Pass, i, "lists.example.org", (string?)null), (arc.Result, arc.Instances, arc.SealerDomain, arc.Problem));
        }
    }

    [Fact]
    public async Task No_chain() => Assert.Equal(ArcResult.None, (await EvaluateAsync(Message)).Arc.Result);

    [Theory]
    [InlineData("body", "bodY", "body was changed")]
    [InlineData("Subject: hi", "Subject: ho", "does not hold")]
    [InlineData("dkim=none", "dkim=pass", "does not hold")]
    [InlineData("ARC-Seal: i=1", "ARC-Seal: i=3", "not complete")]
    [InlineData("ARC-Seal: i=2", "ARC-Seal: i=51", "without an instance")]
    [InlineData("ARC-Seal: i=2", "ARC-Seal: i=1", "two ARC-Seal")]
    [InlineData("cv=none", "cv=pass", "impossible")]
    [InlineData("cv=pass", "cv=fail", "says fail")]
    [InlineData("cv=pass", "cv=", "impossible")]
    [InlineData("ARC-Authentication-Results: i=1", "X: i=1", "not complete")]
    [InlineData("ARC-Seal: i=2;", "ARC-Seal: i=2; h=from;", "malformed")]
    public async Task A_change_breaks_the_chain(string old, string changed, string problem)
    {
        string message = (await SealAsync(await SealAsync(Message))).Replace(old, changed, StringComparison.Ordinal);
        ArcVerification arc = (await EvaluateAsync(message)).Arc;
        Assert.Equal(ArcResult.Fail, arc.Result);
        Assert.Contains(problem, arc.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_that_changes_and_seals_again_keeps_the_chain()
    {
        string message = (await SealAsync(Message)).Replace("Subject: hi", "Subject: [list] hi", StringComparison.Ordinal);
        AuthenticationOutcome broken = await EvaluateAsync(message);
        Assert.Equal(ArcResult.Fail, broken.Arc.Result); // as who gets the changed message directly sees it
        AuthenticationOutcome before = await EvaluateAsync(await SealAsync(Message));
        string resealed = Verifying.Apply(message, new ArcSealer(new FakeTime()).Seal(Verifying.Content(message), before, _key, CancellationToken.None));
        Assert.Equal((ArcResult.Pass, 2), ((await EvaluateAsync(resealed)).Arc.Result, (await EvaluateAsync(resealed)).Arc.Instances));
    }

    [Fact]
    public async Task A_broken_chain_is_sealed_once_more_and_then_ended()
    {
        string broken = (await SealAsync(Message)).Replace("body", "bodY", StringComparison.Ordinal);
        string sealedOnce = await SealAsync(broken);
        Assert.Contains("cv=fail", sealedOnce, StringComparison.Ordinal);
        Assert.Equal(ArcResult.Fail, (await EvaluateAsync(sealedOnce)).Arc.Result);
        Assert.Equal(sealedOnce, await SealAsync(sealedOnce));
    }

    [Fact]
    public async Task What_waited_is_sealed_once_by_what_was_written_into_it()
    {
        string received = await ReceiveAsync(Message);
        string waited = SealWaited(received);
        Assert.Equal((ArcResult.Pass, 1), ((await EvaluateAsync(waited)).Arc.Result, (await EvaluateAsync(waited)).Arc.Instances));
        Assert.Equal(waited, SealWaited(waited));

        string elsewhere = (await SealAsync(Message)).Replace(Verifying.Options.AuthservId, "elsewhere.test", StringComparison.Ordinal);
        Assert.Equal(await ReceiveAsync(elsewhere), SealWaited(await ReceiveAsync(elsewhere))); // broken by the change: it ends here
        Assert.Equal(Message, SealWaited(Message)); // nothing is known of it
    }

    [Fact]
    public async Task A_chain_that_came_goes_on_when_it_waited()
    {
        var others = new MailAuthentication(_zone, new FakeTime(), Verifying.Options with { AuthservId = "elsewhere.test" });
        AuthenticationOutcome there = await others.EvaluateAsync(new AuthenticationRequest(Verifying.Content(Message), null, null, null), CancellationToken.None);
        string came = Verifying.Apply(Message, new ArcSealer(new FakeTime()).Seal(Verifying.Content(Message), there, _key, CancellationToken.None));
        ArcVerification arc = (await EvaluateAsync(SealWaited(await ReceiveAsync(came)))).Arc;
        Assert.Equal((ArcResult.Pass, 2), (arc.Result, arc.Instances));
    }

    [Fact]
    public async Task Fifty_one_sets_are_too_many()
    {
        string fields = string.Concat(Enumerable.Range(1, 51).Select(i => $"ARC-Seal: i={i}; a=rsa-sha256; cv=pass; d=x.example; s=s; b=AAAA\r\n"));
        Assert.Equal("too many sets", (await EvaluateAsync(fields + Message)).Arc.Problem);
    }

    [Fact]
    public async Task A_key_that_cannot_be_asked_for_is_temporary()
    {
        string message = await SealAsync(Message);
        var authentication = new MailAuthentication(new ZoneResolver().Fail(_key.DnsName), new FakeTime(), Verifying.Options);
        ArcVerification arc = (await authentication.EvaluateAsync(new AuthenticationRequest(Verifying.Content(message), null, null, null), CancellationToken.None)).Arc;
        Assert.True(arc.IsTemporary);
    }

    [SkippableFact]
    public async Task Dkimpy_verifies_our_chains()
    {
        await Python.RequireAsync("dkim, nacl");
        var messages = new List<string> { Message };
        for (int i = 0; i < 3; i++)
        {
            messages.Add(await SealAsync(messages[^1]));
        }

        messages.RemoveAt(0);
        messages.Add(messages[^1].Replace("body", "bodY", StringComparison.Ordinal));
        string input = JsonSerializer.Serialize(new
        {
            keys = new Dictionary<string, string> { [_key.DnsName] = _key.DnsText },
            messages = messages.Select(message => Convert.ToBase64String(Encoding.Latin1.GetBytes(message))),
        });
        string output = await Python.RunAsync(DkimpyVerify, input);
        Assert.Equal("[[\"pass\", \"success\"], [\"pass\", \"success\"], [\"pass\", \"success\"], [\"fail\", \"Most recent ARC-Message-Signature did not validate\"]]", output.Trim());
    }

    [SkippableFact]
    public async Task We_verify_the_chains_of_dkimpy()
    {
        await Python.RequireAsync("dkim, nacl");
        string input = JsonSerializer.Serialize(new
        {
            key = _key.ToPem(),
            message = Convert.ToBase64String(Encoding.Latin1.GetBytes(Message)),
        });
        using JsonDocument results = JsonDocument.Parse(await Python.RunAsync(DkimpySign, input));
        for (int i = 0; i < 3; i++)
        {
            string message = Encoding.Latin1.GetString(results.RootElement[i].GetBytesFromBase64());
            ArcVerification arc = (await EvaluateAsync(message)).Arc;
            Assert.True(arc.Result == ArcResult.Pass && arc.Instances == i + 1, $"{arc}\n{message}");
        }
    }

    private async Task<AuthenticationOutcome> EvaluateAsync(string message) => await new MailAuthentication(_zone, new FakeTime(), Verifying.Options)
        .EvaluateAsync(new AuthenticationRequest(Verifying.Content(message), null, null, null), CancellationToken.None);

    private async Task<string> ReceiveAsync(string message) => Verifying.Apply(message, (await EvaluateAsync(message)).HeaderEdits);

    private string SealWaited(string message) => Verifying.Apply(
        message, new ArcSealer(new FakeTime()).Seal(Verifying.Content(message), Verifying.Options.AuthservId, _key, CancellationToken.None));

    private async Task<string> SealAsync(string message) =>
        Verifying.Apply(message, new ArcSealer(new FakeTime()).Seal(Verifying.Content(message), await EvaluateAsync(message), _key, CancellationToken.None));
}

/// <summary>A key that all tests of the class use: making one takes longer than all they do.</summary>
public sealed class SharedArcKey : IDisposable
{
    public DkimSigningKey Key { get; } = DkimSigningKey.Generate("lists.example.org", "arc", DkimAlgorithm.RsaSha256);

    public void Dispose() => Key.Dispose();
}
