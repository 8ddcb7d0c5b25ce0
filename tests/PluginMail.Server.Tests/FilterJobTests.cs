using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using PluginMail.Abstractions;
using PluginMail.Storage;

namespace PluginMail.Server.Tests;

/// <summary>Scripts on the mail that is there: previewed, carried out, interrupted and taken back.</summary>
public sealed class FilterJobTests : IAsyncLifetime
{
    private readonly TestData _data = new("[filters]\nundo_time = \"1d\"\nglobal = \".\"");
    private readonly MovedClock _clock = new();
    private ServerCore _core = null!;
    private Account _anna = null!;

    public async Task InitializeAsync()
    {
        _core = await ServerCore.OpenAsync(_data.Options, _clock, NullLoggerFactory.Instance, CancellationToken.None);
        await DoneAsync("domain add", ("domain", "example.test"));
        await DoneAsync("account add", ("address", "anna@example.test"), ("password", "secret"));
        EmailAddress address = new("anna", "example.test");
        _anna = (await _core.Store.Directory.FindAccountAsync(address, CancellationToken.None))!;
    }

    public async Task DisposeAsync()
    {
        StoreCheckReport report = await _core.Store.Maintenance.CheckAsync(CancellationToken.None);
        await _core.DisposeAsync();
        _data.Dispose();
        Assert.Empty(report.Problems);
    }

    [Fact]
    public async Task A_preview_follows_includes_of_the_account_and_of_the_server()
    {
        await FillAsync("letter", "news");
        await _core.Store.Scripts.PutAsync(
            _anna.Id, "mine", "# rule:[Letters]\nif subject \"letter\" { move \"Letters\"; }\n"u8.ToArray(), activate: false, CancellationToken.None);
        await File.WriteAllTextAsync(Path.Combine(_data.Root, "common.sieve"), "if subject \"news\" { move \"News\"; }\n");
        AdminResponse response = await OnMailAsync("filter preview", "require \"include\";\ninclude :personal \"mine\";\ninclude :global \"common\";\n");
        Assert.Equal(0, response.Status);
        Assert.Equal(
            [["common:1", "line 1", "fileinto \"News\"", "1"], ["mine:2", "Letters", "fileinto \"Letters\"", "1"]],
            response.Table!.Rows.Where(row => row[0].Length > 0));
        AdminResponse missing = await OnMailAsync("filter preview", "require \"include\"; include \"absent\";");
        Assert.StartsWith("fails:", Assert.Single(missing.Table!.Rows)[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_preview_shows_is_done_and_taken_back()
    {
        await FillAsync("move", "copy", "delete", "flag", "keep", "both");
        const string Script =
            """
            require ["fileinto", "copy", "imap4flags"];
            if header :is "subject" "move" { fileinto "Moved"; }
            elsif header :is "subject" "copy" { fileinto :copy :flags "\\Seen" "Copied"; }
            elsif header :is "subject" "delete" { discard; }
            elsif header :is "subject" "flag" { keep :flags ["\\Flagged", "$Work"]; }
            elsif header :is "subject" "both" { fileinto "Moved"; fileinto "Copied"; }
            """;
        AdminResponse applied = await OnMailAsync("filter apply", Script);
        Assert.True(applied.Status == 0, applied.Message);
        Assert.StartsWith("INBOX of anna@example.test: 6 messages, 2 moved, 2 copied, 1 deleted, 1 flagged\n", applied.Message, StringComparison.Ordinal);
        Assert.Equal(["1", "x.sieve", "INBOX", "done", "6", "6", "2", "2", "1", "1", "0", "0", "0", "0"], Assert.Single(applied.Table!.Rows).Take(14));
        Assert.Equal(["copy ", "flag \\Flagged $Work", "keep "], await ListAsync("INBOX"));
        Assert.Equal(["both ", "move "], (await ListAsync("Moved")).Order());
        Assert.Equal(["both ", "copy \\Seen"], (await ListAsync("Copied")).Order());

        AdminResponse undone = await DoneAsync("filter undo", ("account", "anna"));
        Assert.Equal("job 1 of anna@example.test undone: 6 changes taken back", undone.Message);
        Assert.Equal(["both ", "copy ", "delete ", "flag ", "keep ", "move "], (await ListAsync("INBOX")).Order());
        Assert.Empty(await ListAsync("Moved"));
        Assert.Empty(await ListAsync("Copied"));
        Assert.Equal(1, (await RunAsync("filter undo", ("account", "anna"))).Status);
        Assert.Equal("undone", Assert.Single((await DoneAsync("filter jobs", ("account", "anna"))).Table!.Rows)[3]);
    }

    [Fact]
    public async Task What_would_reach_others_is_not_done_and_loses_no_mail()
    {
        await FillAsync("redirect", "reject", "vacation", "filed");
        const string Script =
            """
            require ["fileinto", "reject", "vacation", "editheader"];
            if header :is "subject" "redirect" { redirect "bob@elsewhere.test"; }
            elsif header :is "subject" "reject" { reject "no"; }
            elsif header :is "subject" "filed" { redirect "bob@elsewhere.test"; fileinto "Moved"; }
            else { vacation "away"; addheader "X-A" "b"; }
            """;
        AdminResponse applied = await OnMailAsync("filter apply", Script);
        Assert.Contains("not done for mail that was there: changes of the message (1), redirect (2), reject (1)", applied.Message, StringComparison.Ordinal);
        Assert.Equal(["redirect ", "reject ", "vacation "], await ListAsync("INBOX"));
        Assert.Equal(["filed "], await ListAsync("Moved"));
        Assert.Empty(await _core.Store.Queue.ListAsync(null, 10, CancellationToken.None));
    }

    [Fact]
    public async Task A_message_at_which_the_script_fails_stays_and_is_counted()
    {
        await FillAsync("x", "y");
        AdminResponse applied = await OnMailAsync(
            "filter apply", "require [\"include\"];\nif header :is \"subject\" \"x\" {\n include \"absent\";\n}\ndiscard;\n");
        Assert.Contains("script failed at line 3 (1)", applied.Message, StringComparison.Ordinal);
        Assert.Equal(["x "], await ListAsync("INBOX"));
    }

    [Fact]
    public async Task A_job_that_was_cut_off_goes_on_with_its_script_and_treats_nothing_twice()
    {
        await FillAsync([.. Enumerable.Range(0, 1200).Select(n => $"m{n}")]);
        const string Script = "require [\"fileinto\", \"copy\"]; fileinto :copy \"Copies\";";
        int batches = 0;
        var cut = new AdminServices(_core, listeners: null, reload: null)
        {
            Progress = (_, _) => ++batches == 2 ? throw new IOException("the one who asked is gone") : ValueTask.CompletedTask,
        };
        Assert.Equal(1, (await AdminOperations.RunAsync(cut, OnMail("filter apply", Script), CancellationToken.None)).Status);
        Assert.Equal(1000, (await ListAsync("Copies")).Count);
        Assert.Equal("running", Assert.Single((await DoneAsync("filter jobs", ("account", "anna"))).Table!.Rows)[3]);
        AdminResponse other = await OnMailAsync("filter apply", "keep;");
        Assert.Equal(1, other.Status);
        Assert.Contains("stopped at 1000 of 1200", other.Message, StringComparison.Ordinal);
        await FillAsync("late");

        var progress = new List<AdminProgress>();
        var services = new AdminServices(_core, listeners: null, reload: null)
        {
            Progress = (step, _) =>
            {
                progress.Add(step);
                return ValueTask.CompletedTask;
            },
        };
        Assert.Equal(0, (await AdminOperations.RunAsync(services, OnMail("filter apply", Script), CancellationToken.None)).Status);
        Assert.Equal([new AdminProgress(1200, 1200)], progress);
        IReadOnlyList<string> copies = await ListAsync("Copies");
        Assert.Equal((1200, 1200), (copies.Count, copies.Distinct().Count()));
        Assert.Equal(1, (await OnMailAsync("filter apply", null, ("resume", "true"))).Status);
    }

    [Fact]
    public async Task A_job_is_resumed_without_its_script_and_an_undo_that_was_cut_off_is_finished()
    {
        await FillAsync([.. Enumerable.Range(0, 700).Select(n => $"m{n}")]);
        AdminServices Cut() => new(_core, listeners: null, reload: null) { Progress = (_, _) => throw new IOException("gone") };
        Assert.Equal(1, (await AdminOperations.RunAsync(Cut(), OnMail("filter apply", "discard;"), CancellationToken.None)).Status);
        Assert.Equal(200, (await ListAsync("INBOX")).Count);
        Assert.Equal(0, (await OnMailAsync("filter apply", null, ("resume", "true"))).Status);
        Assert.Empty(await ListAsync("INBOX"));
        var undo = new AdminRequest("filter undo", new Dictionary<string, string> { ["account"] = "anna@example.test" }, [], null);
        Assert.Equal(1, (await AdminOperations.RunAsync(Cut(), undo, CancellationToken.None)).Status);
        Assert.Equal(500, (await ListAsync("INBOX")).Count);
        Assert.Contains("filter undo finishes", (await OnMailAsync("filter apply", "discard;")).Message, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync(undo)).Status);
        Assert.Equal([.. Enumerable.Range(0, 700).Select(n => $"m{n} ")], await ListAsync("INBOX"));
    }

    [Fact]
    public async Task After_its_time_nothing_is_taken_back_and_deleted_mail_is_given_up()
    {
        await FillAsync("x");
        await OnMailAsync("filter apply", "discard;");
        _clock.Move(TimeSpan.FromDays(1) + TimeSpan.FromSeconds(1));
        AdminResponse late = await RunAsync("filter undo", ("account", "anna"), ("job", "1"));
        Assert.Equal(1, late.Status);
        Assert.Contains("could be undone until", late.Message, StringComparison.Ordinal);
        Assert.NotEqual("0 octets given back", (await DoneAsync("mailbox reclaim")).Message);
        Assert.Empty((await DoneAsync("filter jobs", ("account", "anna"))).Table!.Rows);
    }

    [Theory]
    [InlineData("if nonsense { }", "INBOX", 1)]
    [InlineData("keep;", "Nowhere", 1)]
    [InlineData(null, "INBOX", 2)]
    public async Task What_cannot_be_applied_is_said(string? script, string folder, int status) =>
        Assert.Equal(status, (await OnMailAsync("filter apply", script, ("folder", folder))).Status);

    private async Task FillAsync(params string[] subjects)
    {
        Folder inbox = (await _core.Store.Mailboxes.FindFolderAsync(_anna.Id, Folder.Inbox, CancellationToken.None))!;
        CommitResult result = await _core.Store.CommitAsync(
            new StoreBatch([.. subjects.Select(subject => CopyOf(subject, inbox.Id))], []), CancellationToken.None);
        Assert.All(result.Copies, copy => Assert.Equal(CopyResultStatus.Stored, copy.Status));
    }

    private NewCopy CopyOf(string subject, FolderId folder)
    {
        byte[] octets = Encoding.ASCII.GetBytes($"From: bob@example.org\r\nTo: anna@example.test\r\nSubject: {subject}\r\n\r\nbody\r\n");
        return new NewCopy(
            new NewBody(new MemoryContent(octets), default), folder, "Return-Path: <bob@example.org>\r\n"u8.ToArray(), default, [], _clock.GetUtcNow());
    }

    // Subject and flags of each message.
    private async Task<IReadOnlyList<string>> ListAsync(string name)
    {
        Folder folder = (await _core.Store.Mailboxes.FindFolderAsync(_anna.Id, name, CancellationToken.None))!;
        using IFolderHold hold = (await _core.Store.Mailboxes.HoldAsync(folder.Id, takeRecent: false, CancellationToken.None))!;
        FolderVersion version = hold.Version;
        uint[] uids = [.. Enumerable.Range(0, version.Count).Select(i => version[i].Uid)];
        IReadOnlyList<StoredMessage> messages = await _core.Store.Mailboxes.ReadAsync(hold, uids, withStructure: false, CancellationToken.None);
        return [.. messages.Select((message, i) => $"{SubjectOf(message)} {FlagsOf(version, version[i].Flags)}")];
    }

    private string SubjectOf(StoredMessage message)
    {
        using MessageContent content = _core.Store.Bodies.Open(message);
        byte[] octets = new byte[content.Length];
        content.Read(0, octets);
        return Encoding.ASCII.GetString(octets).Split("\r\n").First(line => line.StartsWith("Subject: ", StringComparison.Ordinal))[9..];
    }

    private static string FlagsOf(FolderVersion version, MessageFlags flags) => string.Join(
        ' ',
        new[] { (MessageFlags.Seen, "\\Seen"), (MessageFlags.Flagged, "\\Flagged") }.Where(flag => flags.Has(flag.Item1)).Select(flag => flag.Item2)
            .Concat(version.Keywords.Where((_, i) => flags.Has(MessageFlags.Keyword(i)))));

    private static AdminRequest OnMail(string operation, string? script, params (string Name, string Value)[] arguments) => new(
        operation,
        arguments.Append(("account", "anna@example.test")).Append(("name", "x.sieve")).ToDictionary(pair => pair.Item1, pair => pair.Item2),
        [],
        script is null ? null : Encoding.UTF8.GetBytes(script));

    private Task<AdminResponse> OnMailAsync(string operation, string? script, params (string Name, string Value)[] arguments) =>
        RunAsync(OnMail(operation, script, arguments));

    private async Task<AdminResponse> DoneAsync(string operation, params (string Name, string Value)[] arguments)
    {
        AdminResponse response = await RunAsync(operation, arguments);
        Assert.True(response.Status == 0, response.Message);
        return response;
    }

    private Task<AdminResponse> RunAsync(string operation, params (string Name, string Value)[] arguments) =>
        RunAsync(new AdminRequest(
            operation,
            arguments.ToDictionary(pair => pair.Name, pair => pair is ("account", "anna") ? "anna@example.test" : pair.Value),
            [],
            null));

    private Task<AdminResponse> RunAsync(AdminRequest request) =>
        AdminOperations.RunAsync(new AdminServices(_core, listeners: null, reload: null), request, CancellationToken.None);

    /// <summary>A clock that is ahead by what it was moved.</summary>
    private sealed class MovedClock : TimeProvider
    {
        private TimeSpan _ahead;

        public void Move(TimeSpan by) => _ahead += by;

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _ahead;
    }
}
