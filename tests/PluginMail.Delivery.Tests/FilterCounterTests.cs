using PluginMail.Pipeline;
using PluginMail.Storage;
using PluginMail.Testing;

namespace PluginMail.Delivery.Tests;

/// <summary>How often filters and their rules were of use, and which rule a trace names.</summary>
public sealed class FilterCounterTests : IAsyncLifetime
{
    private const string Message = "From: x@elsewhere.test\r\nSubject: hello\r\n\r\nbody\r\n";
    private const string Rules = "require \"fileinto\";\n# Greetings\nif subject \"hello\" { fileinto \"Greetings\"; }\n# Never\nif subject \"no\" { discard; }\n";
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
    public async Task A_script_and_the_rule_that_decided_are_counted()
    {
        await Mail.SetFilterAsync("anna", Rules);
        await _bench.DeliverAsync(Message, "anna");
        await _bench.DeliverAsync(Message, "anna", "bob");
        await _bench.DeliverAsync("Subject: other\r\n\r\n", "anna");
        IReadOnlyList<FilterCount> counts = await CountsAsync("anna");
        Assert.Equal(2, counts.Count); // what never did anything takes no room
        Assert.Equal(("main", "", 3L, 2L), (counts[0].Script, counts[0].Rule, counts[0].Runs, counts[0].Hits));
        Assert.Equal(("main", 0L, 2L, _bench.Clock.GetUtcNow().ToUnixTimeMilliseconds()),
            (counts[1].Script, counts[1].Runs, counts[1].Hits, counts[1].LastHit!.Value.ToUnixTimeMilliseconds()));
        Assert.Empty(await CountsAsync("bob"));
    }

    [Fact]
    public async Task Editing_one_rule_leaves_the_counts_of_the_others()
    {
        await Mail.SetFilterAsync("anna", Rules);
        await _bench.DeliverAsync(Message, "anna");
        FilterCount before = (await CountsAsync("anna"))[1];
        await Mail.SetFilterAsync("anna", Rules.Replace("\"no\"", "\"never\"", StringComparison.Ordinal));
        await _bench.DeliverAsync(Message, "anna");
        FilterCount after = Assert.Single(await CountsAsync("anna"), count => count.Rule.Length > 0);
        Assert.Equal((before.Rule, 2L), (after.Rule, after.Hits));
    }

    [Fact]
    public async Task A_delivery_writes_no_count_and_what_gathered_is_written_at_the_end()
    {
        await Mail.SetFilterAsync("anna", Rules);
        await _bench.DeliverAsync(Message, "anna");
        Account anna = (await Mail.Store.Directory.FindAccountAsync(TemporaryStore.Address("anna"), CancellationToken.None))!;
        Assert.Empty(await Mail.Store.State.FilterCounts.ReadAsync(anna.Id, CancellationToken.None));
        await _bench.Counters.FlushAsync(CancellationToken.None);
        Assert.Equal(2, (await Mail.Store.State.FilterCounts.ReadAsync(anna.Id, CancellationToken.None)).Count);
    }

    [Fact]
    public async Task The_server_s_scripts_are_counted_for_all()
    {
        string path = Path.Combine(Mail.Root, "before.sieve");
        await File.WriteAllTextAsync(path, "# All\nif subject \"hello\" { keep; }");
        _bench.ServerFilters = new ServerFilterFiles([path], [], "");
        await _bench.DeliverAsync(Message, "anna", "bob");
        Assert.Equal([("before.sieve", 2L), ("before.sieve", 2L)], (await _bench.Counters.ReadAsync(null, CancellationToken.None)).Select(count => (count.Script, count.Hits)));
        Assert.Empty(await CountsAsync("anna"));
    }

    [Fact]
    public async Task The_sender_s_filter_is_counted_too()
    {
        await Mail.SetFilterAsync("anna", "if direction \"outgoing\" { copy \"Archive\"; }");
        await _bench.DeliverAsync(_bench.Request(Message, ["bob"], from: "anna", login: "anna"));
        Assert.Equal(1, (await CountsAsync("anna"))[0].Hits);
    }

    [Theory]
    [InlineData("hello", "rule \"Greetings\" (line 3): subject \"hello\"")]
    [InlineData("other", "no rule applied")]
    public async Task The_trace_names_the_rule_and_why(string subject, string detail)
    {
        await Mail.SetFilterAsync("anna", Rules);
        DeliveryRequest request = _bench.Request($"Subject: {subject}\r\n\r\n", ["anna"]);
        await _bench.DeliverAsync(request);
        Assert.Equal(detail, Assert.Single(request.Trace.Entries, entry => entry.Stage == "filter").Detail);
    }

    private async Task<IReadOnlyList<FilterCount>> CountsAsync(string name)
    {
        Account account = (await Mail.Store.Directory.FindAccountAsync(TemporaryStore.Address(name), CancellationToken.None))!;
        return await _bench.Counters.ReadAsync(account.Id, CancellationToken.None);
    }
}
