using PluginMail.Abstractions;
using PluginMail.Connectors.Tests.Support;
using PluginMail.Testing;
using PluginMail.Testing.Plugins;

namespace PluginMail.Connectors.Tests.Icap;

/// <summary>The Icap plugin with c-icap's virus_scan.</summary>
public sealed class RealIcapTests(CIcap service) : IClassFixture<CIcap>
{
    private const string Infected = "From: bad@example.org\r\nSubject: x\r\n\r\nhello " + Clamd.OwnSignature + " there\r\n";

    [SkippableTheory]
    [InlineData("product = \"cicap\"")]
    [InlineData("product = \"cicap\"\nscan = \"parts\"")]
    [InlineData("product = \"cicap\"\nmode = \"reqmod\"")]
    public async Task Clean_mail_passes_and_what_is_infected_is_found(string table)
    {
        service.Require();
        await using var bench = await ListBench.StartAsync("icap", $"address = [\"{service.Address}\"]\n{table}");
        for (int round = 0; round < 3; round++)
        {
            Assert.Equal([new Effect.Tag("virus-clean")], (await bench.CheckAsync(FakeMessage.FromText("Subject: x\r\n\r\nhello\r\n"))).Effects.ToArray());
            var verdict = await bench.CheckAsync(FakeMessage.FromText(Infected, Direction.Outgoing));
            Assert.Contains("PluginMail.Own", Assert.IsType<Decision.Refuse>(verdict.Decision).Reply.Text, StringComparison.Ordinal);
        }
    }

    [SkippableFact]
    public async Task It_may_be_asked_with_TLS()
    {
        service.Require();
        await using var bench = await ListBench.StartAsync(
            "icap", $"address = [\"{service.EncryptedAddress}\"]\nproduct = \"cicap\"\ncertificate_authorities = \"{service.Authority}\"");
        for (int round = 0; round < 3; round++)
        {
            Assert.Equal([new Effect.Tag("virus-clean")], (await bench.CheckAsync(FakeMessage.FromText("Subject: x\r\n\r\nhello\r\n"))).Effects.ToArray());
            var verdict = await bench.CheckAsync(FakeMessage.FromText(Infected, Direction.Outgoing));
            Assert.Contains("PluginMail.Own", Assert.IsType<Decision.Refuse>(verdict.Decision).Reply.Text, StringComparison.Ordinal);
        }
    }

    [SkippableTheory]
    [InlineData("")]
    [InlineData("plain")]
    public async Task Large_mail_goes_through_whole(string path)
    {
        service.Require();
        await using var bench = await ListBench.StartAsync("icap", $"address = [\"{service.Address}/{path}\"]\nproduct = \"cicap\"");
        string large = "Subject: x\r\n\r\n" + string.Concat(Enumerable.Repeat("a line that is quite harmless\r\n", 15_000));
        Assert.Equal([new Effect.Tag("virus-clean")], (await bench.CheckAsync(FakeMessage.FromText(large))).Effects.ToArray());
        Assert.IsType<Effect.ReplaceMessage>((await bench.CheckAsync(FakeMessage.FromText(large + Clamd.OwnSignature))).Effects[0]);
    }
}
