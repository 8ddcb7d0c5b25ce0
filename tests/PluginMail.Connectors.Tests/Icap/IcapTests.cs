using System.Globalization;
using PluginMail.Abstractions;
using PluginMail.Connectors.Tests.Support;
using PluginMail.Testing;
using PluginMail.Testing.Plugins;

namespace PluginMail.Connectors.Tests.Icap;

/// <summary>The Icap plugin, loaded as the server loads it, with a service of which each answer is written down.</summary>
public sealed class IcapTests
{
    private const string Page = "HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\n\r\n";
    private const string Same = "HTTP/1.1 200 OK\r\n\r\n";
    private const string Mail = "Subject: x\r\n\r\nhello\r\n";

    public static TheoryData<string, string, string> Answers => new()
    {
        { FakeIcap.Clean, "", "virus-clean" },
        { FakeIcap.Modified("X-Infection-Found: Type=0; Resolution=2; Threat=Some.Virus;\r\n", Page, "no"), "", "Some.Virus" },
        { FakeIcap.Modified("X-Infection-Found: Type=0; Resolution=2; Threat=;\r\n", Page, "no"), "", "Type=0; Resolution=2; Threat=;" },
        { FakeIcap.Modified("X-Infection-Found: Type=1; Resolution=2; Threat=Policy;\r\n", Page, "no"), "", "Policy" },
        { FakeIcap.Modified("X-Infection-Found: Type=2; Resolution=0; Threat=Encrypted Archive;\r\nX-Virus-ID: Encrypted Archive\r\n", Page, "no"), "", "virus-unscanned" },
        { FakeIcap.Modified("X-Infection-Found: resolution=0; type = 2\r\n", Same, Mail), "", "virus-unscanned" },
        { FakeIcap.Modified("", "HTTP/1.1 403 Forbidden\r\nX-Infection-Found: Type=2; Resolution=2; Threat=Container;\r\n\r\n", "no"), "", "virus-unscanned" },
        { FakeIcap.Modified("X-Infection-Found: Type=22; Resolution=2; Threat=Sixth;\r\n", Page, "no"), "", "Sixth" },
        { FakeIcap.Modified("X-Virus-ID: Other.Virus\r\n", Same, Mail), "", "Other.Virus" },
        { FakeIcap.Modified("X-Virus-ID: no threats\r\n", Same, Mail), "", "virus-clean" },
        { FakeIcap.Modified("X-Virus-Name: Third\r\n", Page, "no"), "", "Third" },
        { FakeIcap.Modified("", "HTTP/1.1 200 OK\r\nX-Blocked: Fourth\r\n\r\n", "no"), "", "Fourth" },
        { FakeIcap.Modified("X-Response-Info: blocked\r\nX-Response-Desc: Trojan\r\n", Same, "no"), "product = \"kaspersky\"", "Trojan" },
        { FakeIcap.Modified("X-Violations-Found: 1\r\n a.zip\r\n Fifth\r\n 1\r\n 2\r\n", Page, "no"), "product = \"eset\"", "1 a.zip Fifth 1 2" },
        { FakeIcap.Modified("X-Violations-Found: 1\r\n a.zip\r\n encrypted\r\n 1\r\n 2\r\n", Page, "no"), "product = \"drweb\"", "virus-unscanned" },
        { "ICAP/1.0 204 No Content\r\nX-Infection-Found: Type=0; Resolution=1; Threat=Cured;\r\n\r\n", "", "Cured" },
        { FakeIcap.Modified("", Page, "no"), "", "blocked by the scanner" },
        { FakeIcap.Modified("", Same, "changed"), "", "modified by the scanner" },
        { FakeIcap.Modified("", Same, Mail), "", "virus-clean" },
        { "ICAP/1.0 404 Not Found\r\n\r\n", "", "defer" },
        { "ICAP/1.0 500 Error\r\nConnection: close\r\n\r\n", "", "defer" },
        { "ICAP/1.0 500 Error\r\nConnection: close\r\n\r\n", "when_unavailable = \"pass\"", "virus-unscanned" },
        { "ICAP/1.0 200 OK\r\nISTag: \"x\"\r\n\r\n", "", "defer" },
        { "ICAP/1.0 200 OK\r\nX-Virus-ID: Bare.Virus\r\n\r\n", "", "Bare.Virus" },
        { "HTTP/1.1 200 OK\r\n\r\n", "", "defer" },
        { "rubbish\r\n\r\n", "", "defer" },
        { "ICAP/1.0 204\r\nno colon and no name before\r\n", "", "defer" },
        { "ICAP/1.0 200 OK\r\nEncapsulated: res-body=0\r\n\r\nxyz\r\n", "", "defer" },
        { "ICAP/1.0 200 OK\r\nEncapsulated: res-body=0\r\n\r\nffffffffff\r\n", "", "defer" },
        { "ICAP/1.0 200 OK\r\nX: " + new string('x', 100_000) + "\r\n\r\n", "", "defer" },
        { "close", "", "defer" },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Answers_are_understood(string answer, string table, string expected)
    {
        await using var service = new FakeIcap { Answer = (_, _) => answer };
        Assert.Equal(expected, await ScanAsync(table, service));
    }

    [Theory]
    [InlineData("respmod", "RESPMOD", "Encapsulated: req-hdr=0, res-hdr=52, res-body=121\r\n\r\nGET http://mail/message.eml HTTP/1.1\r\nHost: mail\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: message/rfc822\r\nContent-Length: 21\r\n\r\n")]
    [InlineData("reqmod", "REQMOD", "Encapsulated: req-hdr=0, req-body=103\r\n\r\nPOST http://mail/message.eml HTTP/1.1\r\nHost: mail\r\nContent-Type: message/rfc822\r\nContent-Length: 21\r\n\r\n")]
    public async Task A_message_is_sent_encapsulated(string mode, string method, string end)
    {
        await using var service = new FakeIcap();
        Assert.Equal("virus-clean", await ScanAsync($"mode = \"{mode}\"", service));
        string head = service.Heads.Last();
        Assert.StartsWith($"{method} {service.Address} ICAP/1.0\r\nHost: 127.0.0.1:", head, StringComparison.Ordinal);
        Assert.Contains("\r\nAllow: 204\r\n", head, StringComparison.Ordinal);
        Assert.EndsWith(end, head, StringComparison.Ordinal);
        Assert.Equal(Mail, Assert.Single(service.Bodies));
    }

    [Theory]
    [InlineData(0, 10_000)]
    [InlineData(10, 10_000)]
    [InlineData(4096, 100_000)]
    [InlineData(4096, 10)]
    public async Task After_a_preview_the_rest_is_sent_when_it_is_asked_for(int preview, int length)
    {
        await using var service = new FakeIcap
        {
            Options = $"ICAP/1.0 200 OK\r\nAllow: 204\r\nPreview: {preview}\r\nTransfer-Preview: *\r\nEncapsulated: null-body=0\r\n\r\n",
            Answer = (head, body) => head == "rest" || body.Length < preview ? FakeIcap.Clean : "ICAP/1.0 100 Continue\r\n\r\n",
        };
        string text = "Subject: x\r\n\r\n" + new string('x', length);
        await using var bench = await ListBench.StartAsync("icap", $"address = [\"{service.Address}\"]");
        Assert.Equal([new Effect.Tag("virus-clean")], (await bench.CheckAsync(FakeMessage.FromText(text))).Effects.ToArray());
        Assert.Equal(text, Assert.Single(service.Bodies));
    }

    [Theory]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7")]
    [InlineData("fe80::1%2", "fe80::1")]
    public async Task A_client_is_told_as_an_address_alone(string client, string told)
    {
        await using var service = new FakeIcap();
        await using var bench = await ListBench.StartAsync("icap", $"address = [\"{service.Address}\"]");
        await bench.CheckAsync(new FakeMessage(FakeMessage.FromText(Mail).Content) { BroughtBy = ListBench.Stranger(client) });
        Assert.Contains($"\r\nX-Client-IP: {told}\r\n", service.Heads.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_preview_can_be_enough()
    {
        await using var service = new FakeIcap { Options = "ICAP/1.0 200 OK\r\nPreview: 10\r\nEncapsulated: null-body=0\r\n\r\n" };
        Assert.Equal("virus-clean", await ScanAsync("", service));
        Assert.Equal(Mail[..10], Assert.Single(service.Bodies));
    }

    [Fact]
    public async Task What_a_preview_left_unsent_is_no_part_of_the_next_object()
    {
        await using var service = new FakeIcap { Options = "ICAP/1.0 200 OK\r\nPreview: 10\r\nTransfer-Complete: exe\r\nEncapsulated: null-body=0\r\n\r\n" };
        await using var bench = await ListBench.StartAsync("icap", $"address = [\"{service.Address}\"]\nscan = \"parts\"");
        Assert.Equal([new Effect.Tag("virus-clean")], (await bench.CheckAsync(new PartsMessage(("a.txt", "0123456789 and more"), ("b.exe", "MZ all of it")))).Effects.ToArray());
        Assert.Equal(["0123456789", "MZ all of it"], service.Bodies.ToArray());
        Assert.Equal(1, service.Connections);
    }

    [Fact]
    public async Task Connections_and_options_are_kept()
    {
        await using var service = new FakeIcap();
        await using var bench = await ListBench.StartAsync("icap", $"address = [\"{service.Address}\"]");
        for (int i = 0; i < 3; i++)
        {
            Assert.Single((await bench.CheckAsync(FakeMessage.FromText(Mail))).Effects);
        }

        Assert.Equal(1, service.Connections);
        Assert.Equal(4, service.Heads.Count);
    }

    [Theory]
    [InlineData("ICAP/1.0 500 Error\r\n\r\n")]
    [InlineData("ICAP/1.0 404 Not Found\r\nContent-Length: 300\r\n\r\n")]
    [InlineData("ICAP/1.1 100 Continue\r\n\r\n")]
    [InlineData("ICAP/1.0 199 Odd\r\n\r\n")]
    public async Task What_may_still_follow_an_answer_is_not_taken_for_the_next_ones(string odd)
    {
        FakeIcap? asked = null;
        await using var service = new FakeIcap
        {
            Answer = (_, body) => body.Contains("odd", StringComparison.Ordinal) ? odd
                : asked!.Connections == 1 ? FakeIcap.Clean // that of the odd one, late
                : FakeIcap.Modified("X-Virus-ID: Some.Virus\r\n", Page, "no"),
        };
        asked = service;
        await using var bench = await ListBench.StartAsync("icap", $"address = [\"{service.Address}\"]");
        Assert.IsType<Decision.Defer>((await bench.CheckAsync(FakeMessage.FromText("Subject: odd\r\n\r\n"))).Decision);
        Assert.Contains(new Effect.Tag("virus"), (await bench.CheckAsync(FakeMessage.FromText(Mail))).Effects);
        Assert.Equal(2, service.Connections);
    }

    [Fact]
    public async Task A_connection_that_was_closed_meanwhile_is_replaced()
    {
        int asked = 0;
        await using var service = new FakeIcap { Answer = (_, _) => ++asked == 2 ? "close" : FakeIcap.Clean };
        await using var bench = await ListBench.StartAsync("icap", $"address = [\"{service.Address}\"]");
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal([new Effect.Tag("virus-clean")], (await bench.CheckAsync(FakeMessage.FromText(Mail))).Effects.ToArray());
        }

        Assert.Equal(2, service.Connections);
    }

    [Fact]
    public async Task No_more_connections_than_a_service_bears()
    {
        await using var service = new FakeIcap { Options = "ICAP/1.0 200 OK\r\nMax-Connections: 2\r\nAllow: 204\r\nEncapsulated: null-body=0\r\n\r\n" };
        await using var bench = await ListBench.StartAsync("icap", $"address = [\"{service.Address}\"]");
        await bench.CheckAsync(FakeMessage.FromText(Mail));
        var verdicts = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => bench.CheckAsync(FakeMessage.FromText(Mail))));
        Assert.All(verdicts, verdict => Assert.Single(verdict.Effects));
        Assert.InRange(service.MostOpen, 1, 2);
    }

    [Theory]
    [InlineData("", "connections = 1", "all connections are busy")]
    [InlineData("Max-Connections: 1\r\n", "", "all 1 connections that it bears are busy")]
    public async Task Nobody_waits_for_a_turn_for_longer_than_half_of_an_answer(string options, string table, string reason)
    {
        await using var service = new FakeIcap
        {
            Options = $"ICAP/1.0 200 OK\r\n{options}Allow: 204\r\nEncapsulated: null-body=0\r\n\r\n",
            Answer = (_, body) => body.Contains("silence", StringComparison.Ordinal) ? null : FakeIcap.Clean,
        };
        await using var bench = await ListBench.StartAsync("icap", $"address = [\"{service.Address}\"]\nscan_timeout = \"2s\"\nwhen_unavailable = \"pass\"\n{table}");
        await bench.CheckAsync(FakeMessage.FromText(Mail));
        var first = bench.CheckAsync(FakeMessage.FromText("Subject: silence\r\n\r\n"));
        await service.Asked.Task;
        var second = await bench.CheckAsync(FakeMessage.FromText(Mail));
        Assert.Equal([new Effect.Tag("virus-unscanned")], second.Effects.ToArray());
        Assert.Contains(bench.Plugins.Loggers.Lines, line => line.Text.Contains(reason, StringComparison.Ordinal));
        Assert.DoesNotContain(bench.Plugins.Loggers.Lines, line => line.Text.Contains("unavailable", StringComparison.Ordinal));
        service.Silence.SetResult();
        Assert.Equal([new Effect.Tag("virus-clean")], (await first).Effects.ToArray());
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("check_certificate = false", true)]
    [InlineData("certificate_authorities = \"{0}\"", true)]
    public async Task With_TLS_the_certificate_must_be_the_services(string table, bool isTrusted)
    {
        string folder = Directory.CreateTempSubdirectory("icap-").FullName;
        try
        {
            using var certificate = LoopbackCertificate.Make(folder);
            await using var service = new FakeIcap(certificate);
            string settings = table.Replace("{0}", Path.Combine(folder, "cert.pem"), StringComparison.Ordinal);
            Assert.Equal(isTrusted ? "virus-clean" : "defer", await ScanAsync(settings, service));
            Assert.Equal(isTrusted ? 1 : 0, service.Bodies.Count);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task The_status_command_says_what_a_service_is()
    {
        await using var service = new FakeIcap { Options = "ICAP/1.0 200 OK\r\nService: A scanner\r\nMethods: RESPMOD\r\nEncapsulated: null-body=0\r\n\r\n" };
        await using var bench = await ListBench.StartAsync("icap", $"address = [\"{service.Address}\", \"icap://127.0.0.1:1/scan\"]");
        var output = new StringWriter(CultureInfo.InvariantCulture);
        Assert.Equal(1, await bench.Plugins.Host.RunCommandAsync("icap", "status", [], output, output, CancellationToken.None));
        Assert.Contains("A scanner (RESPMOD) (1 answered, 0 failed)", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("icap://127.0.0.1:1/scan: down, ", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_next_service_is_asked_when_one_fails_and_the_failed_one_is_left_alone()
    {
        await using var bad = new FakeIcap { Answer = (_, _) => "rubbish\r\n\r\n" };
        await using var good = new FakeIcap();
        await using var bench = await ListBench.StartAsync("icap", $"address = [\"{bad.Address}\", \"icap://127.0.0.1:1/scan\", \"{good.Address}\"]");
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal([new Effect.Tag("virus-clean")], (await bench.CheckAsync(FakeMessage.FromText(Mail))).Effects.ToArray());
        }

        Assert.Single(bad.Bodies);
        Assert.Equal(3, good.Bodies.Count);
    }

    [Theory]
    [InlineData("500 Error")]
    [InlineData("503 Overloaded")]
    public async Task An_error_for_one_message_is_none_for_the_next(string status)
    {
        await using var first = new FakeIcap { Answer = (_, body) => body.Contains("odd", StringComparison.Ordinal) ? $"ICAP/1.0 {status}\r\n\r\n" : FakeIcap.Clean };
        await using var second = new FakeIcap();
        await using var bench = await ListBench.StartAsync("icap", $"address = [\"{first.Address}\", \"{second.Address}\"]");
        foreach (string text in new[] { "Subject: odd\r\n\r\n", Mail, Mail })
        {
            Assert.Equal([new Effect.Tag("virus-clean")], (await bench.CheckAsync(FakeMessage.FromText(text))).Effects.ToArray());
        }

        Assert.Equal((3, 1), (first.Bodies.Count, second.Bodies.Count));
        Assert.DoesNotContain(bench.Plugins.Loggers.Lines, line => line.Text.Contains("unavailable", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("silence silence mail silence silence mail", "")]
    [InlineData("silence silence silence", "no answer in time")]
    public async Task Silence_to_one_message_is_no_outage_before_it_is_the_third_in_a_row(string messages, string outage)
    {
        var clock = new FakeTime();
        await using var service = new FakeIcap { Answer = (_, body) => body.Contains("silence", StringComparison.Ordinal) ? null : FakeIcap.Clean };
        await using var bench = await ListBench.StartAsync("icap", $"address = [\"{service.Address}\"]", clock: clock);
        int sent = 0;
        foreach (string message in messages.Split(' '))
        {
            Assert.DoesNotContain(bench.Plugins.Loggers.Lines, line => line.Text.Contains("unavailable", StringComparison.Ordinal));
            var asking = bench.CheckAsync(FakeMessage.FromText($"Subject: {message}\r\n\r\n"));
            if (message == "silence")
            {
                await PluginBench.UntilAsync(() => service.Bodies.Count > sent, "the message is sent");
                clock.Advance(TimeSpan.FromSeconds(28));
            }

            sent++;
            Assert.Equal(message == "silence", (await asking.WaitAsync(PluginBench.Patience)).Decision is Decision.Defer);
        }

        Assert.Equal(outage.Length > 0, bench.Plugins.Loggers.Lines.Any(line => line.Text.Contains($"is unavailable: {outage}", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100_000)]
    public async Task A_message_that_cannot_be_read_is_not_the_services_fault(int readable)
    {
        await using var service = new FakeIcap();
        await using var bench = await ListBench.StartAsync("icap", $"address = [\"{service.Address}\"]");
        Assert.Single((await bench.CheckAsync(FakeMessage.FromText(Mail))).Effects);
        var broken = new FakeMessage(new MemoryContent(new byte[200_000])) { Opens = () => new BrokenFile(readable) };
        Assert.IsType<Decision.Defer>((await bench.CheckAsync(broken)).Decision);
        Assert.Single((await bench.CheckAsync(FakeMessage.FromText(Mail))).Effects);
        Assert.DoesNotContain(bench.Plugins.Loggers.Lines, line => line.Text.Contains("unavailable", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(18, "virus-clean")]
    [InlineData(19.8, "virus-unscanned")] // 59.4 s, where two answers and three connections have 59 s, and the plugin 60 s
    public async Task All_parts_have_the_time_of_one_message(double seconds, string expected)
    {
        var clock = new FakeTime();
        await using var service = new FakeIcap { Answer = (_, _) => { clock.Advance(TimeSpan.FromSeconds(seconds)); return FakeIcap.Clean; } };
        await using var bench = await ListBench.StartAsync("icap", $"address = [\"{service.Address}\"]\nscan = \"parts\"\nwhen_unavailable = \"pass\"", clock: clock);
        var verdict = await bench.CheckAsync(new PartsMessage(("a", "1"), ("b", "2"), ("c", "3")));
        Assert.Equal([new Effect.Tag(expected)], verdict.Effects.ToArray());
        Assert.Equal(3, service.Bodies.Count);
    }

    [Fact]
    public async Task Services_can_be_asked_in_turn()
    {
        await using FakeIcap one = new(), two = new();
        await using var bench = await ListBench.StartAsync("icap", $"address = [\"{one.Address}\", \"{two.Address}\"]\nbalance = \"round_robin\"");
        for (int i = 0; i < 4; i++)
        {
            await bench.CheckAsync(FakeMessage.FromText(Mail));
        }

        Assert.Equal((2, 2), (one.Bodies.Count, two.Bodies.Count));
    }

    [Fact]
    public async Task A_service_that_does_not_answer_costs_its_time_and_no_more()
    {
        await using var service = new FakeIcap { Answer = (_, _) => null };
        Assert.Equal("defer", await ScanAsync("scan_timeout = \"200ms\"", service));
    }

    [Theory]
    [InlineData("ICAP/1.0 501 Not Implemented\r\n\r\n", "virus-clean")]
    [InlineData("ICAP/1.0 200 OK\r\nConnection: close\r\nAllow: 204\r\n\r\n", "virus-clean")]
    [InlineData("ICAP/1.0 404 No such service\r\n\r\n", "defer")]
    [InlineData("rubbish\r\n", "defer")]
    public async Task Options_may_be_missing_but_not_refused(string options, string expected)
    {
        await using var service = new FakeIcap { Options = options };
        Assert.Equal(expected, await ScanAsync("", service));
    }

    [Theory]
    [InlineData("", "address")]
    [InlineData("address = [\"127.0.0.1:1344\"]", "address")]
    [InlineData("address = [\"icap://127.0.0.1:1344\"]", "address")]
    [InlineData("address = [\"icap://h/scan\", \"icap://h/scan\"]", "address")]
    [InlineData("address = [\"icaps://h/scan\"]\ncertificate_authorities = \"/nowhere\"", "certificate_authorities")]
    [InlineData("address = [\"http://127.0.0.1:1344/scan\"]", "address")]
    [InlineData("address = [\"icap://[::1]/scan\"]\nproduct = \"nobody\"", "product")]
    [InlineData("address = [\"icap://localhost\"]\nproduct = \"kaspersky\"\nscan_timeout = \"1ms\"", "scan_timeout")]
    [InlineData("address = [\"icap://localhost\"]\nproduct = \"drweb\"\nreport_from = \"x\"", "report_from")]
    [InlineData("address = [\"icap://localhost\"]\nproduct = \"sophos\"\nserver = \"x\"", "server")]
    public async Task Impossible_settings_are_refused(string table, string key) =>
        Assert.Contains(key, Assert.Single(await ListBench.ErrorsAsync("icap", table)), StringComparison.Ordinal);

    private static async Task<string> ScanAsync(string table, FakeIcap service)
    {
        await using var bench = await ListBench.StartAsync("icap", $"address = [\"{service.Address}\"]\n{table}");
        var verdict = await bench.CheckAsync(FakeMessage.FromText(Mail, Direction.Outgoing));
        return verdict switch
        {
            { Decision: Decision.Refuse refuse } => refuse.Reply.Text.Split(": ")[1],
            { Decision: Decision.Defer } => "defer",
            { Effects: [Effect.Tag tag] } => tag.Name,
            _ => verdict.ToString(),
        };
    }

    /// <summary>A file of which no more can be read than so many octets.</summary>
    private sealed class BrokenFile(int readable) : MemoryStream(new byte[readable])
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Position < Length ? base.ReadAsync(buffer, cancellationToken) : throw new IOException("the disk fails");
    }
}
