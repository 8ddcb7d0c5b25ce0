using System.Text.Json;
using PluginMail.Abstractions;

namespace PluginMail.MailAuth.Tests.Spf;

/// <summary>The same zones and clients for this library and for Debian's pyspf.</summary>
public sealed class PyspfTests
{
    private const int Cases = 600;

    private const string Script = """
        import sys, json, socket, spf
        work = json.load(sys.stdin)
        results = []
        for case in work:
            zone = case['zone']
            def lookup(name, qtype, strict=True, timeout=None):
                answers = []
                for type, value in zone.get(name.lower(), []):
                    if type == 'FAIL':
                        raise spf.TempError('no answer')
                    if type == qtype:
                        if type == 'TXT':
                            value = (value.encode(),)
                        elif type == 'MX':
                            preference, host = value.split(' ')
                            value = (int(preference), host)
                        elif type == 'AAAA':
                            value = bytes(socket.inet_pton(socket.AF_INET6, value))
                        answers.append(((name, type), value))
                return answers
            spf.DNSLookup = lookup
            try:
                results.append(spf.query(i=case['client'], s=case['sender'], h=case['helo'], receiver='receiver.example.org').check()[0])
            except Exception as problem:
                results.append('exception ' + repr(problem))
        print(json.dumps(results))
        """;

    private static readonly string[] Terms =
    [
        "all", "a", "mx", "ptr", "a:a.example.com", "a:b.example.com/24", "a/20//64", "mx/28", "mx:b.example.com", "mx:c.example.com//120", "ip4:192.0.2.0/28",
        "ip4:192.0.2.16/30", "ip4:198.51.100.7", "ip6:2001:db8::/112", "include:a.example.com", "include:b.example.com", "include:c.example.com",
        "include:%{d2}", "exists:%{ir}.x.example.com", "exists:%{l}.y.example.com", "exists:%{l1r-}.%{o2}", "ptr:example.com", "a:%{h}", "redirect=b.example.com",
        "redirect=c.example.com", "exp=e.example.com", "x=%{d}", "ip4:192.0.2.300", "a:%{z}", "bogus", "exists:gone.example.com", "mx:gone.example.com", "a:fail.example.com",
    ];

    [SkippableFact]
    public async Task The_results_are_the_same()
    {
        await Python.RequireAsync("spf");
        var random = new Random(7208);
        Case[] cases = [.. Enumerable.Range(0, Cases).Select(_ => Make(random))];
        string input = JsonSerializer.Serialize(cases.Select(one => new { zone = one.Zone, client = one.Client, sender = one.Sender, helo = one.Helo }));
        using JsonDocument peer = JsonDocument.Parse(await Python.RunAsync(Script, input));
        var different = new List<string>();
        var seen = new HashSet<SpfResult>();
        for (int i = 0; i < cases.Length; i++)
        {
            SpfVerification ours = await Check.MailFromAsync(Resolver(cases[i]), cases[i].Client, cases[i].Sender, cases[i].Helo);
            seen.Add(ours.Result);
            string theirs = peer.RootElement[i].GetString()!;
            if (ours.Result.ToString().ToLowerInvariant() != theirs)
            {
                different.Add($"{ours.Result} ({ours.Problem}), pyspf {theirs}: {JsonSerializer.Serialize(cases[i])}");
            }
        }

        Assert.True(different.Count == 0, $"{different.Count} differ\n{string.Join('\n', different.Take(5))}");
        Assert.Equal(7, seen.Count);
    }

    /// <summary>
    /// A random zone, without two things in which the peers may differ: pyspf calls an include of the record's own domain an error before it is
    /// reached, and counts a second look-up of the same PTR as another void one.
    /// </summary>
    private static Case Make(Random random)
    {
        bool hasPtr = false;
        var zone = new Dictionary<string, List<string[]>>();
        foreach (string name in (string[])["example.com", "a.example.com", "b.example.com", "c.example.com"])
        {
            zone[name] = [["A", $"192.0.2.{random.Next(1, 24)}"], ["AAAA", $"2001:db8::{random.Next(1, 9)}"], ["MX", $"{random.Next(1, 30)} {"abc"[random.Next(3)]}.example.com"]];
            if (random.Next(8) > 0)
            {
                var terms = new List<string>();
                for (int left = random.Next(1, 5); left > 0; left--)
                {
                    string term = Terms[random.Next(random.Next(3) == 0 ? Terms.Length : 21)];
                    bool isPtr = term.StartsWith("ptr", StringComparison.Ordinal);
                    if (!(isPtr && hasPtr) && term != $"include:{name}" && !(term == "include:%{d2}" && name == "example.com"))
                    {
                        hasPtr |= isPtr;
                        terms.Add(term.Contains('=', StringComparison.Ordinal) ? term : "+-~?".Substring(random.Next(4), 1) + term);
                    }
                }

                zone[name].Add(["TXT", $"v=spf1 {string.Join(' ', terms).Replace("+", random.Next(2) == 0 ? "" : "+", StringComparison.Ordinal)}"]);
            }
        }

        zone["e.example.com"] = [["TXT", "refused %{i}"]];
        zone["fail.example.com"] = [["FAIL", ""]];
        zone["user.y.example.com"] = [["A", "127.0.0.2"]];
        zone["3.2.0.192.x.example.com"] = [["A", "127.0.0.2"]];
        zone["3.2.0.192.in-addr.arpa"] = [["PTR", "a.example.com"], ["PTR", "other.example.net"]];
        zone["other.example.net"] = [["A", "192.0.2.3"]];
        string client = random.Next(4) == 0 ? $"2001:db8::{random.Next(1, 9)}" : $"192.0.2.{random.Next(1, 24)}";
        return new Case(zone, client, random.Next(8) == 0 ? "" : random.Next(2) == 0 ? "user@example.com" : "strong-bad@b.example.com", "a.example.com");
    }

    private static ZoneResolver Resolver(Case one)
    {
        var resolver = new ZoneResolver();
        foreach ((string name, List<string[]> records) in one.Zone)
        {
            foreach (string[] record in records)
            {
                _ = record[0] == "FAIL" ? resolver.Fail(name) : resolver.Add(name, Enum.Parse<DnsRecordType>(record[0]), record[1]);
            }
        }

        return resolver;
    }

    private sealed record Case(Dictionary<string, List<string[]>> Zone, string Client, string Sender, string Helo);
}
