using System.Collections.Immutable;
using PluginMail.Abstractions;
using PluginMail.Filters;
using PluginMail.Filters.Vocabulary;
using PluginMail.Storage;
using PluginMail.Testing;

namespace PluginMail.Delivery.Tests;

/// <summary>What filters ask of the mailbox and the server: folders, duplicates, the environment, the body, the spam score.</summary>
public sealed class FilterHostTests : IAsyncLifetime
{
    private const string Message = "Message-ID: <1@elsewhere.test>\r\nFrom: x@elsewhere.test\r\nSubject: hello\r\n\r\na word in the body\r\n";
    private DeliveryBench _bench = null!;

    private TemporaryStore Mail => _bench.Mail;

    public async Task InitializeAsync()
    {
        _bench = await DeliveryBench.OpenAsync();
        await Mail.AddAccountAsync("anna");
        await Mail.AddAccountAsync("bob");
    }

    public Task DisposeAsync() => _bench.DisposeAsync().AsTask();

    [Fact]
    public async Task A_second_copy_of_a_message_is_a_duplicate_for_the_same_mailbox_alone()
    {
        const string Filter = "require [\"duplicate\", \"fileinto\"]; if duplicate { fileinto \"Twice\"; }";
        await Mail.SetFilterAsync("anna", Filter);
        await Mail.SetFilterAsync("bob", Filter);
        await _bench.DeliverAsync(Message, "anna");
        await _bench.DeliverAsync(Message, "anna", "bob");
        Assert.Single(await Mail.ReadAsync("anna"));
        Assert.Single(await Mail.ReadAsync("anna", "Twice"));
        Assert.Single(await Mail.ReadAsync("bob"));
    }

    [Fact]
    public async Task A_duplicate_is_forgotten_after_its_time()
    {
        await Mail.SetFilterAsync("anna", "require \"duplicate\"; if duplicate :seconds 60 { discard; }");
        await _bench.DeliverAsync(Message, "anna");
        await _bench.DeliverAsync(Message, "anna");
        Assert.Single(await Mail.ReadAsync("anna"));
        _bench.Clock.Advance(TimeSpan.FromSeconds(61));
        await _bench.DeliverAsync(Message, "anna");
        Assert.Equal(2, (await Mail.ReadAsync("anna")).Count);
    }

    [Theory]
    [InlineData("\"mailbox\"", "mailboxexists \"INBOX\"", true)]
    [InlineData("\"mailbox\"", "mailboxexists \"No such folder\"", false)]
    [InlineData("\"special-use\"", "specialuse_exists \"\\\\Nonsense\"", false)]
    [InlineData("\"environment\"", "environment \"host\" \"mx.example.test\"", true)]
    [InlineData("\"environment\"", "environment \"domain\" \"example.test\"", true)]
    [InlineData("\"body\"", "body :contains \"WORD in the\"", true)]
    [InlineData("\"spamtest\"", "spamtest \"0\"", true)]
    public async Task Tests_see_the_mailbox_and_the_server(string require, string test, bool outcome)
    {
        await Mail.SetFilterAsync("anna", $"require [{require}]; if {test} {{ discard; }}");
        await _bench.DeliverAsync(Message, "anna");
        Assert.Equal(outcome ? 0 : 1, (await Mail.ReadAsync("anna")).Count);
    }

    [Fact]
    public async Task Spamtest_grades_the_score()
    {
        await Mail.SetFilterAsync("anna", "require \"spamtestplus\"; if allof (spamtest \"6\", spamtest :percent \"60\") { discard; }");
        await _bench.DeliverAsync(_bench.Request(Message, ["anna"]) with { SpamPercent = 60 });
        Assert.Empty(await Mail.ReadAsync("anna"));
    }

    [Theory]
    [InlineData("virus", 5)]
    [InlineData("virus-clean", 1)]
    [InlineData("virus-unscanned", 0)]
    [InlineData("other", 0)]
    public async Task Virustest_grades_the_tags_of_antivirus_plugins(string tag, int level)
    {
        await Mail.SetFilterAsync("anna", $"require \"virustest\"; if virustest \"{level}\" {{ discard; }}");
        await _bench.DeliverAsync(_bench.Request(Message, ["anna"]) with { Tags = [tag] });
        Assert.Empty(await Mail.ReadAsync("anna"));
    }

    [Fact]
    public async Task Plugins_tests_see_score_and_tags()
    {
        IMessageView? seen = null;
        VocabularyBuilder builder = FilterVocabulary.CreateBuilder();
        builder.Add("test", new Words(new FilterTest("looks", "Looks.", [], IsPure: true, (view, _, _) =>
        {
            seen = view;
            return new ValueTask<bool>(true);
        })));
        _bench.Words = new FilterCompilerOptions { Vocabulary = builder.Build() };
        await Mail.SetFilterAsync("anna", "if looks { keep; }");
        await _bench.DeliverAsync(_bench.Request(Message, ["anna"]) with { Score = 4.5, Tags = ["bulk"] });
        Assert.Equal(4.5, seen!.Score);
        Assert.Equal(["bulk"], seen.Tags);
    }

    [Fact]
    public async Task A_folder_is_found_by_its_identifier_whatever_it_is_called_now()
    {
        Account anna = (await Mail.Store.Directory.FindAccountAsync(TemporaryStore.Address("anna"), CancellationToken.None))!;
        await Mail.Store.Mailboxes.CreateFolderAsync(anna.Id, new NewFolder("Work", SpecialUse.None), CancellationToken.None);
        string id = (await Mail.Store.Mailboxes.FindFolderAsync(anna.Id, "Work", CancellationToken.None))!.MailboxId;
        Assert.Matches("^F[0-9]+$", id);
        await Mail.Store.Mailboxes.RenameFolderAsync(anna.Id, "Work", "Job", CancellationToken.None);
        await Mail.SetFilterAsync("anna", $"require [\"fileinto\", \"mailboxid\"]; if mailboxidexists \"{id}\" {{ fileinto :mailboxid \"{id}\" \"Work\"; }}");
        await _bench.DeliverAsync(Message, "anna");
        Assert.Single(await Mail.ReadAsync("anna", "Job"));
        await Mail.SetFilterAsync("anna", "require [\"fileinto\", \"mailboxid\"]; if not mailboxidexists \"F999999\" { fileinto :mailboxid \"F999999\" \"Work\"; }");
        await _bench.DeliverAsync(Message, "anna");
        Assert.Single(await Mail.ReadAsync("anna", "Work"));
    }

    [Theory]
    [InlineData("tag:team@example.test,2026:members", 0)]
    [InlineData("tag:TEAM@example.test,2026-11-22:members", 0)]
    [InlineData("tag:team@example.test,2026:owners", 1)]
    [InlineData("tag:team@other.test,2026:members", 1)]
    [InlineData("urn:ietf:params:sieve:addrbook:default", 1)]
    public async Task Members_of_a_list_are_known(string list, int kept)
    {
        await AddListAsync();
        await Mail.SetFilterAsync("anna", $"require \"extlists\"; if allof (valid_ext_list \"{list}\", address :list \"from\" \"{list}\") {{ discard; }}");
        await _bench.DeliverAsync(Message, "anna");
        Assert.Equal(kept, (await Mail.ReadAsync("anna")).Count);
    }

    [Fact]
    public async Task A_redirect_to_a_list_is_a_post()
    {
        await AddListAsync();
        await Mail.SetFilterAsync("anna", "require \"extlists\"; redirect :list \"tag:team@example.test,2026:members\";");
        await _bench.DeliverAsync(Message, "anna");
        Assert.Empty(await Mail.ReadAsync("anna"));
        Assert.Contains("bob@example.test", Assert.Single(await Mail.QueueAsync()).Recipients.Select(to => to.ToString()));
        await Mail.SetFilterAsync("anna", "require \"extlists\"; redirect :list \"tag:nobody@example.test,2026:members\";");
        await _bench.DeliverAsync(Message, "anna");
        Assert.Single(await Mail.ReadAsync("anna")); // where there is no such list, the message stays
    }

    [Fact]
    public async Task Protected_fields_are_those_of_the_settings()
    {
        _bench.Words = FilterCompilerOptions.Default with { ProtectedFields = ["Subject"] };
        await Mail.SetFilterAsync("anna", "require \"editheader\"; deleteheader \"Subject\"; deleteheader \"Message-ID\";");
        await _bench.DeliverAsync(Message, "anna");
        string text = Assert.Single(await Mail.ReadAsync("anna"));
        Assert.Contains("Subject: hello", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Message-ID", text, StringComparison.Ordinal);
    }

    private Task AddListAsync() => Mail.Store.Directory.AddListAsync(
        new DistributionList(TemporaryStore.Address("team"), [TemporaryStore.Address("bob"), TemporaryStore.Address("x@elsewhere.test")]) { Posting = ListPosting.Anyone },
        CancellationToken.None).AsTask();

    private sealed record Words(FilterTest Test) : IFilterVocabulary
    {
        public ImmutableArray<FilterTest> Tests => [Test];

        public ImmutableArray<FilterAction> Actions => [];
    }
}
