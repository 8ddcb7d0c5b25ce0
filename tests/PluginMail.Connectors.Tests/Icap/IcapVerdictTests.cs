using PluginMail.Abstractions;
using PluginMail.Connectors.Tests.Support;
using PluginMail.Testing.Plugins;

namespace PluginMail.Connectors.Tests.Icap;

/// <summary>What becomes of a message that the Icap plugin had scanned.</summary>
public sealed class IcapVerdictTests
{
    private const string Page = "HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\n\r\n";
    private const string Mail = "Subject: x\r\n\r\nhello\r\n";

    [Theory]
    [InlineData("", "virus-unscanned")]
    [InlineData("when_too_large = \"refuse\"", "552 5.3.4 This message is too large to be scanned for viruses")]
    [InlineData("when_too_large = \"hold\"", "too large to be scanned for viruses")]
    public async Task What_is_too_large_passes_is_refused_or_held_as_the_settings_say(string table, string expected)
    {
        await using var service = new FakeIcap();
        await using var bench = await ListBench.StartAsync("icap", $"address = [\"{service.Address}\"]\nmaximum_size = 20\n{table}");
        var verdict = await bench.CheckAsync(FakeMessage.FromText(Mail));
        Assert.Equal(expected, verdict switch
        {
            { Decision: Decision.Refuse refuse } => refuse.Reply.ToString(),
            { Decision: Decision.Hold hold } => hold.Reason,
            { Effects: [Effect.Tag tag] } => tag.Name,
            _ => verdict.ToString(),
        });
        Assert.Empty(service.Bodies);
    }

    [Theory]
    [InlineData(false, "virus-unscanned")]
    [InlineData(true, "virus")]
    public async Task Mail_of_more_parts_than_are_listed_is_scanned_whole_and_never_called_clean(bool isInfected, string tag)
    {
        await using var service = isInfected ? new FakeIcap { Answer = (_, _) => FakeIcap.Modified("X-Virus-ID: Some.Virus\r\n", Page, "no") } : new FakeIcap();
        await using var bench = await ListBench.StartAsync("icap", $"address = [\"{service.Address}\"]\nscan = \"parts\"\nmaximum_size = 100");
        var verdict = await bench.CheckAsync(new PartsMessage(("a", "1"), ("b", "2")) { HasMoreParts = true });
        Assert.Contains(new Effect.Tag(tag), verdict.Effects);
        Assert.Single(service.Bodies);
    }

    [Fact]
    public async Task An_infected_incoming_message_is_replaced_by_the_report()
    {
        await using var service = new FakeIcap { Answer = (_, _) => FakeIcap.Modified("X-Virus-ID: Some.Virus\r\n", Page, "no") };
        await using var bench = await ListBench.StartAsync("icap", $"address = [\"{service.Address}\"]");
        var verdict = await bench.CheckAsync(FakeMessage.FromText(Mail));
        var report = Assert.IsType<Effect.ReplaceMessage>(verdict.Effects[0]).Replacement;
        Assert.True(report.AttachesOriginal);
        Assert.Contains("Virus: Some.Virus", report.Text, StringComparison.Ordinal);
        Assert.Equal((Effect[])[new Effect.Tag("virus"), new Effect.Tag("virus:Some.Virus")], verdict.Effects.Skip(1).ToArray());
    }

    [Theory]
    [InlineData("", true)]
    [InlineData(":is some.virus", true)]
    [InlineData(":is Some", false)]
    [InlineData(":contains virus", true)]
    [InlineData(":contains eicar", false)]
    public async Task Filters_know_the_name_of_the_virus_whichever_scanner_found_it(string argument, bool expected)
    {
        await using var service = new FakeIcap { Answer = (_, _) => FakeIcap.Modified("X-Virus-ID: Some.Virus\r\n", Page, "no") };
        await using var bench = new PluginBench();
        var icap = ListBench.Settings("icap", $"address = [\"{service.Address}\"]");
        Assert.Empty(await bench.ApplyAsync(icap));
        var verdict = (await bench.Roles.MessageChecks[0].AskAsync(FakeMessage.FromText(Mail, Direction.Outgoing), CancellationToken.None)).Value;
        Assert.Equal([expected], await VirusWordUse.AskAsync(bench, argument, verdict));
        Assert.Equal([false], await VirusWordUse.AskAsync(bench, argument, Verdict.Pass));

        Assert.Empty(await bench.ApplyAsync(ListBench.Settings("clamav", "address = [\"127.0.0.1:1\"]"), icap));
        Assert.Equal([expected, expected], await VirusWordUse.AskAsync(bench, argument, verdict));
    }
}
