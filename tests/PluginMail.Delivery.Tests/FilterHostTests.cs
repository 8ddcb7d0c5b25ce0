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
}
