using PluginMail.Abstractions;
using PluginMail.Connectors.Tests.Support;
using PluginMail.Testing;

namespace PluginMail.Connectors.Tests.Milter;

/// <summary>What milters are told of a client's name: Sendmail's four results, of which one puts mail off and another may refuse it.</summary>
public sealed class ClientNameTests
{
    [Theory]
    [InlineData("ptr a.example.org, a.example.org 192.0.2.7", "OK", "a.example.org [192.0.2.7]")]
    [InlineData("ptr a.example.org b.example.org, a.example.org 192.0.2.8, b.example.org 192.0.2.7", "OK", "b.example.org [192.0.2.7]")]
    [InlineData("ptr a.example.org, a.example.org 192.0.2.8", "FORGED", "a.example.org [192.0.2.7] (may be forged)")]
    [InlineData("ptr a.example.org, a.example.org fails", "TEMP", "a.example.org [192.0.2.7] (may be forged)")]
    [InlineData("ptr a.example.org, a.example.org hangs", "TEMP", "a.example.org [192.0.2.7] (may be forged)")]
    [InlineData("ptr fails", "TEMP", "unknown [192.0.2.7]")]
    [InlineData("ptr hangs", "TEMP", "unknown [192.0.2.7]")]
    [InlineData("", "FAIL", "unknown [192.0.2.7]")]
    public async Task A_name_that_cannot_be_looked_up_is_not_one_that_is_not_there(string zone, string resolve, string client)
    {
        var clock = new FakeTime();
        await using var milter = new FakeMilter(macros: $"{FakeMilter.Number(0)}{{client_resolve}} _\0");
        await using var bench = await ListBench.StartAsync("milter", MilterTests.Table(milter.Address), clock: clock, dns: new Zone(zone, clock));
        await using var talk = new MilterTalk(bench.Plugins);
        Assert.Equal("", await talk.ConnectAsync());
        Assert.Equal($"C:{{client_resolve}}|{resolve}|_|{client}|", milter.Macros.First());
    }

    /// <summary>Answers as a line of names and what becomes of them says.</summary>
    private sealed class Zone(string text, FakeTime clock) : IDnsResolver
    {
        private readonly Dictionary<string, string[]> _answers = text.Split(", ", StringSplitOptions.RemoveEmptyEntries)
            .Select(static line => line.Split(' ')).ToDictionary(static words => words[0], static words => words[1..]);

        public async ValueTask<DnsAnswer> QueryAsync(string name, DnsRecordType type, CancellationToken cancellationToken)
        {
            string[] records = _answers.GetValueOrDefault(type == DnsRecordType.PTR ? "ptr" : name) ?? [];
            if (records is ["hangs"])
            {
                clock.Advance(TimeSpan.FromSeconds(3));
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            var status = records is ["fails"] ? DnsStatus.Failure : records.Length == 0 ? DnsStatus.NameError : DnsStatus.Found;
            return new DnsAnswer(status, status == DnsStatus.Found ? [.. records] : [], TimeSpan.Zero, IsAuthenticated: false);
        }
    }
}
