using System.Text;
using PluginMail.Abstractions;
using PluginMail.Storage;

namespace PluginMail.Pipeline.Tests;

/// <summary>From the whole message to the reply.</summary>
public sealed class TransactionTests : IAsyncLifetime
{
    private const string Message = "Subject: hello\r\n\r\nbody\r\n";
    private PipelineBench _bench = null!;

    public async Task InitializeAsync() => _bench = await PipelineBench.OpenAsync();

    public Task DisposeAsync() => _bench.DisposeAsync().AsTask();

    [Fact]
    public async Task The_message_is_delivered_octet_for_octet_below_a_Received_field()
    {
        MessageReplies replies = await _bench.SendAsync(Message);
        string id = _bench.Delivery.Taken[0].Request.TransactionId;
        Assert.Equal($"250 2.0.0 Ok {id}", replies.Transaction.ToString());
        Assert.Equal(
            "Received: from client.elsewhere.test ([192.0.2.1])\r\n"
            + $"\tby mx.example.test with ESMTP id {id}\r\n\tfor <anna@example.test>;\r\n"
            + "\tSat, 21 Nov 2026 12:00:00 +0000\r\n" + Message,
            _bench.Delivered);
        Assert.Equal("250 2.0.0 Ok " + id, Assert.Single(_bench.Traces.All).Reply);
    }

    [Fact]
    public async Task With_several_recipients_none_is_named()
    {
        await _bench.SendAsync(Message, to: ["anna@example.test", "bob@example.test"]);
        Assert.DoesNotContain("for <", _bench.Delivered, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x\r\nX-Evil: 1")]
    [InlineData("x (trusted.test [10.0.0.1])\r\n\tby mx")]
    [InlineData("x; Thu, 1 Jan 1970 00:00:00 +0000")]
    [InlineData("\0\x7f\x80")]
    public async Task What_a_client_calls_itself_cannot_add_to_the_header(string name)
    {
        await using IMailSession session = _bench.Open();
        await session.GreetAsync(name, extended: true, default);
        await session.SenderAsync(PipelineBench.Address("x@elsewhere.test"), PipelineBench.Plain, default);
        await session.RecipientAsync(PipelineBench.Address("anna@example.test"), default);
        await PipelineBench.DataAsync(session, Message);
        string first = _bench.Delivered[..(_bench.Delivered.IndexOf('\n', StringComparison.Ordinal) + 1)];
        Assert.Matches(@"^Received: from [A-Za-z0-9.?_:\[\]-]+ \(\[192\.0\.2\.1\]\)\r\n$", first);
        Assert.Equal(1, _bench.Delivered.Split('\n').Count(line => line.StartsWith("Received", StringComparison.Ordinal)));
        Assert.DoesNotContain("\nX-Evil", _bench.Delivered, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2001:db8::1", "[IPv6:2001:db8::1]")]
    [InlineData("::ffff:192.0.2.9", "[192.0.2.9]")]
    [InlineData("fe80::1%2", "[IPv6:fe80::1]")]
    public async Task Addresses_are_literals_of_RFC_5321(string client, string literal)
    {
        await using IMailSession session = _bench.Open(address: client);
        await session.GreetAsync("c.test", extended: false, default);
        await session.SenderAsync(null, PipelineBench.Plain, default);
        await session.RecipientAsync(PipelineBench.Address("anna@example.test"), default);
        await PipelineBench.DataAsync(session, Message);
        Assert.Contains($"from c.test ({literal})\r\n\tby mx.example.test with SMTP id", _bench.Delivered, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no header at all\r\n", true)]
    [InlineData(" folded first line\r\n\r\nx", true)]
    [InlineData("nocolon", true)]
    [InlineData(": no name\r\n", true)]
    [InlineData("\r\nonly a body\r\n", false)]
    [InlineData("Subject : obsolete space\r\n\r\nx", false)]
    [InlineData("From someone Sat Nov 21\r\nSubject: x\r\n\r\nx", false)]
    [InlineData("Subject: only a header\r\n", false)]
    [InlineData("", false)]
    public async Task A_message_without_a_header_is_parted_from_the_trace_header(string message, bool parted)
    {
        foreach (int block in (int[])[65536, 1, 3])
        {
            await _bench.SendAsync(message, block: block);
            string below = _bench.Delivered[(_bench.Delivered.IndexOf("+0000\r\n", StringComparison.Ordinal) + 7)..];
            Assert.Equal(parted ? "\r\n" + message : message, below);
        }
    }

    [Theory]
    [InlineData(100, 250)]
    [InlineData(101, 554)]
    public async Task A_message_that_goes_round_is_refused(int hops, int code)
    {
        string received = string.Concat(Enumerable.Repeat("Received: from a by b; Sat, 21 Nov 2026 12:00:00 +0000\r\n", hops));
        MessageReplies replies = await _bench.SendAsync(received + Message);
        Assert.Equal(code, replies.Transaction.Code);
        if (code == 554)
        {
            Assert.Equal(new EnhancedStatusCode(5, 4, 6), replies.Transaction.Status);
            Assert.Empty(_bench.Delivery.Taken);
            Assert.Contains(_bench.Traces.All[0].Entries, entry => entry is { Role: "policy", Decision: "refuse" });
        }
    }

    [Fact]
    public async Task A_header_beyond_all_measure_is_refused()
    {
        string field = $"X-Long: {new string('x', 900)}\r\n";
        Assert.Equal(552, (await _bench.SendAsync(string.Concat(Enumerable.Repeat(field, 1200)) + Message)).Transaction.Code);
    }

    [Fact]
    public async Task Submission_adds_Date_and_Message_ID_where_they_are_missing()
    {
        await SubmitAsync(Message);
        Assert.Contains("\r\nDate: Sat, 21 Nov 2026 12:00:00 +0000\r\n", _bench.Delivered, StringComparison.Ordinal);
        Assert.Matches(@"\r\nMessage-ID: <20261121120000\.[0-9a-f]{16}@mx\.example\.test>\r\n", _bench.Delivered);
        Assert.EndsWith("\r\n\r\nbody\r\n", _bench.Delivered, StringComparison.Ordinal);
        Assert.Equal(Direction.Outgoing, _bench.Delivery.Taken[0].Request.Direction);

        await SubmitAsync("Date: then\r\nMessage-ID: <a@b>\r\n" + Message);
        Assert.EndsWith("\r\nDate: then\r\nMessage-ID: <a@b>\r\n" + Message, _bench.Delivered, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submission_adds_fields_to_a_message_without_a_header()
    {
        await SubmitAsync("just text\r\n");
        Assert.EndsWith(">\r\n\r\njust text\r\n", _bench.Delivered, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Some_failed_is_accepted_and_all_failed_is_not()
    {
        _bench.Delivery.Failures["bob@example.test"] = new SmtpReply(550, new EnhancedStatusCode(5, 1, 1), "gone");
        MessageReplies some = await _bench.SendAsync(Message, to: ["bob@example.test", "anna@example.test"]);
        Assert.Equal(250, some.Transaction.Code);
        Assert.Equal([550, 250], some.Recipients.Select(reply => reply.Code));
        Assert.Equal(550, (await _bench.SendAsync(Message, to: ["bob@example.test"])).Transaction.Code);
    }

    [Fact]
    public async Task Where_all_fail_and_one_may_yet_succeed_the_client_comes_again()
    {
        _bench.Delivery.Failures["bob@example.test"] = new SmtpReply(550, new EnhancedStatusCode(5, 1, 1), "gone");
        _bench.Delivery.Failures["anna@example.test"] = new SmtpReply(452, new EnhancedStatusCode(4, 2, 2), "full");
        Assert.Equal(452, (await _bench.SendAsync(Message, to: ["bob@example.test", "anna@example.test"])).Transaction.Code);
    }

    [Theory]
    [InlineData(true, "452 4.3.1")]
    [InlineData(false, "451 4.3.0")]
    public async Task A_store_that_fails_defers_and_is_traced(bool isDiskFull, string reply)
    {
        _bench.Delivery.Fault = new StoreUnavailableException("broken", isDiskFull);
        Assert.StartsWith(reply, (await _bench.SendAsync(Message)).Transaction.ToString(), StringComparison.Ordinal);
        Assert.StartsWith(reply, Assert.Single(_bench.Traces.All).Reply, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fault_of_the_server_defers()
    {
        _bench.Delivery.Fault = new InvalidOperationException("a bug");
        SmtpReply reply = (await _bench.SendAsync(Message)).Transaction;
        Assert.Equal(451, reply.Code);
        Assert.DoesNotContain("a bug", reply.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_large_message_passes_through_unchanged()
    {
        var text = new StringBuilder(Message);
        for (int i = 0; i < 100_000; i++)
        {
            text.Append("line ").Append(i).Append("\r\n");
        }

        await _bench.SendAsync(text.ToString(), block: 10_000);
        Assert.EndsWith(text.ToString(), _bench.Delivered, StringComparison.Ordinal);
    }

    private async Task SubmitAsync(string message)
    {
        await using IMailSession session = _bench.Open("submission");
        await session.GreetAsync("c.test", extended: true, default);
        await session.AuthenticatedAsync(PipelineBench.Address("anna@example.test"), default);
        await session.SenderAsync(PipelineBench.Address("anna@example.test"), PipelineBench.Plain, default);
        Assert.Null(await session.RecipientAsync(PipelineBench.Address("bob@example.test"), default));
        Assert.Equal(250, (await PipelineBench.DataAsync(session, message)).Transaction.Code);
    }
}
