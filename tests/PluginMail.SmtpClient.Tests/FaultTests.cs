using System.Net;
using PluginMail.Abstractions;
using PluginMail.Queue;
using PluginMail.Testing;

namespace PluginMail.SmtpClient.Tests;

/// <summary>A fault at each step of the dialog, and what becomes of the message.</summary>
public sealed class FaultTests
{
    private const string Temporary = "451 4.4.2";

    // step, fault, the outcome's code and status, whether the destination is down, whether a second host is tried
    public static TheoryData<string, string, string, bool, bool> Faults => new()
    {
        { "CONNECT", ScriptedPeer.Drop, Temporary, true, true },
        { "CONNECT", ScriptedPeer.Silence, Temporary, true, true },
        { "CONNECT", "421 4.3.2 busy", "421 4.3.2", true, true },
        { "CONNECT", "554 5.7.1 go away", "451 4.7.1", true, true },
        { "CONNECT", "521 no mail here", "451 4.0.0", true, true },
        { "CONNECT", "SSH-2.0-OpenSSH_9.6", Temporary, true, true },
        { "CONNECT", "354 what", "451 4.5.0", true, true },
        { "EHLO", ScriptedPeer.Drop, Temporary, true, true },
        { "EHLO", ScriptedPeer.Silence, Temporary, true, true },
        { "EHLO", "421 4.3.2 busy", "421 4.3.2", true, true },
        { "EHLO", "451 4.3.0 later", "451 4.3.0", true, true },
        { "MAIL", ScriptedPeer.Drop, Temporary, true, true },
        { "MAIL", ScriptedPeer.Silence, Temporary, true, true },
        { "MAIL", "421 4.3.2 busy", "421 4.3.2", true, true },
        { "MAIL", "451 4.7.1 later", "451 4.7.1", false, true },
        { "MAIL", "550 5.7.1 not you", "550 5.7.1", false, false },
        { "MAIL", "nonsense", Temporary, true, true },
        { "RCPT", ScriptedPeer.Drop, Temporary, false, true },
        { "RCPT", ScriptedPeer.Silence, Temporary, false, true },
        { "RCPT", "421 4.3.2 busy", "421 4.3.2", false, true },
        { "RCPT", "450 4.2.1 greylisted", "450 4.2.1", false, false },
        { "RCPT", "452 4.5.3 too many", "452 4.5.3", false, false },
        { "RCPT", "550 5.1.1 unknown", "550 5.1.1", false, false },
        { "RCPT", "550 unknown", "550 ", false, false },
        { "RCPT", "354 what", "451 4.5.0", false, false },
        { "MAIL", "354 what", "451 4.5.0", false, true },
        { "DATA", ScriptedPeer.Drop, Temporary, false, true },
        { "DATA", ScriptedPeer.Silence, Temporary, false, true },
        { "DATA", "421 4.3.2 busy", "421 4.3.2", false, true },
        { "DATA", "451 4.3.0 later", "451 4.3.0", false, false },
        { "DATA", "554 5.7.1 no", "554 5.7.1", false, false },
        { "DATA", "250 what", "451 4.5.0", false, false },
        { "DOT", ScriptedPeer.Drop, Temporary, false, false },
        { "DOT", ScriptedPeer.Silence, Temporary, false, false },
        { "DOT", "421 4.3.2 busy", "421 4.3.2", false, false },
        { "DOT", "451 4.3.0 later", "451 4.3.0", false, false },
        { "DOT", "550 5.7.1 spam", "550 5.7.1", false, false },
        { "DOT", "354 again", "451 4.5.0", false, false },
        { "DOT", "what?", Temporary, false, false },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public Task With_pipelining(string step, string fault, string outcome, bool isDown, bool triesNext) =>
        CheckAsync(["PIPELINING"], step, fault, outcome, isDown, triesNext);

    [Theory]
    [MemberData(nameof(Faults))]
    public Task Without_pipelining(string step, string fault, string outcome, bool isDown, bool triesNext) =>
        CheckAsync([], step, fault, outcome, isDown, triesNext);

    [Theory]
    [MemberData(nameof(Faults))]
    public Task With_chunking(string step, string fault, string outcome, bool isDown, bool triesNext) =>
        step == "DATA" ? Task.CompletedTask : CheckAsync(["PIPELINING", "CHUNKING"], step, fault, outcome, isDown, triesNext);

    [Theory]
    [MemberData(nameof(Faults))]
    public Task With_chunking_but_without_pipelining(string step, string fault, string outcome, bool isDown, bool triesNext) =>
        step == "DATA" ? Task.CompletedTask : CheckAsync(["CHUNKING"], step, fault, outcome, isDown, triesNext);

    private static async Task CheckAsync(string[] offers, string step, string fault, string expected, bool isDown, bool triesNext)
    {
        await using var peer = new ScriptedPeer { Replies = { [step] = fault } };
        peer.Capabilities.Clear();
        peer.Capabilities.AddRange(offers);
        var clock = new FakeTime();
        await using var bench = new SendingBench(peer, clock: clock);
        OutboundOutcome outcome = await peer.WhileSilentAsync(clock, () => bench.SendAsync());
        Assert.Equal(expected, $"{outcome.Reply.Code} {outcome.Reply.Status}");
        Assert.Equal(isDown, outcome.IsDestinationDown);
        Assert.Equal($"mx.example.org[127.0.0.1]:{peer.Port}", outcome.Host);

        // A second mail exchanger, which is well.
        await using var route = new SendingBench(peer, clock: clock);
        route.Dns.Add("example.org", DnsRecordType.MX, "10 mx.example.org", "20 mx2.example.org").Add("mx2.example.org", DnsRecordType.A, "127.0.0.2");
        await using var second = new ScriptedPeer(IPAddress.Parse("127.0.0.2"), port: peer.Port);
        OutboundOutcome withSecond = await peer.WhileSilentAsync(clock, () => route.SendAsync());
        Assert.Equal(triesNext ? 1 : 0, second.Messages.Count);
        Assert.Equal(triesNext, withSecond.Reply.IsPositive);
    }
}
