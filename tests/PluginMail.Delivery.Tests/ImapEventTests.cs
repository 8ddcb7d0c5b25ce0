using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using PluginMail.Abstractions;
using PluginMail.Pipeline;
using PluginMail.Storage;
using PluginMail.Testing;

namespace PluginMail.Delivery.Tests;

/// <summary>Scripts on what owners do over IMAP (RFC 6785): which run, and what becomes of the messages.</summary>
public sealed class ImapEventTests : IAsyncLifetime
{
    private const string Require = "require [\"imapsieve\", \"environment\", \"imap4flags\", \"fileinto\", \"copy\", \"editheader\", \"enotify\", \"variables\"];\n";
    private const string Message = "From: x@elsewhere.test\r\nSubject: hello\r\n\r\nbody\r\n";
    private readonly List<DecisionTrace> _traces = [];
    private readonly Outbox _outbox = new();
    private DeliveryBench _bench = null!;
    private MailboxScriptRunner _runner = null!;
    private Account _anna = null!;

    private TemporaryStore Mail => _bench.Mail;

    private IMailboxStore Mailboxes => Mail.Store.Mailboxes;

    public async Task InitializeAsync()
    {
        _bench = await DeliveryBench.OpenAsync();
        _bench.Options = _bench.Options with { CanSendElsewhere = true };
        _anna = await Mail.AddAccountAsync("anna", folders: [new NewFolder("Junk", SpecialUse.Junk), new NewFolder("Sent", SpecialUse.Sent)]);
        await Mail.AddAccountAsync("bob");
        _runner = new MailboxScriptRunner(new EventServices
        {
            Store = Mail.Store,
            Scripts = new EventScripts(_bench.Cache, _bench.ServerScripts, Mail.Store.Annotations, () => _bench.Options),
            Contexts = _bench.Contexts,
            Counters = _bench.Counters,
            Letters = _bench.Letters,
            Submission = () => _outbox,
            Traces = new TraceList(_traces),
            Options = () => _bench.Options,
            Patience = () => TimeSpan.FromMinutes(1),
            Clock = _bench.Clock,
            Log = NullLogger.Instance,
        });
    }

    public async Task DisposeAsync()
    {
        await _runner.DisposeAsync();
        await _bench.DisposeAsync();
    }

    [Fact]
    public async Task Without_a_script_nothing_runs()
    {
        await HappenAsync(MailboxCause.Append, "Junk", await PutAsync("Junk"));
        Assert.Empty(_traces);
    }

    [Fact]
    public async Task The_script_that_the_mailbox_names_files_a_copy_and_the_message_stays()
    {
        await ScriptAsync("Junk", "if environment \"imap.cause\" \"COPY\" { fileinto :copy \"Learn\"; }");
        uint uid = await PutAsync("Junk", "\\Seen");
        await HappenAsync(MailboxCause.Copy, "Junk", uid);
        Assert.Equal("hello \\Seen", Assert.Single(await ListAsync("Learn")));
        Assert.Equal("hello \\Seen", Assert.Single(await ListAsync("Junk")));
        DecisionTrace trace = Assert.Single(_traces);
        Assert.Equal("1 messages, 1 copied", trace.Reply);
        Assert.Contains(trace.Entries, entry => entry is { Stage: "filter", Role: "events" } && entry.Subject == $"uid {uid}" && entry.Decision.Contains("Learn", StringComparison.Ordinal));
        IReadOnlyList<FilterCount> counts = await _bench.Counters.ReadAsync(_anna.Id, CancellationToken.None);
        Assert.Contains(counts, count => count is { Script: "events", Rule: "", Runs: 1, Hits: 1 });
    }

    /// <summary>Sections 3.1 to 3.5, 3.8.</summary>
    [Theory]
    [InlineData("keep;", "\\Flagged", "")]
    [InlineData("discard;", "\\Flagged \\Deleted", "")]
    [InlineData("discard; keep;", "\\Flagged", "")]
    [InlineData("addflag \"\\\\Seen\"; addflag \"$Work\";", "\\Seen \\Flagged $Work", "")]
    [InlineData("setflag \"$Work\";", "$Work", "")]
    [InlineData("removeflag \"\\\\Flagged\";", "", "")]
    [InlineData("fileinto \"Other\";", "\\Flagged \\Deleted", "hello \\Flagged")]
    [InlineData("fileinto :flags \"\\\\Seen\" \"Other\"; keep;", "\\Flagged", "hello \\Seen")]
    [InlineData("fileinto :flags \"$A\" \"Sent\";", "$A", "")]
    [InlineData("fileinto :copy \"Sent\";", "\\Flagged", "")]
    public async Task What_becomes_of_the_message(string script, string flags, string copy)
    {
        await ScriptAsync("Sent", script);
        await HappenAsync(MailboxCause.Append, "Sent", await PutAsync("Sent", "\\Flagged"));
        Assert.Equal($"hello {flags}".TrimEnd(), Assert.Single(await ListAsync("Sent")));
        Assert.Equal(copy, string.Join(';', await ListAsync("Other")));
    }

    [Fact]
    public async Task What_is_taken_away_can_be_removed_at_once()
    {
        _bench.Options = _bench.Options with { Events = new EventOptions { Expunges = true } };
        await ScriptAsync("Junk", "fileinto \"Other\";");
        uint uid = await PutAsync("Junk");
        uint other = await PutAsync("Junk", "\\Deleted");
        await HappenAsync(MailboxCause.Copy, "Junk", uid);
        Assert.Equal("hello \\Deleted", Assert.Single(await ListAsync("Junk")));
        Assert.Equal("hello", Assert.Single(await ListAsync("Other")));
        Assert.NotEqual(uid, other);
    }

    [Fact]
    public async Task A_copy_of_what_is_deleted_is_not_deleted()
    {
        await ScriptAsync("Sent", "fileinto :copy \"Other\";");
        await HappenAsync(MailboxCause.Flag, "Sent", await PutAsync("Sent", "\\Deleted \\Seen"), MessageFlags.Deleted);
        Assert.Equal("hello \\Seen", Assert.Single(await ListAsync("Other")));
    }

    [Fact]
    public async Task Scripts_see_the_flags_that_changed()
    {
        await ScriptAsync("Sent", "if allof (hasflag \"\\\\Flagged\", environment \"imap.changedflags\" \"\\\\Flagged $Todo\", environment \"imap.email\" \"anna@example.test\") { addflag \"$Saw\"; }");
        uint uid = await PutAsync("Sent", "\\Flagged $Todo");
        int todo = await PositionAsync("Sent", "$Todo");
        await HappenAsync(MailboxCause.Flag, "Sent", uid, MessageFlags.Flagged | MessageFlags.Keyword(todo));
        Assert.Equal("hello \\Flagged $Todo $Saw", Assert.Single(await ListAsync("Sent")));
    }

    /// <summary>Section 3.7: changes are for what is filed and sent.</summary>
    [Fact]
    public async Task Changes_are_in_copies_and_in_what_is_sent_on_alone()
    {
        await ScriptAsync("Sent", "addheader \"X-Event\" \"yes\"; fileinto :copy \"Other\"; redirect :copy \"boss@elsewhere.test\";");
        await HappenAsync(MailboxCause.Append, "Sent", await PutAsync("Sent"));
        Assert.DoesNotContain("X-Event", Assert.Single(await Mail.ReadAsync("anna", "Sent")), StringComparison.Ordinal);
        Assert.StartsWith("X-Event: yes\r\n", Assert.Single(await Mail.ReadAsync("anna", "Other")), StringComparison.Ordinal);
        (string from, string to, string text) = Assert.Single(_outbox.Sent);
        Assert.Equal(("anna@example.test", "boss@elsewhere.test"), (from, to));
        Assert.Contains("X-Event: yes\r\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SubmissionResult.Accepted, "hello \\Deleted")]
    [InlineData(SubmissionResult.Refused, "hello")]
    public async Task What_is_sent_on_is_given_up_only_when_it_is_on_its_way(SubmissionResult result, string left)
    {
        _outbox.Result = result;
        await ScriptAsync("Sent", "redirect \"boss@elsewhere.test\";");
        await HappenAsync(MailboxCause.Append, "Sent", await PutAsync("Sent"));
        Assert.Equal(left, Assert.Single(await ListAsync("Sent")));
    }

    [Fact]
    public async Task A_notice_is_sent()
    {
        await ScriptAsync("Sent", "notify :message \"look\" \"mailto:bob@example.test\";");
        await HappenAsync(MailboxCause.Flag, "Sent", await PutAsync("Sent"), MessageFlags.Flagged);
        QueueEntry entry = Assert.Single(await Mail.QueueAsync());
        Assert.Equal("bob@example.test", Assert.Single(entry.Recipients).ToString());
        Assert.Contains("\r\nSubject: look\r\n", Mail.Text(entry.Message), StringComparison.Ordinal);
        Assert.Equal("hello", Assert.Single(await ListAsync("Sent")));
    }

    [Fact]
    public async Task A_script_that_fails_leaves_the_message_and_the_owner_is_told_once_a_day()
    {
        await ScriptAsync("Sent", "if environment \"phase\" \"post\" { addflag \"$A\"; fileinto \"${x}\"; }");
        uint[] uids = [await PutAsync("Sent"), await PutAsync("Sent")];
        await HappenAsync(MailboxCause.Append, "Sent", uids[0]);
        await HappenAsync(MailboxCause.Append, "Sent", uids[1]);
        Assert.Equal(["hello", "hello"], await ListAsync("Sent"));
        Assert.Equal("1 messages, 1 failed", _traces[0].Reply);
        Assert.Contains("filter \"events\" failed", Mail.Text(Assert.Single(await Mail.QueueAsync()).Message).Replace("=?", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_that_answers_mail_does_not_run()
    {
        Account anna = _anna;
        await Mail.Store.Scripts.PutAsync(anna.Id, "events", "require \"vacation\"; vacation \"away\";"u8.ToArray(), activate: false, CancellationToken.None);
        await AnnotateAsync("Sent", "events");
        await HappenAsync(MailboxCause.Append, "Sent", await PutAsync("Sent"));
        Assert.Equal("hello", Assert.Single(await ListAsync("Sent")));
        Assert.Equal("1 messages, 1 failed", Assert.Single(_traces).Reply);
    }

    /// <summary>Section 2.3.1: the mailbox's entry counts before the server's, even where it is empty or names nothing.</summary>
    [Theory]
    [InlineData(null, "hello $Server")]
    [InlineData("events", "hello $Own")]
    [InlineData("", "hello")]
    [InlineData("nothing", "hello")]
    public async Task Which_script_runs(string? named, string left)
    {
        await PutScriptAsync("events", "addflag \"$Own\";");
        await PutScriptAsync("everywhere", "addflag \"$Server\";");
        _bench.Options = _bench.Options with { Annotations = new ServerAnnotations(new Dictionary<string, string> { [EventScripts.Annotation] = "everywhere" }) };
        if (named is not null)
        {
            await AnnotateAsync("Sent", named);
        }

        await HappenAsync(MailboxCause.Append, "Sent", await PutAsync("Sent"));
        Assert.Equal(left, Assert.Single(await ListAsync("Sent")));
    }

    [Fact]
    public async Task Scripts_of_the_server_run_around_the_mailboxes_own()
    {
        string before = Path.Combine(Mail.Root, "before.sieve"), after = Path.Combine(Mail.Root, "after.sieve");
        await File.WriteAllTextAsync(before, "require \"imap4flags\"; addflag \"$Before\";");
        await File.WriteAllTextAsync(after, "require \"imap4flags\"; if hasflag \"$Own\" { addflag \"$After\"; }");
        _bench.Options = _bench.Options with { Events = new EventOptions { Rules = [new EventRule("\\Junk", "INBOX", [MailboxCause.Copy], [before], [after])] } };
        await ScriptAsync("Junk", "if hasflag \"$Before\" { addflag \"$Own\"; }");
        Folder inbox = await FolderAsync("INBOX");
        await HappenAsync(MailboxCause.Copy, "Junk", await PutAsync("Junk"), from: inbox);
        Assert.Equal("hello $Before $Own $After", Assert.Single(await ListAsync("Junk")));
    }

    [Theory]
    [InlineData("Lists/*", "Lists/a/b", true)]
    [InlineData("Lists/*", "Lists", false)]
    [InlineData("*", "Junk", true)]
    [InlineData("*a*b", "xaxbxb", true)]
    [InlineData("a*a", "a", false)]
    [InlineData("20??", "2026", true)]
    [InlineData("20??", "202", false)]
    [InlineData("inbox", "INBOX", true)]
    [InlineData("junk", "Junk", false)]
    [InlineData("\\junk", "Spam", true)]
    public void Rules_name_mailboxes(string pattern, string name, bool isMeant)
    {
        var folder = new Folder(new FolderId(1), new AccountId(1), name, name == "Spam" ? SpecialUse.Junk : SpecialUse.None, 1, IsSubscribed: true, IsSelectable: true);
        Assert.Equal(isMeant, new EventRule(pattern, "", [MailboxCause.Flag], [], []).Matches(new MailboxScriptEvent(_anna, MailboxCause.Flag, folder, null, [])));
        Assert.False(new EventRule(pattern, "*", [MailboxCause.Flag], [], []).Matches(new MailboxScriptEvent(_anna, MailboxCause.Flag, folder, null, [])));
    }

    [Fact]
    public async Task Many_messages_are_done_in_batches()
    {
        await ScriptAsync("Sent", "if header \"subject\" \"hello\" { fileinto :copy \"Other\"; addflag \"$Done\"; }");
        var uids = new List<uint>();
        for (int i = 0; i < 1200; i++)
        {
            uids.Add(await PutAsync("Sent"));
        }

        await _runner.RunAsync(new MailboxScriptEvent(_anna, MailboxCause.Copy, await FolderAsync("Sent"), null, [new ScriptedMessages(uids)]), CancellationToken.None);
        Assert.Equal(1200, (await ListAsync("Other")).Count);
        Assert.All(await ListAsync("Sent"), line => Assert.Equal("hello $Done", line));
        Assert.Equal("1200 messages, 1200 copied, 1200 flagged", Assert.Single(_traces).Reply);
    }

    private Task HappenAsync(MailboxCause cause, string folder, uint uid, MessageFlags changed = default, Folder? from = null) => HappenAsync(cause, folder, [new ScriptedMessages([uid], changed)], from);

    private async Task HappenAsync(MailboxCause cause, string folder, ScriptedMessages[] messages, Folder? from) =>
        await _runner.RunAsync(new MailboxScriptEvent(_anna, cause, await FolderAsync(folder), from, messages), CancellationToken.None);

    private async Task ScriptAsync(string folder, string script)
    {
        await PutScriptAsync("events", script);
        await AnnotateAsync(folder, "events");
    }

    private async Task PutScriptAsync(string name, string script) => Assert.Equal(
        ScriptChange.Done,
        await Mail.Store.Scripts.PutAsync(_anna.Id, name, Encoding.UTF8.GetBytes(Require + script), activate: false, CancellationToken.None));

    private async Task AnnotateAsync(string folder, string script) => Assert.Equal(
        AnnotationChange.Done,
        await Mail.Store.Annotations.SetAsync(
            AnnotationOwner.Of(await FolderAsync(folder)), [new AnnotationUpdate(EventScripts.Annotation, Encoding.UTF8.GetBytes(script))], CancellationToken.None));

    private async Task<Folder> FolderAsync(string name) => (await Mailboxes.FindFolderAsync(_anna.Id, name, CancellationToken.None))!;

    private async Task<uint> PutAsync(string folder, string flags = "")
    {
        AddedFlags set = CopyFlags.Of([.. flags.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        NewBody body = MailMessage.Scan(new MemoryContent(Encoding.UTF8.GetBytes(Message))).Body;
        var copy = new NewCopy(body, (await FolderAsync(folder)).Id, default, set.System, set.Keywords, _bench.Clock.GetUtcNow());
        return (await Mail.Store.CommitAsync(new StoreBatch([copy], []), CancellationToken.None)).Copies[0].Uid;
    }

    private async Task<int> PositionAsync(string folder, string keyword)
    {
        using IFolderHold hold = (await Mailboxes.HoldAsync((await FolderAsync(folder)).Id, takeRecent: false, CancellationToken.None))!;
        return hold.Version.Keywords.IndexOf(keyword);
    }

    /// <summary>Each message's subject, which is the same, and its flags.</summary>
    private async Task<IReadOnlyList<string>> ListAsync(string folder)
    {
        if (await Mailboxes.FindFolderAsync(_anna.Id, folder, CancellationToken.None) is not { } found)
        {
            return [];
        }

        using IFolderHold hold = (await Mailboxes.HoldAsync(found.Id, takeRecent: false, CancellationToken.None))!;
        return [.. Enumerable.Range(0, hold.Version.Count).Select(i => $"hello {string.Join(' ', CopyFlags.NamesOf(hold.Version[i].Flags, hold.Version.Keywords))}".TrimEnd())];
    }

    private sealed class Outbox : ISubmission
    {
        public List<(string From, string To, string Text)> Sent { get; } = [];

        public SubmissionResult Result { get; set; } = SubmissionResult.Accepted;

        public ValueTask<SubmissionResult> SubmitAsync(SubmittedMessage message, string idempotencyKey, CancellationToken cancellationToken)
        {
            byte[] octets = new byte[message.Content.Length];
            int read = message.Content.Read(0, octets);
            Sent.Add((message.Envelope.Sender!.ToString(), message.Envelope.Recipients.Single().ToString(), Encoding.UTF8.GetString(octets, 0, read)));
            return new(Result);
        }
    }

    private sealed class TraceList(List<DecisionTrace> traces) : ITraceLog
    {
        public void Append(DecisionTrace trace) => traces.Add(trace);

        public ValueTask<IReadOnlyList<string>> FindAsync(string transactionId, CancellationToken cancellationToken) => new([]);
    }
}
