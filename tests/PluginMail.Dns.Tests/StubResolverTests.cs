using System.Net;
using Microsoft.Extensions.Logging.Abstractions;

namespace PluginMail.Dns.Tests;

/// <summary>The resolver against servers that behave as a test's script says; time stands unless the test moves it.</summary>
public sealed class StubResolverTests
{
    private static readonly TimeSpan TryTime = new ResolverOptions().TryTime;
    private readonly FakeTime _clock = new();

    [Fact]
    public async Task Answer_is_kept_for_its_time_and_its_time_left_is_told()
    {
        await using var server = new ScriptedServer(seen => Packet.To(seen.Message).Address("a.test", "192.0.2.1", 300).Address("a.test", "192.0.2.2", 60).Octets);
        using StubResolver resolver = Resolver(server);
        Assert.Equal(TimeSpan.FromSeconds(60), (await AskAsync(resolver, "a.test")).TimeToLive);
        _clock.Advance(TimeSpan.FromSeconds(59));
        DnsAnswer kept = await AskAsync(resolver, "A.TEST.");
        Assert.Equal((1, TimeSpan.FromSeconds(1), "192.0.2.1|192.0.2.2"), (server.Count, kept.TimeToLive, string.Join('|', kept.Records)));
        Assert.Same(kept, await AskAsync(resolver, "a.test"));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.FromSeconds(60), (await AskAsync(resolver, "a.test")).TimeToLive);
        Assert.Equal(2, server.Count);
    }

    [Theory]
    [InlineData(0u, 0)]
    [InlineData(0x8000_0000u, 0)] // RFC 2181 section 8
    [InlineData(0x7FFF_FFFFu, 86400)]
    public async Task Time_to_live_is_bounded(uint given, int seconds)
    {
        await using var server = new ScriptedServer(seen => Packet.To(seen.Message).Address("a.test", "192.0.2.1", given).Octets);
        using StubResolver resolver = Resolver(server);
        Assert.Equal(seconds, (await AskAsync(resolver, "a.test")).TimeToLive.TotalSeconds);
        await AskAsync(resolver, "a.test");
        Assert.Equal(seconds == 0 ? 2 : 1, server.Count);
    }

    [Theory]
    [InlineData(3, 900u, 60u, DnsStatus.NameError, 60)]
    [InlineData(0, 30u, 60u, DnsStatus.NoData, 30)]
    [InlineData(3, 90_000u, 90_000u, DnsStatus.NameError, 3600)]
    public async Task Absence_is_kept_as_the_SOA_says(int code, uint timeToLive, uint minimum, DnsStatus status, int seconds)
    {
        await using var server = new ScriptedServer(seen => Packet.To(seen.Message, code).StartOfAuthority("test", timeToLive, minimum).Octets);
        using StubResolver resolver = Resolver(server);
        DnsAnswer answer = await AskAsync(resolver, "a.test");
        Assert.Equal((status, (double)seconds), (answer.Status, answer.TimeToLive.TotalSeconds));
        _clock.Advance(TimeSpan.FromSeconds(seconds - 1));
        await AskAsync(resolver, "a.test");
        Assert.Equal(1, server.Count);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await AskAsync(resolver, "a.test");
        Assert.Equal(2, server.Count);
    }

    [Fact]
    public async Task Absence_without_SOA_is_not_kept()
    {
        await using var server = new ScriptedServer(seen => Packet.To(seen.Message).Octets);
        using StubResolver resolver = Resolver(server);
        Assert.Equal(DnsStatus.NoData, (await AskAsync(resolver, "a.test")).Status);
        await AskAsync(resolver, "a.test");
        Assert.Equal(2, server.Count);
    }

    [Fact]
    public async Task Same_question_asked_at_once_is_sent_once_and_one_that_gives_up_ends_nothing()
    {
        await using ScriptedServer server = ScriptedServer.Silent;
        using StubResolver resolver = Resolver(server);
        using var giveUp = new CancellationTokenSource();
        Task<DnsAnswer> impatient = resolver.QueryAsync("a.test", DnsRecordType.A, giveUp.Token).AsTask();
        Task<DnsAnswer>[] others = [.. Enumerable.Range(0, 20).Select(_ => AskAsync(resolver, "a.test"))];
        Seen seen = await server.NextAsync();
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        await server.SendAsync(Packet.To(seen.Message).Address("a.test", "192.0.2.1").Octets, seen.From);
        Assert.All(await Task.WhenAll(others), answer => Assert.Equal(DnsStatus.Found, answer.Status));
        Assert.Equal(1, server.Count);
    }

    [Fact]
    public async Task Silent_server_is_given_its_time_then_the_next_is_asked_and_remembered_as_the_better()
    {
        await using ScriptedServer silent = ScriptedServer.Silent;
        await using var good = new ScriptedServer(seen => Packet.To(seen.Message).Address(seen.Name, "192.0.2.1").Octets);
        using StubResolver resolver = Resolver(silent, good);
        Task<DnsAnswer> asking = AskAsync(resolver, "a.test");
        await silent.NextAsync();
        _clock.Advance(TryTime);
        Assert.Equal(DnsStatus.Found, (await asking).Status);

        Assert.Equal(DnsStatus.Found, (await AskAsync(resolver, "b.test")).Status); // at once: no time passes
        Assert.Equal((1, 2), (silent.Count, good.Count));

        _clock.Advance(TimeSpan.FromSeconds(3)); // now it gets another chance
        asking = AskAsync(resolver, "c.test");
        Seen late = await silent.NextAsync();
        await silent.SendAsync(Packet.To(late.Message).Address("c.test", "192.0.2.3").Octets, late.From);
        Assert.Equal("192.0.2.3", Assert.Single((await asking).Records));
    }

    [Fact]
    public async Task Server_that_is_not_there_costs_no_time()
    {
        IPEndPoint nobody;
        await using (ScriptedServer gone = ScriptedServer.Silent)
        {
            nobody = gone.EndPoint;
        }

        await using var good = new ScriptedServer(seen => Packet.To(seen.Message).Address("a.test", "192.0.2.1").Octets);
        using StubResolver resolver = Resolver(new ResolverOptions { Servers = [nobody, good.EndPoint] });
        Assert.Equal(DnsStatus.Found, (await AskAsync(resolver, "a.test")).Status);
    }

    [Fact]
    public async Task All_silent_is_a_failure_after_all_rounds_that_is_kept_for_a_moment()
    {
        await using ScriptedServer one = ScriptedServer.Silent;
        await using ScriptedServer two = ScriptedServer.Silent;
        using StubResolver resolver = Resolver(one, two);
        Task<DnsAnswer> asking = AskAsync(resolver, "a.test");
        foreach (ScriptedServer server in (ScriptedServer[])[one, two, one, two])
        {
            await server.NextAsync();
            _clock.Advance(TryTime);
        }

        Assert.Equal(DnsStatus.Failure, (await asking).Status);
        Assert.Equal(DnsStatus.Failure, (await AskAsync(resolver, "a.test")).Status);
        Assert.Equal((2, 2), (one.Count, two.Count));
    }

    [Fact]
    public async Task Time_of_a_lookup_is_limited_whatever_the_tries()
    {
        await using ScriptedServer server = ScriptedServer.Silent;
        using StubResolver resolver = Resolver(new ResolverOptions { Servers = [server.EndPoint], TryTime = TimeSpan.FromHours(1), TimeLimit = TimeSpan.FromSeconds(7) });
        Task<DnsAnswer> asking = AskAsync(resolver, "a.test");
        await server.NextAsync();
        _clock.Advance(TimeSpan.FromSeconds(7));
        Assert.Equal(DnsStatus.Failure, (await asking).Status);
    }

    [Theory]
    [InlineData(2)] // SERVFAIL
    [InlineData(5)] // REFUSED
    [InlineData(9)] // NOTAUTH
    public async Task Server_that_cannot_answer_is_asked_once_and_the_next_then(int code)
    {
        await using var bad = new ScriptedServer(seen => Packet.To(seen.Message, code).Octets);
        using StubResolver alone = Resolver(bad);
        Assert.Equal(DnsStatus.Failure, (await AskAsync(alone, "a.test")).Status);
        Assert.Equal(1, bad.Count);

        await using var good = new ScriptedServer(seen => Packet.To(seen.Message).Address("a.test", "192.0.2.1").Octets);
        using StubResolver resolver = Resolver(bad, good);
        Assert.Equal(DnsStatus.Found, (await AskAsync(resolver, "a.test")).Status);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Server_without_EDNS_is_asked_without(int code)
    {
        await using var server = new ScriptedServer(seen => seen.IsExtended
            ? new Packet().Set(0, seen.Id).Set(2, 0x8180 | code).Octets
            : Packet.To(seen.Message).Address("a.test", "192.0.2.1").Octets);
        using StubResolver resolver = Resolver(server);
        Assert.Equal(DnsStatus.Found, (await AskAsync(resolver, "a.test")).Status);
        Assert.Equal(2, server.Count);
    }

    [Fact]
    public async Task Truncated_answer_is_asked_for_over_TCP()
    {
        await using var server = new ScriptedServer(seen => seen.IsTcp
            ? Packet.To(seen.Message).Address("a.test", "192.0.2.1").Octets
            : Packet.To(seen.Message, isTruncated: true).Address("a.test", "192.0.2.66").Octets);
        using StubResolver resolver = Resolver(server);
        Assert.Equal("192.0.2.1", Assert.Single((await AskAsync(resolver, "a.test")).Records));
    }

    [Fact]
    public async Task Server_that_hangs_up_on_TCP_is_passed_over()
    {
        await using var bad = new ScriptedServer(seen => seen.IsTcp ? [] : [Packet.To(seen.Message, isTruncated: true).Octets]);
        await using var good = new ScriptedServer(seen => Packet.To(seen.Message).Address("a.test", "192.0.2.1").Octets);
        using StubResolver resolver = Resolver(bad, good);
        Assert.Equal(DnsStatus.Found, (await AskAsync(resolver, "a.test")).Status);
    }

    [Fact]
    public async Task Packets_that_answer_something_else_are_ignored()
    {
        await using var server = new ScriptedServer(seen =>
        [
            [],
            [1, 2, 3],
            Packet.To(seen.Message).Set(0, seen.Id ^ 1).Address("a.test", "192.0.2.66").Octets,
            Packet.For("b.test", DnsRecordType.A).Set(0, seen.Id).Address("a.test", "192.0.2.66").Octets,
            Packet.For("a.test", DnsRecordType.AAAA).Set(0, seen.Id).Address("a.test", "192.0.2.66").Octets,
            Packet.To(seen.Message).Set(2, 0x0100).Address("a.test", "192.0.2.66").Octets, // a query
            Packet.To(seen.Message).Address("a.test", "192.0.2.66").Octets[..^1],
            Packet.To(seen.Message).Address("other.test", "192.0.2.66").Address("a.test", "192.0.2.1").Octets,
        ]);
        using StubResolver resolver = Resolver(server);
        Assert.Equal("192.0.2.1", Assert.Single((await AskAsync(resolver, "a.test")).Records));
        Assert.Equal(1, server.Count);
    }

    [Fact]
    public async Task Flood_of_guessed_packets_moves_the_question_to_TCP()
    {
        await using var server = new ScriptedServer(seen => seen.IsTcp
            ? [Packet.To(seen.Message).Address("a.test", "192.0.2.1").Octets]
            : [.. Enumerable.Range(1, 40).Select(i => Packet.To(seen.Message).Set(0, seen.Id ^ i).Address("a.test", "192.0.2.66").Octets)]);
        using StubResolver resolver = Resolver(server);
        Assert.Equal("192.0.2.1", Assert.Single((await AskAsync(resolver, "a.test")).Records));
    }

    [Fact]
    public async Task Ids_and_ports_cannot_be_foretold()
    {
        await using var server = new ScriptedServer(seen => Packet.To(seen.Message, 3).Octets);
        using StubResolver resolver = Resolver(server);
        HashSet<int> ids = [];
        HashSet<int> ports = [];
        for (int i = 0; i < 50; i++)
        {
            await AskAsync(resolver, $"n{i}.test");
            Seen seen = await server.NextAsync();
            ids.Add(seen.Id);
            ports.Add(seen.From.Port);
        }

        Assert.InRange(ids.Count, 45, 50);
        Assert.InRange(ports.Count, 40, 50);
    }

    [Fact]
    public async Task Alias_is_followed_by_another_question_where_the_answer_stops_there()
    {
        await using var server = new ScriptedServer(seen => seen.Name switch
        {
            "a.test" => Packet.To(seen.Message, isAuthenticated: true).Alias("a.test", "b.test", 40).Alias("b.test", "c.test").Octets,
            _ => Packet.To(seen.Message).Address("c.test", "192.0.2.1").Octets,
        });
        using StubResolver resolver = Resolver(server);
        DnsAnswer answer = await AskAsync(resolver, "a.test");
        Assert.Equal(("192.0.2.1", TimeSpan.FromSeconds(40), false), (Assert.Single(answer.Records), answer.TimeToLive, answer.IsAuthenticated));
    }

    [Theory]
    [InlineData(8, DnsStatus.Found)]
    [InlineData(9, DnsStatus.Failure)]
    public async Task Aliases_are_bounded_however_they_come(int aliases, DnsStatus status)
    {
        await using var atOnce = new ScriptedServer(seen =>
        {
            Packet packet = Packet.To(seen.Message);
            for (int i = 0; i < aliases; i++)
            {
                packet.Alias($"n{i}.test", $"n{i + 1}.test");
            }

            return packet.Address($"n{aliases}.test", "192.0.2.1").Octets;
        });
        await using var oneByOne = new ScriptedServer(seen => int.Parse(seen.Name[1..^5]) is var i && i < aliases
            ? Packet.To(seen.Message).Alias($"n{i}.test", $"n{i + 1}.test").Octets
            : Packet.To(seen.Message).Address(seen.Name, "192.0.2.1").Octets);
        foreach (ScriptedServer server in (ScriptedServer[])[atOnce, oneByOne])
        {
            using StubResolver resolver = Resolver(server);
            Assert.Equal(status, (await AskAsync(resolver, "n0.test")).Status);
        }
    }

    [Fact]
    public async Task Alias_of_a_name_that_does_not_exist_does_not_exist()
    {
        await using var server = new ScriptedServer(seen => Packet.To(seen.Message, 3).Alias("a.test", "b.test", 20).StartOfAuthority("test", 60, 60).Octets);
        using StubResolver resolver = Resolver(server);
        DnsAnswer answer = await AskAsync(resolver, "a.test");
        Assert.Equal((DnsStatus.NameError, TimeSpan.FromSeconds(20)), (answer.Status, answer.TimeToLive)); // RFC 6604 section 3
    }

    [Theory]
    [InlineData("127.0.0.53", false, true, true)]
    [InlineData("::1", false, true, true)]
    [InlineData("192.0.2.53", false, true, false)]
    [InlineData("192.0.2.53", true, true, true)]
    [InlineData("127.0.0.1", true, false, false)]
    public void Word_on_DNSSEC_counts_on_loopback_or_where_it_is_trusted(string server, bool isTrusted, bool isSaid, bool expected)
    {
        var response = new Wire.ResponseMessage(Wire.ResponseCode.NoError, IsTruncated: false, isSaid, [], null);
        bool isLocal = new Upstream.NameServer(new IPEndPoint(IPAddress.Parse(server), 53), _clock, NullLogger.Instance).IsLocal;
        Assert.Equal(expected, StubResolver.IsBelieved(new Upstream.Reply(response, isLocal, ""), new ResolverOptions { TrustsAuthenticData = isTrusted }));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a..test")]
    [InlineData(".test")]
    [InlineData("ä.test")]
    [InlineData("a b.test")]
    public async Task What_is_no_name_is_not_sent_and_does_not_exist(string name)
    {
        await using ScriptedServer server = ScriptedServer.Silent;
        using StubResolver resolver = Resolver(server);
        Assert.Equal(DnsStatus.NameError, (await AskAsync(resolver, name)).Status);
        Assert.Equal(0, server.Count);
    }

    [Fact]
    public async Task Other_servers_are_taken_over_and_what_the_old_ones_said_is_forgotten()
    {
        await using var one = new ScriptedServer(seen => Packet.To(seen.Message).Address("a.test", "192.0.2.1").Octets);
        await using var two = new ScriptedServer(seen => Packet.To(seen.Message).Address("a.test", "192.0.2.2").Octets);
        var options = new ResolverOptions { Servers = [one.EndPoint] };
        using var resolver = new StubResolver(() => options, _clock, NullLogger.Instance);
        Assert.Equal("192.0.2.1", Assert.Single((await AskAsync(resolver, "a.test")).Records));
        options = new ResolverOptions { Servers = [two.EndPoint] };
        resolver.Refresh();
        Assert.Equal("192.0.2.2", Assert.Single((await AskAsync(resolver, "a.test")).Records));
    }

    [Fact]
    public async Task Disposal_ends_lookups_under_way()
    {
        await using ScriptedServer server = ScriptedServer.Silent;
        StubResolver resolver = Resolver(server);
        Task<DnsAnswer> asking = AskAsync(resolver, "a.test");
        await server.NextAsync();
        resolver.Dispose();
        Assert.Equal(DnsStatus.Failure, (await asking).Status);
        Assert.Equal(DnsStatus.Failure, (await AskAsync(resolver, "b.test")).Status);
    }

    private static Task<DnsAnswer> AskAsync(StubResolver resolver, string name) => resolver.QueryAsync(name, DnsRecordType.A, default).AsTask();

    private StubResolver Resolver(params ScriptedServer[] servers) =>
        Resolver(new ResolverOptions { Servers = [.. servers.Select(server => server.EndPoint)] });

    private StubResolver Resolver(ResolverOptions options) => new(() => options, _clock, NullLogger.Instance);
}
