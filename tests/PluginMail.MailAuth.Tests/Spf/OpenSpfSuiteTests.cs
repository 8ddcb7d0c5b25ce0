using System.Net;
using System.Text.Json;
using PluginMail.Abstractions;
using PluginMail.Testing;

namespace PluginMail.MailAuth.Tests.Spf;

/// <summary>The openspf.org test suite for RFC 7208, which Debian's python3-spf brings along.</summary>
public sealed class OpenSpfSuiteTests
{
    private const string Suite = "/usr/share/doc/python3-spf/rfc7208-tests.yml.gz";

    private const string ToJson = """
        import yaml, json, gzip, sys
        scenarios = list(yaml.safe_load_all(gzip.open(sys.stdin.read().strip(), 'rb').read().decode('latin-1')))
        print(json.dumps([s for s in scenarios if s], default=str))
        """;

    [SkippableFact]
    public async Task Every_case_gives_one_of_the_allowed_results()
    {
        Skip.IfNot(File.Exists(Suite), "python3-spf is not installed");
        await Python.RequireAsync("yaml");
        using JsonDocument suite = JsonDocument.Parse(await Python.RunAsync(ToJson, Suite));
        var wrong = new List<string>();
        int cases = 0;
        foreach (JsonElement scenario in suite.RootElement.EnumerateArray())
        {
            foreach (JsonProperty test in scenario.GetProperty("tests").EnumerateObject())
            {
                cases++;
                if (await RunAsync(scenario, test.Value) is { } problem)
                {
                    wrong.Add($"{scenario.GetProperty("description").GetString()} / {test.Name}: {problem}");
                }
            }
        }

        Assert.True(cases > 200, $"only {cases} cases");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private static async Task<string?> RunAsync(JsonElement scenario, JsonElement test)
    {
        var clock = new FakeTime();
        var verifier = new SpfVerifier(ReadZone(scenario.GetProperty("zonedata")), clock, "receiver.example.com");
        string mailFrom = test.GetProperty("mailfrom").GetString()!;
        int at = mailFrom.LastIndexOf('@');
        EmailAddress? sender = mailFrom.Length == 0 ? null
            : new EmailAddress(at < 0 ? "postmaster" : mailFrom[..at], mailFrom[(at + 1)..]);
        SpfVerification outcome = await verifier.VerifyAsync(
            SpfIdentity.MailFrom, IPAddress.Parse(test.GetProperty("host").GetString()!), test.GetProperty("helo").GetString(), sender, CancellationToken.None);
        JsonElement expected = test.GetProperty("result");
        string result = outcome.Result.ToString().ToLowerInvariant();
        string[] allowed = expected.ValueKind == JsonValueKind.Array ? [.. expected.EnumerateArray().Select(one => one.GetString()!)] : [expected.GetString()!];
        if (!allowed.Contains(result))
        {
            return $"{result} instead of {string.Join(" or ", allowed)}: {outcome.Problem}";
        }

        if (test.TryGetProperty("explanation", out JsonElement explanation))
        {
            string wanted = explanation.GetString()!;
            string given = outcome.Explanation ?? "DEFAULT";
            return given.Equals(wanted, StringComparison.OrdinalIgnoreCase) ? null : $"explanation '{given}' instead of '{wanted}'";
        }

        return null;
    }

    private static ZoneResolver ReadZone(JsonElement zone)
    {
        var resolver = new ZoneResolver();
        foreach (JsonProperty name in zone.EnumerateObject())
        {
            bool hasText = name.Value.EnumerateArray().Any(record => record.ValueKind == JsonValueKind.Object && record.TryGetProperty("TXT", out _));
            resolver.Empty(name.Name);
            foreach (JsonElement record in name.Value.EnumerateArray())
            {
                AddRecord(resolver, name.Name, record, hasText);
            }
        }

        return resolver.Fail("error.example.com");
    }

    private static void AddRecord(ZoneResolver resolver, string name, JsonElement record, bool hasText)
    {
        if (record.ValueKind == JsonValueKind.String)
        {
            resolver.Fail(name); // TIMEOUT: whatever else is asked for
            return;
        }

        foreach (JsonProperty entry in record.EnumerateObject())
        {
            if (entry.Name == "SPF" && hasText)
            {
                continue; // records of type SPF are of the past (RFC 7208 section 3.1); the suite copies them to TXT unless TXT is given
            }

            DnsRecordType type = entry.Name == "SPF" ? DnsRecordType.TXT : Enum.Parse<DnsRecordType>(entry.Name);
            string text = type == DnsRecordType.MX
                ? $"{entry.Value[0]} {entry.Value[1]}"
                : entry.Value.ValueKind == JsonValueKind.Array
                    ? string.Concat(entry.Value.EnumerateArray().Select(part => part.GetString()))
                    : entry.Value.ToString();
            if (text == "TIMEOUT")
            {
                resolver.Fail(name, type);
            }
            else if (text != "NONE")
            {
                resolver.Add(name, type, text);
            }
        }
    }
}
