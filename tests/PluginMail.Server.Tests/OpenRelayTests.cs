using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using PluginMail.Abstractions;
using PluginMail.Queue;
using PluginMail.Storage;

namespace PluginMail.Server.Tests;

/// <summary>Who may send where: every kind of client with every kind of recipient, through real listeners of a server that can send to others.</summary>
public sealed class OpenRelayTests : IClassFixture<OpenRelayTests.RelayServer>
{
    private readonly RelayServer _server;

    public OpenRelayTests(RelayServer server) => _server = server;

    /// <summary>Recipient as written in RCPT; replies to a stranger, to a client in a network that may relay, and to a login.</summary>
    public static TheoryData<string, string, string, string> Recipients() => new()
    {
        { "<anna@example.test>", "250", "250", "250" },
        { "<anna+detail@example.test>", "250", "250", "250" },
        { "<postmaster>", "250", "250", "250" },
        { "<anna@alias.test>", "250", "250", "250" },
        { "<nobody@example.test>", "550 5.1.1", "550 5.1.1", "550 5.1.1" },
        { "<nobody@alias.test>", "550 5.1.1", "550 5.1.1", "550 5.1.1" },
        { "<out@example.test>", "250", "250", "250" },
        { "<x@backup.test>", "250", "250", "250" },
        { "<known@listed.test>", "250", "250", "250" },
        { "<other@listed.test>", "550 5.1.1", "550 5.1.1", "550 5.1.1" },
        { "<x@elsewhere.test>", "550 5.7.1", "250", "250" },
        { "<x@[192.0.2.1]>", "550 5.7.1", "250", "250" },
        { "<x@sub.example.test>", "550 5.7.1", "250", "250" },
        { "<x@sub.backup.test>", "550 5.7.1", "250", "250" },
        { "<@elsewhere.test:anna@example.test>", "250", "250", "250" },
        { "<@example.test:x@elsewhere.test>", "550 5.7.1", "250", "250" },
        { "<@example.test,@backup.test:x@elsewhere.test>", "550 5.7.1", "250", "250" },
        { "<x%elsewhere.test@example.test>", "550 5.1.1", "550 5.1.1", "550 5.1.1" },
        { "<x%elsewhere.test@backup.test>", "550 5.1.1", "550 5.1.1", "550 5.1.1" },
        { "<\"x@elsewhere.test\"@example.test>", "550 5.1.1", "550 5.1.1", "550 5.1.1" },
        { "<\"x@elsewhere.test\"@backup.test>", "550 5.1.1", "550 5.1.1", "550 5.1.1" },
        { "<elsewhere.test!x@example.test>", "550 5.1.1", "550 5.1.1", "550 5.1.1" },
        { "<elsewhere.test!x@backup.test>", "550 5.1.1", "550 5.1.1", "550 5.1.1" },
        { "<\"x@elsewhere.test\">", "5", "5", "5" },
        { "<x@elsewhere.test@example.test>", "5", "5", "5" },
        { "<x@elsewhere.test,anna@example.test>", "5", "5", "5" },
        { "<SRS0=AAAAAA=AA=elsewhere.test=x@example.test>", "550 5.1.1", "550 5.1.1", "550 5.1.1" },
        { "<SRS1=AAAAAA=elsewhere.test==AAAA=AA=third.test=x@example.test>", "550 5.1.1", "550 5.1.1", "550 5.1.1" },
        { "SRS0", "550 5.7.1", "550 5.7.1", "550 5.7.1" },
        { "<members@example.test>", "550 5.7.1", "550 5.7.1", "250" },
        { "<members-owner@example.test>", "250", "250", "250" },
    };

    [Theory]
    [MemberData(nameof(Recipients))]
    public async Task A_recipient_is_taken_from_those_who_may(string recipient, string stranger, string network, string login)
    {
        Assert.StartsWith(stranger, await AskAsync("127.0.0.1", null, "<x@stranger.test>", recipient), StringComparison.Ordinal);
        Assert.StartsWith(network, await AskAsync("127.0.0.9", null, "<x@stranger.test>", recipient), StringComparison.Ordinal);
        Assert.StartsWith(login, await AskAsync("127.0.0.1", "anna", "<anna@example.test>", recipient), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<x@elsewhere.test>", "550 5.7.1")]
    [InlineData("<anna@example.test>", "250")]
    [InlineData("<SRS0=AAAAAA=AA=elsewhere.test=x@example.test>", "550 5.1.1")]
    [InlineData("SRS0", "250")]
    [InlineData("<members@example.test>", "550 5.7.1")]
    [InlineData("<members-bounces@example.test>", "250")]
    public async Task A_report_reaches_what_reports_may(string recipient, string reply) =>
        Assert.StartsWith(reply, await AskAsync("127.0.0.1", null, "<>", recipient), StringComparison.Ordinal);

    [Theory]
    [InlineData("<anna@example.test>")]
    [InlineData("<bob@example.test>")]
    public async Task A_local_sender_opens_nothing_to_a_stranger(string sender)
    {
        Assert.StartsWith("550 5.7.1", await AskAsync("127.0.0.1", null, sender, "<x@elsewhere.test>"), StringComparison.Ordinal);
        Assert.StartsWith("550 5.7.1", await AskAsync("127.0.0.1", null, sender, "<members@example.test>"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_login_sends_under_no_other_name() =>
        Assert.StartsWith("553 5.7.1", await AskAsync("127.0.0.1", "anna", "<bob@example.test>", "<x@elsewhere.test>"), StringComparison.Ordinal);

    private async Task<string> AskAsync(string from, string? login, string sender, string recipient)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        await socket.ConnectAsync(_server.EndPoint);
        await using var stream = new NetworkStream(socket);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        await ReadAsync(reader);
        await SayAsync(stream, reader, "EHLO c.test");
        if (login is not null)
        {
            string proof = Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{login}@example.test\0secret"));
            Assert.StartsWith("235", await SayAsync(stream, reader, "AUTH PLAIN " + proof), StringComparison.Ordinal);
        }

        string mail = await SayAsync(stream, reader, "MAIL FROM:" + sender);
        return mail.StartsWith("250", StringComparison.Ordinal)
            ? await SayAsync(stream, reader, "RCPT TO:" + (recipient == "SRS0" ? $"<{_server.Rewritten}>" : recipient))
            : mail;
    }

    private static async Task<string> SayAsync(NetworkStream stream, StreamReader reader, string line)
    {
        await stream.WriteAsync(Encoding.Latin1.GetBytes(line + "\r\n"));
        return await ReadAsync(reader);
    }

    private static async Task<string> ReadAsync(StreamReader reader)
    {
        string line;
        do
        {
            line = await reader.ReadLineAsync() ?? throw new IOException("the server hung up");
        }
        while (line.Length > 3 && line[3] == '-');
        return line;
    }

    /// <summary>A server with all kinds of addresses, and a transport that takes everything.</summary>
    public sealed class RelayServer : IAsyncLifetime
    {
        private readonly TestData _data = new(
            "[limits]\nerrors = 1000\n[relay]\nnetworks = [\"127.0.0.9\"]\n",
            "[[listeners]]\nprotocol = \"smtp\"\naddress = \"127.0.0.1:0\"\ntls = \"none\"\nauthentication = true\n");

        private ServerCore _core = null!;
        private Listeners _listeners = null!;

        public IPEndPoint EndPoint { get; private set; } = null!;

        public EmailAddress Rewritten { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            Configuration.Options.MailServerOptions options = _data.Options;
            options = options with { Authentication = options.Authentication with { RequireTls = false } };
            _core = await ServerCore.OpenAsync(options, new TakingAll(), TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);
            IDirectoryStore directory = _core.Store.Directory;
            foreach (string domain in (string[])["example.test", "alias.test", "backup.test", "listed.test"])
            {
                await directory.AddDomainAsync(domain, CancellationToken.None);
            }

            await directory.ChangeDomainAsync("alias.test", policy => policy with { AliasOf = "example.test" }, CancellationToken.None);
            await directory.ChangeDomainAsync("backup.test", policy => policy with { Relay = DomainRelay.All }, CancellationToken.None);
            await directory.ChangeDomainAsync("listed.test", policy => policy with { Relay = DomainRelay.Listed }, CancellationToken.None);
            foreach (string name in (string[])["anna", "bob"])
            {
                await directory.AddAccountAsync(Address($"{name}@example.test"), "", 0, ScramVerifier.Create("secret", 4096), [], CancellationToken.None);
            }

            await directory.AddAliasAsync(new AddressAlias(Address("out@example.test"), [Address("x@elsewhere.test")]), CancellationToken.None);
            await directory.AddAliasAsync(new AddressAlias(Address("known@listed.test"), [Address("known@listed.test")]), CancellationToken.None);
            await directory.AddListAsync(new DistributionList(Address("members@example.test"), [Address("anna@example.test")]), CancellationToken.None);
            Rewritten = (await ((Delivery.RecipientRouter)_core.Router).SenderForAsync(
                Address("x@elsewhere.test"), Address("out@example.test"), CancellationToken.None))!;
            TlsFiles tls = TlsFiles.Load(options, _core.Data, _core.Clock, NullLogger.Instance);
            _listeners = new Listeners(_core, tls.Certificate);
            Assert.Empty(await _listeners.ApplyAsync(options, CancellationToken.None));
            EndPoint = _listeners.Active[0].EndPoint;
        }

        public async Task DisposeAsync()
        {
            await _listeners.StopAsync(TimeSpan.FromSeconds(1));
            await _listeners.DisposeAsync();
            await _core.DisposeAsync();
            _data.Dispose();
        }

        private static EmailAddress Address(string text) => EmailAddress.TryParse(text, out EmailAddress? address) ? address : throw new ArgumentException(text);

        private sealed class TakingAll : IOutboundTransport
        {
            public string DestinationOf(string domain) => domain;

            public ValueTask<ImmutableArray<OutboundOutcome>> SendAsync(OutboundMessage message, CancellationToken cancellationToken) =>
                new([.. message.Recipients.Select(_ => new OutboundOutcome(new SmtpReply(250, null, "ok")))]);
        }
    }
}
