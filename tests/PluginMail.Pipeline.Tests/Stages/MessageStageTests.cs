using PluginMail.Abstractions;
using PluginMail.Storage;

namespace PluginMail.Pipeline.Tests;

/// <summary>The Message stage: checks, editors, effects, thresholds, its deadline.</summary>
public sealed class MessageStageTests : IAsyncLifetime
{
    private const string Message = "Subject: hello\r\nX-Old: 1\r\n\r\nbody\r\n";
    private PipelineBench _bench = null!;

    public async Task InitializeAsync() => _bench = await PipelineBench.OpenAsync();

    public Task DisposeAsync() => _bench.DisposeAsync().AsTask();

    [Fact]
    public async Task The_strongest_decision_wins_and_among_equals_the_first()
    {
        Verdict first = Verdict.Defer(SmtpReply.LocalError("first")), second = Verdict.Defer(SmtpReply.LocalError("second"));
        UseChecks(Verdict.Hold("h"), Verdict.Discard("d"), first, second);
        Assert.StartsWith("451 4.3.0 first", (await _bench.SendAsync(Message)).Transaction.ToString(), StringComparison.Ordinal);
        UseChecks(first, Verdict.Refuse(SmtpReply.PolicyRefusal("no")), Verdict.Pass);
        Assert.Equal(550, (await _bench.SendAsync(Message)).Transaction.Code);
        Assert.Empty(_bench.Delivery.Taken);
    }

    [Fact]
    public async Task Discard_is_a_250_without_delivery()
    {
        UseChecks(Verdict.Hold("h"), Verdict.Discard("d"));
        Assert.Equal(250, (await _bench.SendAsync(Message)).Transaction.Code);
        Assert.Empty(_bench.Delivery.Taken);
    }

    [Fact]
    public async Task Editors_run_one_after_another_and_see_what_was_done_before()
    {
        List<string> subjects = [];
        FakeRole Editor(string name, Verdict verdict) => new(name, (view, _) =>
        {
            subjects.Add(view.Headers.First(header => header.Name == "Subject").Value);
            return new(verdict);
        });
        FakeRole second = Editor("two", Verdict.Pass);
        _bench.Roles = new RoleSet
        {
            MessageEditors = [Editor("one", Verdict.Apply(new HeaderEdit.Replace("Subject", "changed"), new Effect.Tag("seen"))), second],
        };
        await _bench.SendAsync(Message);
        Assert.Equal(["hello", "changed"], subjects);
        Assert.Contains("seen", second.Seen!.Tags);
    }

    [Fact]
    public async Task What_a_sender_encodes_into_a_field_is_one_line_for_those_who_copy_it()
    {
        var check = new FakeRole("check", Verdict.Pass);
        _bench.Roles = new RoleSet { MessageChecks = [check] };
        await _bench.SendAsync(
            "Subject: =?utf-8?Q?a=0D=0ABcc:_x?=\r\nContent-Type: text/plain; name*=utf-8''a%0D%0A.exe%0A\r\n\r\nbody\r\n");
        Assert.Equal("a Bcc: x", check.Seen!.Headers.First(header => header.Name == "Subject").Value);
        Assert.DoesNotContain(check.Seen.Parts[0].FileName!, character => character is '\r' or '\n');
    }

    [Fact]
    public async Task After_a_refusal_no_editor_runs()
    {
        var editor = new FakeRole("edit", Verdict.Pass);
        _bench.Roles = new RoleSet { MessageChecks = [new FakeRole("no", Verdict.Refuse(SmtpReply.PolicyRefusal("no")))], MessageEditors = [editor] };
        await _bench.SendAsync(Message);
        Assert.Equal(0, editor.Calls);
    }

    [Fact]
    public async Task Header_edits_leave_all_else_octet_for_octet()
    {
        UseChecks(Verdict.Apply(
            new HeaderEdit.Add("X-New", "2"), new HeaderEdit.Remove("X-Old"), new HeaderEdit.Add("X-Last", "3", atTop: false), new HeaderEdit.Replace("Subject", "ha\r\nllo")));
        await _bench.SendAsync(Message);
        Assert.StartsWith("X-New: 2\r\nReceived: ", _bench.Delivered, StringComparison.Ordinal);
        Assert.EndsWith("+0000\r\nSubject: ha llo\r\nX-Last: 3\r\n\r\nbody\r\n", _bench.Delivered.Replace("ha  llo", "ha llo", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Header_edits_of_a_message_without_header_do_not_join_its_body()
    {
        UseChecks(Verdict.Apply(new HeaderEdit.Add("X-New", "2", atTop: false)));
        await _bench.SendAsync("only text\r\n");
        Assert.EndsWith("\r\nX-New: 2\r\n\r\nonly text\r\n", _bench.Delivered, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("X-Old: 1\r\n\r\nbody\r\n", "X-Old: 1\r\nSubject: added\r\n\r\nbody\r\n")]
    [InlineData("X-Old: 1\r\nSubject: old\r\nX-Last: 2\r\n\r\nbody\r\n", "X-Old: 1\r\nSubject: added\r\nX-Last: 2\r\n\r\nbody\r\n")]
    [InlineData("only text\r\n", "\r\nSubject: added\r\n\r\nonly text\r\n")]
    public async Task A_field_that_is_to_be_replaced_is_added_where_there_is_none(string message, string expected)
    {
        UseChecks(Verdict.Apply(new HeaderEdit.Replace("Subject", "added"), new HeaderEdit.Replace("X-Second", "none", index: 2)));
        await _bench.SendAsync(message);
        Assert.EndsWith(expected, _bench.Delivered, StringComparison.Ordinal);
        Assert.DoesNotContain("X-Second", _bench.Delivered, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_field_is_put_in_its_place_as_it_stands()
    {
        UseChecks(Verdict.Apply(new HeaderEdit.Insert("X-Signed", " a;\r\n\tb=\u00ff"u8.ToArray(), 1), new HeaderEdit.Insert("X-Low", "1"u8.ToArray(), 100)));
        await _bench.SendAsync(Message);
        Assert.Contains("+0000\r\nX-Signed: a;\r\n\tb=", _bench.Delivered, StringComparison.Ordinal);
        Assert.EndsWith("\r\nSubject: hello\r\nX-Old: 1\r\nX-Low:1\r\n\r\nbody\r\n", _bench.Delivered, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Subject: x\r\n\r\nold body\r\n", "Subject: x\r\nX-New: 1\r\n\r\nnew")]
    [InlineData("Subject: x\r\n", "Subject: x\r\nX-New: 1\r\n\r\nnew")]
    [InlineData("no header\r\n", "X-New: 1\r\n\r\nnew")]
    public async Task A_body_is_replaced_octet_for_octet(string message, string expected)
    {
        UseChecks(Verdict.Apply(new Effect.ReplaceBody("new"u8.ToArray()), new HeaderEdit.Add("X-New", "1", atTop: false)));
        await _bench.SendAsync(message);
        Assert.EndsWith("\r\n" + expected, _bench.Delivered, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_envelope_follows_the_effects()
    {
        UseChecks(Verdict.Apply(
            new Effect.AddRecipient(Address("archive")), new Effect.AddRecipient(Address("anna")), new Effect.RemoveRecipient(Address("bob")),
            new Effect.ChangeSender(null)));
        MessageReplies replies = await _bench.SendAsync(Message, to: ["anna@example.test", "bob@example.test"]);
        Envelope envelope = _bench.Delivery.Taken[0].Request.Envelope;
        Assert.Equal(["anna@example.test", "archive@example.test"], envelope.Recipients.Select(to => to.ToString()));
        Assert.Null(envelope.Sender);
        Assert.Equal(2, replies.Recipients.Count);
    }

    [Fact]
    public async Task A_replacement_carries_the_original_octet_for_octet_and_the_trace_field()
    {
        string original = Message + string.Concat(Enumerable.Range(0, 20_000).Select(i => $"line {i}\r\n"));
        UseChecks(Verdict.Apply(
            new HeaderEdit.Add("X-Gone", "1"),
            new Effect.ReplaceMessage(new MessageBuilder().Header("Subject", "Virus").Header("From", "postmaster@example.test").Body("It was bad.\n").AttachOriginal()),
            new HeaderEdit.Add("X-Kept", "1")));
        await _bench.SendAsync(original);
        Assert.StartsWith("X-Kept: 1\r\nReceived: from client.elsewhere.test", _bench.Delivered, StringComparison.Ordinal);
        Assert.DoesNotContain("X-Gone", _bench.Delivered, StringComparison.Ordinal);
        Assert.Contains("Subject: Virus\r\n", _bench.Delivered, StringComparison.Ordinal);
        Assert.Contains("Message-ID: <", _bench.Delivered, StringComparison.Ordinal);
        Assert.Contains("message/rfc822", _bench.Delivered, StringComparison.Ordinal);
        Assert.Contains(original, _bench.Delivered, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(4.99, 250, false, false)]
    [InlineData(5, 250, true, false)]
    [InlineData(6, 250, true, true)]
    [InlineData(15, 550, false, false)]
    [InlineData(double.NaN, 250, false, false)]
    [InlineData(double.PositiveInfinity, 250, false, false)]
    public async Task Points_are_compared_with_the_thresholds(double points, int code, bool isTagged, bool isJunk)
    {
        UseChecks(Verdict.Apply(new Effect.Score(points / 2, "ONE")), Verdict.Apply(new Effect.Score(points / 2, "TWO")));
        Assert.Equal(code, (await _bench.SendAsync(Message)).Transaction.Code);
        if (code == 250)
        {
            Assert.Equal(isTagged, _bench.Delivered.Contains("X-Spam-Flag: YES\r\n", StringComparison.Ordinal));
            Assert.Equal(isTagged, _bench.Delivered.Contains("reasons=ONE,TWO", StringComparison.Ordinal));
            Assert.Equal(isJunk, _bench.Delivery.Taken[0].Request.IsJunk);
        }
    }

    [Fact]
    public async Task A_check_that_outlasts_the_stage_defers_and_the_others_count()
    {
        var slow = new FakeRole("slow", async (_, cancellationToken) =>
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return Verdict.Pass;
        });
        var quick = new FakeRole("quick", Verdict.Apply(new Effect.Tag("t")));
        _bench.Roles = new RoleSet { MessageChecks = [slow, quick] };
        Task<MessageReplies> sending = _bench.SendAsync(Message);
        Assert.False(sending.IsCompleted);
        _bench.Clock.Advance(TimeSpan.FromSeconds(119));
        Assert.False(sending.IsCompleted);
        _bench.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(451, (await sending).Transaction.Code);
        Assert.Equal(["slow", "quick"], _bench.Traces.All[0].Entries.Where(entry => entry.Stage == "message").Select(entry => entry.Role));
    }

    [Fact]
    public async Task One_check_alone_has_the_deadline_too()
    {
        _bench.Roles = new RoleSet
        {
            MessageChecks = [new FakeRole("slow", async (_, cancellationToken) =>
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
                return Verdict.Pass;
            })],
        };
        Task<MessageReplies> sending = _bench.SendAsync(Message);
        _bench.Clock.Advance(TimeSpan.FromSeconds(120));
        Assert.Equal(451, (await sending).Transaction.Code);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_score_does_not_turn_what_checks_decided_into_a_refusal(bool defers)
    {
        UseChecks(
            defers ? Verdict.Defer(SmtpReply.LocalError("later")) : Verdict.Discard("trap"), Verdict.Apply(new Effect.Score(100, "ONE")));
        Assert.Equal(defers ? 451 : 250, (await _bench.SendAsync(Message)).Transaction.Code);
        Assert.Empty(_bench.Delivery.Taken);
    }

    [Fact]
    public async Task A_deadline_that_comes_as_the_stage_ends_harms_nobody()
    {
        var clock = new LateClock();
        await using PipelineBench bench = await PipelineBench.OpenAsync(clock);
        var going = new TaskCompletionSource();
        bench.Roles = new RoleSet
        {
            MessageChecks = [new FakeRole("slow", async (_, _) =>
            {
                await going.Task;
                return Verdict.Pass;
            })],
        };
        Task<MessageReplies> sending = bench.SendAsync(Message);
        going.SetResult();
        Assert.Equal(250, (await sending).Transaction.Code);
        Assert.NotEmpty(clock.Callbacks);
        clock.Callbacks.ForEach(callback => callback()); // on the timer's thread a fault would end the process
    }

    [Fact]
    public async Task A_view_that_is_outlived_keeps_its_octets()
    {
        MessageContent? content = null;
        _bench.Roles = new RoleSet
        {
            MessageChecks = [new FakeRole("late", (view, _) =>
            {
                content = view.Content;
                ((IOutlivedView)view).Outlive();
                return new(Verdict.Pass);
            })],
        };
        await _bench.SendAsync(Message);
        string before = _bench.Delivered;
        _bench.Roles = RoleSet.Empty;
        await _bench.SendAsync("Subject: another one that is as long\r\n\r\nbody\r\n");
        Assert.Equal(before, PipelineBench.Text(content!));
    }

    [Fact]
    public void A_view_of_a_stored_message_that_is_outlived_keeps_its_octets_too()
    {
        using var content = new StoredContent();
        var view = new MessageView("t", null!, Direction.Incoming, new Envelope(null, []), MailMessage.Scan(content), 0, []);
        Assert.False(content.IsOutlived);
        view.Outlive();
        Assert.True(content.IsOutlived);
    }

    [Theory]
    [InlineData(999, 999, false)]
    [InlineData(1000, 999, true)]
    public async Task A_view_says_that_it_does_not_list_all_parts(int parts, int listed, bool hasMore)
    {
        var check = new FakeRole("check", (view, _) => new(
            view.HasMoreParts == hasMore && view.Parts.Length == listed ? Verdict.Pass : Verdict.Refuse(SmtpReply.PolicyRefusal($"{view.Parts.Length}"))));
        _bench.Roles = new RoleSet { MessageChecks = [check] };
        string message = "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
            + string.Concat(Enumerable.Repeat("--b\r\n\r\nx\r\n", parts)) + "--b--\r\n";
        Assert.Equal("250 2.0.0", (await _bench.SendAsync(message)).Transaction.ToString()[..9]);
    }

    [Fact]
    public async Task A_bypassed_editor_is_not_asked()
    {
        var editor = new FakeRole("edit", Verdict.Pass);
        _bench.Roles = new RoleSet { MessageChecks = [new FakeRole("allow", Verdict.Apply(new Effect.Bypass("edit")))], MessageEditors = [editor] };
        await _bench.SendAsync(Message);
        Assert.Equal(0, editor.Calls);
    }

    /// <summary>A clock whose timers fire after they were disposed.</summary>
    private sealed class LateClock : TimeProvider
    {
        public List<Action> Callbacks { get; } = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Callbacks.Add(() => callback(state));
            return new Timer();
        }

        private sealed class Timer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }

    private static EmailAddress Address(string name) => PipelineBench.Address(name);

    private void UseChecks(params Verdict[] verdicts) =>
        _bench.Roles = new RoleSet { MessageChecks = [.. verdicts.Select((verdict, i) => new FakeRole($"check{i}", verdict))] };

    private sealed class StoredContent : MessageContent, IOutlivedContent
    {
        public bool IsOutlived { get; private set; }

        public override long Length => 0;

        public override int Read(long offset, Span<byte> destination) => 0;

        public void Outlive() => IsOutlived = true;
    }
}
