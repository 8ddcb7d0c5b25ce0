using System.Collections.Immutable;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using PluginMail.Abstractions;
using PluginMail.Pipeline;
using PluginMail.Queue;
using PluginMail.Storage;

namespace PluginMail.Server.Tests;

/// <summary>What an administrator does with the queue.</summary>
public sealed class QueueOperationTests : IAsyncLifetime
{
    private readonly TestData _data = new();
    private readonly ScriptedTransport _transport = new();
    private ServerCore _core = null!;

    public async Task InitializeAsync()
    {
        _core = await ServerCore.OpenAsync(_data.Options, _transport, TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);
        await EnqueueAsync("anna@example.test", null, "x@one.test", "y@two.test");
        await EnqueueAsync(null, "odd", "z@two.test");
    }

    public async Task DisposeAsync()
    {
        await _core.DisposeAsync();
        _data.Dispose();
    }

    [Fact]
    public async Task Entries_are_listed_as_they_are_asked_for()
    {
        Assert.Equal(["x@one.test, y@two.test", "z@two.test"], await ListAsync());
        Assert.Equal(["x@one.test, y@two.test"], await ListAsync(("destination", "ONE.test")));
        Assert.Equal(["z@two.test"], await ListAsync(("sender", "<>")));
        Assert.Equal(["z@two.test"], await ListAsync(("state", "held")));
        Assert.Equal(["x@one.test, y@two.test"], await ListAsync(("limit", "1")));
        string first = (await DoneAsync("queue list")).Table!.Rows[0][0];
        Assert.Equal(["z@two.test"], await ListAsync(("after", first)));
    }

    [Fact]
    public async Task What_is_tried_now_waits_for_its_turn_or_for_a_person_says_so()
    {
        Assert.Equal([("due", "now"), ("held", "")], await StatesAsync());
        _transport.Gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<int> run = _core.Queue.RunDueAsync(CancellationToken.None).AsTask();
        await _transport.Begun.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(("active", "now"), (await StatesAsync())[0]);
        _transport.Gate.SetResult();
        await run;
        (string state, string next) = (await StatesAsync())[0];
        Assert.Equal("waiting", state);
        Assert.EndsWith("Z", next, StringComparison.Ordinal);

        async Task<(string State, string Next)[]> StatesAsync()
        {
            AdminTable table = (await DoneAsync("queue list")).Table!;
            Assert.Equal(["state", "next"], table.Columns.Skip(6).Take(2));
            return [.. table.Rows.Select(row => (row[6], row[7]))];
        }
    }

    [Fact]
    public async Task All_of_an_entry_is_shown_with_its_last_reply_and_its_history()
    {
        await _core.Queue.RunDueAsync(CancellationToken.None);
        AdminTable table = (await DoneAsync("queue show", ("id", await IdAsync("one.test")))).Table!;
        Assert.Contains(table.Rows, row => row[0] == "recipient" && row[1].Contains("<x@one.test> waiting, 1 attempts", StringComparison.Ordinal)
            && row[1].EndsWith("at mx.one.test: 450 4.2.1 not now", StringComparison.Ordinal));
        Assert.Contains(table.Rows, row => row[0] == "attempt" && row[1].EndsWith("x@one.test at mx.one.test 450 4.2.1 not now", StringComparison.Ordinal));
        Assert.Contains(table.Rows, row => row is ["from", "<anna@example.test>"]);
    }

    [Fact]
    public async Task Messages_are_held_released_sent_and_removed()
    {
        string id = await IdAsync("one.test");
        await DoneAsync("queue hold", ("id", id));
        await _core.Queue.RunDueAsync(CancellationToken.None);
        Assert.Empty(_transport.Sent);
        await DoneAsync("queue release", ("destination", "one.test"));
        await _core.Queue.RunDueAsync(CancellationToken.None);
        Assert.Equal(["x@one.test"], _transport.Sent);
        Assert.Contains("what is held stays so", (await DoneAsync("queue send", ("all", "yes"))).Message, StringComparison.Ordinal);
        await _core.Queue.RunDueAsync(CancellationToken.None);
        Assert.Equal(["x@one.test", "x@one.test"], _transport.Sent);
        Assert.Contains("except for recipients that are held", (await DoneAsync("queue send", ("id", id))).Message, StringComparison.Ordinal);
        await DoneAsync("queue remove", ("id", id));
        Assert.Equal(1, (await RunAsync("queue remove", ("id", id))).Status);
    }

    [Fact]
    public async Task A_held_message_that_is_to_be_sent_stays_and_it_is_said_how_it_goes()
    {
        string held = (await DoneAsync("queue list", ("state", "held"))).Table!.Rows[0][0];
        AdminResponse response = await RunAsync("queue send", ("id", held));
        Assert.Equal((1, $"message {held} is held and is not sent; 'queue release {held}' lets it go"), (response.Status, response.Message));
        await _core.Queue.RunDueAsync(CancellationToken.None);
        Assert.DoesNotContain("z@two.test", _transport.Sent);
        string other = await IdAsync("one.test");
        AdminResponse both = await RunOfAsync("queue send", [held, other]);
        Assert.Equal((1, $"{response.Message}\nmessage {other} is tried now"), (both.Status, both.Message));
        Assert.Equal(0, (await RunOfAsync("queue release", [held])).Status);
        await _core.Queue.RunDueAsync(CancellationToken.None);
        Assert.Contains("z@two.test", _transport.Sent);
    }

    [Fact]
    public async Task Messages_are_returned_by_their_numbers_and_by_what_is_asked()
    {
        string held = (await DoneAsync("queue list", ("state", "held"))).Table!.Rows[0][0];
        AdminResponse response = await RunOfAsync("queue return", [held], ("reason", "not this"));
        Assert.Equal((0, $"message {held} is gone without a report: its sender is the null sender"), (response.Status, response.Message));
        await _core.Queue.RunDueAsync(CancellationToken.None);
        Assert.Equal(["x@one.test, y@two.test"], await ListAsync());
        Assert.Equal("1 message returned", (await DoneAsync("queue return", ("destination", "one.test"))).Message);
        await _core.Queue.RunDueAsync(CancellationToken.None);
        Assert.Equal(["y@two.test"], await ListAsync(("destination", "two.test")));
        Assert.Equal(["anna@example.test"], await ListAsync(("sender", "<>"))); // the report
        Assert.Equal(1, (await RunOfAsync("queue return", [held])).Status);
    }

    [Fact]
    public async Task The_queue_is_cleared_only_when_it_is_meant()
    {
        Assert.Contains("would remove 2 messages", (await RunAsync("queue clear")).Message, StringComparison.Ordinal);
        await DoneAsync("queue clear", ("destination", "one.test"), ("yes", "yes"));
        Assert.Equal(["y@two.test", "z@two.test"], await ListAsync());
        await DoneAsync("queue clear", ("yes", "yes"));
        Assert.Empty(await ListAsync());
    }

    [Theory]
    [InlineData("queue show", "id", "0", 2)]
    [InlineData("queue show", "id", "999999", 1)]
    [InlineData("queue list", "state", "lost", 2)]
    [InlineData("queue list", "state", "1", 2)]
    [InlineData("queue list", "destination", "not a domain", 2)]
    [InlineData("queue list", "limit", "0", 2)]
    [InlineData("queue hold", "sender", "no address", 2)]
    [InlineData("queue send", "", "", 2)]
    [InlineData("queue remove", "", "", 2)]
    [InlineData("queue return", "", "", 2)]
    [InlineData("queue return", "all", "yes", 2)]
    [InlineData("queue return", "reason", "no", 2)]
    [InlineData("queue return", "id", "999999", 1)]
    public async Task What_cannot_be_done_is_a_response(string operation, string name, string value, int status)
    {
        AdminResponse response = name.Length == 0 ? await RunAsync(operation) : await RunAsync(operation, (name, value));
        Assert.Equal(status, response.Status);
        Assert.False(string.IsNullOrWhiteSpace(response.Message));
    }

    private async Task<IEnumerable<string>> ListAsync(params (string Name, string Value)[] arguments) =>
        (await DoneAsync("queue list", arguments)).Table!.Rows.Select(row => row[3]);

    private async Task<string> IdAsync(string domain) => Assert.Single((await DoneAsync("queue list", ("destination", domain))).Table!.Rows)[0];

    private async Task<AdminResponse> DoneAsync(string operation, params (string Name, string Value)[] arguments)
    {
        AdminResponse response = await RunAsync(operation, arguments);
        Assert.True(response.Status == 0, response.Message);
        return response;
    }

    private Task<AdminResponse> RunAsync(string operation, params (string Name, string Value)[] arguments) => RunOfAsync(operation, [], arguments);

    private Task<AdminResponse> RunOfAsync(string operation, string[] ids, params (string Name, string Value)[] arguments) => AdminOperations.RunAsync(
        new AdminServices(_core, listeners: null, reload: null),
        new AdminRequest(operation, arguments.ToDictionary(argument => argument.Name, argument => argument.Value), ids, null),
        CancellationToken.None);

    private async Task EnqueueAsync(string? from, string? hold, params string[] to)
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        var entry = new NewQueueEntry(
            MailMessage.Scan(new MemoryContent(Encoding.ASCII.GetBytes("Subject: x\r\n\r\nx\r\n"))).Body,
            from is null ? null : Address(from),
            [.. to.Select(one => new NewQueueRecipient(Address(one)))],
            Direction.Outgoing,
            TransactionId.Next(now),
            now,
            hold);
        await _core.Store.CommitAsync(new StoreBatch([], [entry]), CancellationToken.None);
    }

    private static EmailAddress Address(string text) => EmailAddress.TryParse(text, out EmailAddress? address) ? address : throw new ArgumentException(text);

    private sealed class ScriptedTransport : IOutboundTransport
    {
        private readonly List<string> _sent = [];

        public IReadOnlyList<string> Sent
        {
            get
            {
                lock (_sent)
                {
                    return [.. _sent];
                }
            }
        }

        public string DestinationOf(string domain) => domain;

        /// <summary>What an attempt waits for; null for nothing.</summary>
        public TaskCompletionSource? Gate { get; set; }

        public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async ValueTask<ImmutableArray<OutboundOutcome>> SendAsync(OutboundMessage message, CancellationToken cancellationToken)
        {
            Begun.TrySetResult();
            await (Gate?.Task ?? Task.CompletedTask).WaitAsync(cancellationToken);
            lock (_sent)
            {
                _sent.AddRange(message.Recipients.Select(to => to.Address.ToString()));
            }

            var later = new OutboundOutcome(new SmtpReply(450, new EnhancedStatusCode(4, 2, 1), "not now")) { Host = $"mx.{message.Domain}" };
            return [.. message.Recipients.Select(_ => later)];
        }
    }
}
