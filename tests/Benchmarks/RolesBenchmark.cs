using Microsoft.Extensions.Logging.Abstractions;
using PluginMail.Abstractions;
using PluginMail.Benchmarks.Measuring;
using PluginMail.Benchmarks.Roles;
using PluginMail.Pipeline;

namespace PluginMail.Benchmarks;

/// <summary>
/// What the six calls that a message makes of the no-op plugin add to it (Connect, Greet, Sender, Recipient, a message check, a message editor),
/// and what one call costs. The pipeline and the plugin host are the real ones; spool and delivery are not.
/// </summary>
internal static class RolesBenchmark
{
    private const double MostMicrosecondsAMessage = 5;
    private const double MostMicrosecondsACall = 0.3;

    private static readonly EmailAddress Recipient = new("u1", "example.test");

    public static async Task RunAsync(BenchmarkOptions options)
    {
        byte[] message = SampleMessages.Text(4 << 10);
        var delivery = new Elsewhere();
        await using BenchedPlugins host = await BenchedPlugins.StartNoOpAsync();
        await using var traces = new SegmentedTraceLog(
            Path.Combine(host.Folder, "traces"), () => TimeSpan.FromDays(1), TimeProvider.System, NullLogger<SegmentedTraceLog>.Instance);

        MailClient Client(IRoleCatalog roles, ITraceLog log) => new(Pipeline(roles, delivery, log), Recipient, message);
        using MailClient without = Client(NoRoles.Instance, new NoTraces());
        using MailClient with = Client(host.Catalog, new NoTraces());
        using MailClient tracedWithout = Client(NoRoles.Instance, traces);
        using MailClient tracedWith = Client(host.Catalog, traces);
        await with.SendInSessionsAsync(100); // the first calls of a role run elsewhere, until it is known not to block
        Case[] cases =
        [
            new("a session of one message, no plugin", without.SendInSessionsAsync),
            new("a session of one message, noop", with.SendInSessionsAsync),
            new("a message in an open session, no plugin", without.SendInOneSessionAsync),
            new("a message in an open session, noop", with.SendInOneSessionAsync),
            new("a session of one message, no plugin, traced", tracedWithout.SendInSessionsAsync),
            new("a session of one message, noop, traced", tracedWith.SendInSessionsAsync),
            Calls("one call of a check", host.Catalog.Current.MessageChecks[0], delivery.Last!),
            Calls("one call of an editor", host.Catalog.Current.MessageEditors[0], delivery.Last!),
            Calls("one call of a directory", host.Catalog.Current.Directories[0], Recipient),
        ];
        Cost[] costs = await InterleavedRounds.MeasureAsync(options, cases);
        Table.Print("no-op roles", cases, costs);
        Console.WriteLine();
        PrintDifference("all roles, a session of one message", costs[0], costs[1]);
        PrintDifference("all roles, a message in an open session", costs[2], costs[3]);
        PrintDifference("all roles, with the decision trace written", costs[4], costs[5]);
        Console.WriteLine($"wanted: at most {MostMicrosecondsAMessage} us a message, under {MostMicrosecondsACall} us a call, no octets a call");
    }

    /// <summary>The real pipeline on a spool and a delivery in memory.</summary>
    public static MailSessions Pipeline(IRoleCatalog roles, Elsewhere delivery, ITraceLog traces)
    {
        var options = new PipelineOptions(
            "bench.example.test",
            [],
            RefusesOverQuota: false,
            TimeSpan.FromMinutes(2),
            new SpamThresholds(double.PositiveInfinity, double.PositiveInfinity, double.PositiveInfinity));
        return new MailSessions(
            roles, delivery, delivery, new MemoryBodies(), traces, () => options, TimeProvider.System, NullLogger<MailSessions>.Instance, new NoAlerts());
    }

    private static Case Calls<TInput, TAnswer>(string name, Role<TInput, TAnswer> role, TInput input) => new(name, async count =>
    {
        for (int i = 0; i < count; i++)
        {
            await role.AskAsync(input, default);
        }
    });

    private static void PrintDifference(string name, Cost without, Cost with) => Console.WriteLine(
        $"{name,-44} {with.Processor - without.Processor,6:F2} us of processor ({with.Median - without.Median:F2} by the clock), "
        + $"{with.Allocated - without.Allocated,6:N0} octets");
}
