using PluginMail.Abstractions;
using PluginMail.Testing;

namespace PluginMail.Server.Tests;

public sealed class ResolverTests
{
    [SkippableFact]
    public async Task Names_are_looked_up_as_mail_toml_says_and_a_reload_takes_effect()
    {
        Skip.IfNot(RealDns.IsInstalled, "nsd, unbound or ldnsutils is not installed");
        await using RealDns dns = await RealDns.StartAsync("example.test", "@ MX 10 mx\n", ZoneSigning.Valid);
        using var data = new TestData($"[dns]\nservers = [\"127.0.0.1:{dns.Port}\"]");
        await using ServerCore core = await data.OpenCoreAsync();
        DnsAnswer answer = await core.Resolver.QueryAsync("example.test", DnsRecordType.MX, CancellationToken.None);
        Assert.Equal(("10 mx.example.test", true), (Assert.Single(answer.Records), answer.IsAuthenticated));

        data.Write($"[dns]\nservers = [\"127.0.0.1:{dns.Authority.Port}\"]"); // it has the zone, and cannot vouch for it
        await core.ApplyAsync(data.Options, CancellationToken.None);
        answer = await core.Resolver.QueryAsync("example.test", DnsRecordType.MX, CancellationToken.None);
        Assert.Equal(("10 mx.example.test", false), (Assert.Single(answer.Records), answer.IsAuthenticated));
    }
}
