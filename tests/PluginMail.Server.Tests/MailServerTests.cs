using System.Net;
using System.Net.Sockets;
using System.Text;

namespace PluginMail.Server.Tests;

/// <summary>A whole server in this process: it listens, takes mail, reloads and ends.</summary>
public sealed class MailServerTests : IAsyncLifetime
{
    private readonly TestData _data = new(listeners: TestData.AnyPort);
    private ServerLogging _logging = null!;
    private MailServer _server = null!;

    public async Task InitializeAsync()
    {
        _logging = new ServerLogging(_data.Options.Log);
        (MailServer? server, IReadOnlyList<string> problems) =
            await MailServer.StartAsync(_data.Configuration, _data.Options, _logging, TimeProvider.System, CancellationToken.None);
        Assert.True(server is not null, string.Join('\n', problems));
        _server = server;
        await DoneAsync("domain add", ("domain", "example.test"));
        await DoneAsync("account add", ("address", "anna@example.test"), ("password", "secret"));
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _logging.Dispose();
        _data.Dispose();
    }

    [Fact]
    public async Task Mail_comes_in_and_its_reply_leads_to_its_trace()
    {
        using Client client = await Client.ConnectAsync(_server.Listeners.Active[0].EndPoint);
        await client.SayAsync("EHLO c.test", "250");
        await client.SayAsync("MAIL FROM:<x@elsewhere.test>", "250");
        await client.SayAsync("RCPT TO:<nobody@example.test>", "550 5.1.1");
        await client.SayAsync("RCPT TO:<y@other.test>", "550 5.7.1");
        await client.SayAsync("RCPT TO:<Postmaster>", "250");
        await client.SayAsync("RCPT TO:<anna@example.test>", "250");
        await client.SayAsync("DATA", "354");
        string reply = await client.SayAsync("Subject: x\r\n\r\nbody\r\n.", "250 2.0.0 Ok ");
        AdminResponse explained = await DoneAsync("explain", ("id", reply.Trim()[^16..]));
        Assert.Contains("folder INBOX", explained.Text, StringComparison.Ordinal);
        Assert.Contains("550 5.7.1", explained.Text, StringComparison.Ordinal);
        Assert.Equal("1", Assert.Single((await DoneAsync("account list")).Table!.Rows)[2]);
    }

    [Fact]
    public async Task A_reload_adds_and_removes_listeners_and_leaves_open_sessions_alone()
    {
        using Client client = await Client.ConnectAsync(_server.Listeners.Active[0].EndPoint);
        _data.Write("[limits]\nmessage_size = \"1M\"", TestData.AnyPort + TestData.AnyPort.Replace("smtp", "pop3", StringComparison.Ordinal));
        await DoneAsync("config reload");
        Assert.Equal(2, _server.Listeners.Active.Count);
        await client.SayAsync("EHLO c.test", "250");
        using (Client later = await Client.ConnectAsync(_server.Listeners.Active[0].EndPoint))
        {
            Assert.Contains("SIZE 1048576", await later.SayAsync("EHLO c.test", "250"), StringComparison.Ordinal);
        }

        _data.Write("", TestData.AnyPort);
        await DoneAsync("config reload");
        Assert.Single(_server.Listeners.Active);
        await client.SayAsync("NOOP", "250");
    }

    [Fact]
    public async Task A_reload_says_what_is_not_in_force()
    {
        _data.Write("[limits]\nconnections = 7", TestData.AnyPort);
        AdminResponse limits = await AskAsync("config reload");
        Assert.Equal(1, limits.Status);
        Assert.Contains("limits on connections", limits.Message, StringComparison.Ordinal);

        _data.Write("nonsense = 1", TestData.AnyPort);
        AdminResponse broken = await AskAsync("config reload");
        Assert.Equal(1, broken.Status);
        Assert.Contains("the old settings go on serving", broken.Message, StringComparison.Ordinal);
        using Client client = await Client.ConnectAsync(_server.Listeners.Active[0].EndPoint);
        await client.SayAsync("NOOP", "250");
    }

    [Fact]
    public async Task An_address_that_is_taken_stops_the_start()
    {
        using var other = new TestData(listeners: TestData.AnyPort.Replace(":0", $":{_server.Listeners.Active[0].EndPoint.Port}", StringComparison.Ordinal));
        (MailServer? server, IReadOnlyList<string> problems) =
            await MailServer.StartAsync(other.Configuration, other.Options, _logging, TimeProvider.System, CancellationToken.None);
        Assert.Null(server);
        Assert.Contains("cannot listen", Assert.Single(problems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_token_ends_the_server_and_its_sessions()
    {
        using Client client = await Client.ConnectAsync(_server.Listeners.Active[0].EndPoint);
        using var end = new CancellationTokenSource();
        Task running = _server.RunAsync(() => Task.CompletedTask, end.Token);
        await end.CancelAsync();
        await running.WaitAsync(TimeSpan.FromMinutes(2));
        await Assert.ThrowsAnyAsync<SocketException>(() => Client.ConnectAsync(_server.Listeners.Active[0].EndPoint));
    }

    private async Task<AdminResponse> DoneAsync(string operation, params (string Name, string Value)[] arguments)
    {
        AdminResponse response = await AskAsync(operation, arguments);
        Assert.True(response.Status == 0, response.Message);
        return response;
    }

    private Task<AdminResponse> AskAsync(string operation, params (string Name, string Value)[] arguments) => AdminClient.RunAsync(
        _server.Core.Options,
        new AdminRequest(operation, arguments.ToDictionary(argument => argument.Name, argument => argument.Value), [], null),
        CancellationToken.None);

    private sealed class Client : IDisposable
    {
        private readonly TcpClient _client = new();
        private StreamReader _reader = StreamReader.Null;

        public static async Task<Client> ConnectAsync(IPEndPoint server)
        {
            var client = new Client();
            await client._client.ConnectAsync(server);
            client._reader = new StreamReader(client._client.GetStream(), Encoding.ASCII);
            await client.ReadAsync("220");
            return client;
        }

        public async Task<string> SayAsync(string line, string expected)
        {
            await _client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(line + "\r\n"));
            return await ReadAsync(expected);
        }

        public void Dispose()
        {
            _reader.Dispose();
            _client.Dispose();
        }

        private async Task<string> ReadAsync(string expected)
        {
            var reply = new StringBuilder();
            string line;
            do
            {
                line = await _reader.ReadLineAsync() ?? throw new EndOfStreamException();
                reply.AppendLine(line);
            }
            while (line.Length > 3 && line[3] == '-');
            Assert.StartsWith(expected, line, StringComparison.Ordinal);
            return reply.ToString();
        }
    }
}
