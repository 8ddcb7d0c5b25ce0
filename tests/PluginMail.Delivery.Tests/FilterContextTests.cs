using PluginMail.Testing;

namespace PluginMail.Delivery.Tests;

/// <summary>What filters ask of the mailbox that they run for.</summary>
public sealed class FilterContextTests : IAsyncLifetime
{
    private const string Message = "From: x@elsewhere.test\r\nSubject: hello\r\nMessage-ID: <m@elsewhere.test>\r\n\r\nthe needle is here\r\n";
    private DeliveryBench _bench = null!;

    private TemporaryStore Mail => _bench.Mail;

    public async Task InitializeAsync()
    {
        _bench = await DeliveryBench.OpenAsync();
        await Mail.AddAccountAsync("anna");
    }

    public Task DisposeAsync() => _bench.DisposeAsync().AsTask();

    [Fact]
    public async Task The_body_is_seen()
    {
        await Mail.SetFilterAsync("anna", "require [\"body\", \"fileinto\"]; if body :contains \"needle\" { fileinto \"Found\"; }");
        await _bench.DeliverAsync(Message, "anna");
        Assert.Single(await Mail.ReadAsync("anna", "Found"));
    }

    [Fact]
    public async Task Folders_are_known()
    {
        await Mail.SetFilterAsync("anna", "require [\"mailbox\", \"fileinto\"]; if mailboxexists \"INBOX\" { fileinto \"Yes\"; } if mailboxexists \"Nowhere\" { fileinto \"No\"; }");
        await _bench.DeliverAsync(Message, "anna");
        Assert.Single(await Mail.ReadAsync("anna", "Yes"));
        Assert.Empty(await Mail.ReadAsync("anna"));
    }

    [Fact]
    public async Task A_message_that_comes_again_is_known_for_a_time()
    {
        await Mail.SetFilterAsync("anna", "require [\"duplicate\", \"fileinto\"]; if duplicate :seconds 3600 { fileinto \"Again\"; }");
        await _bench.DeliverAsync(Message, "anna");
        await _bench.DeliverAsync(Message, "anna");
        Assert.Single(await Mail.ReadAsync("anna"));
        Assert.Single(await Mail.ReadAsync("anna", "Again"));
        _bench.Clock.Advance(TimeSpan.FromHours(2));
        await _bench.DeliverAsync(Message, "anna");
        Assert.Equal(2, (await Mail.ReadAsync("anna")).Count);
    }

    [Fact]
    public async Task A_part_is_replaced_in_the_stored_copy()
    {
        await Mail.SetFilterAsync("anna", "require \"replace\"; replace :subject \"removed\" \"The text was removed.\";");
        await _bench.DeliverAsync(Message, "anna");
        string text = Assert.Single(await Mail.ReadAsync("anna"));
        Assert.Contains("Original-Subject: hello\r\nSubject: removed\r\n", text);
        Assert.EndsWith("\r\n\r\nThe text was removed.", text, StringComparison.Ordinal);
    }
}
