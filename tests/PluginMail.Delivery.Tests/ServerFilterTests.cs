using PluginMail.Filters.Evaluation;
using PluginMail.Pipeline;
using PluginMail.Storage;
using PluginMail.Testing;

namespace PluginMail.Delivery.Tests;

/// <summary>The server's own scripts around each mailbox's, and scripts inside of scripts.</summary>
public sealed class ServerFilterTests : IAsyncLifetime
{
    private const string Message = "From: x@elsewhere.test\r\nSubject: hello\r\n\r\nbody\r\n";
    private DeliveryBench _bench = null!;

    private TemporaryStore Mail => _bench.Mail;

    public async Task InitializeAsync()
    {
        _bench = await DeliveryBench.OpenAsync();
        await Mail.AddAccountAsync("anna");
        Directory.CreateDirectory(FolderPath);
    }

    public Task DisposeAsync() => _bench.DisposeAsync().AsTask();

    private string FolderPath => Path.Combine(Mail.Root, "server-filters");

    private string Write(string name, string script)
    {
        string path = Path.Combine(FolderPath, name + ".sieve");
        File.WriteAllText(path, script);
        _bench.Clock.Advance(TimeSpan.FromSeconds(2)); // it is looked at once a second
        return path;
    }

    private void Use(string[] before, string[] after) => _bench.ServerFilters = new ServerFilterFiles(before, after, FolderPath);

    private async Task<string> DeliverAsync()
    {
        DeliveryRequest request = _bench.Request(Message, ["anna"]);
        await _bench.DeliverAsync(request);
        return request.Trace.Entries.Single(entry => entry.Stage == "filter" && entry.Decision.Length > 0 && entry.Role != "vacation").Decision;
    }

    [Fact]
    public async Task Scripts_run_before_and_after_the_mailboxs_own()
    {
        Use([Write("before", "copy \"First\";")], [Write("after", "copy \"Last\"; keep;")]);
        await Mail.SetFilterAsync("anna", "copy \"Own\";");
        Assert.Equal("fileinto :copy \"First\"; fileinto :copy \"Own\"; fileinto :copy \"Last\"; keep", await DeliverAsync());
    }

    [Fact]
    public async Task A_mailbox_without_a_script_has_the_servers()
    {
        Use([Write("before", "copy \"First\";")], []);
        Assert.Equal("fileinto :copy \"First\"; implicit keep", await DeliverAsync());
    }

    [Fact]
    public async Task A_script_before_that_does_not_keep_ends_it()
    {
        Use([Write("before", "move \"Held\";")], [Write("after", "copy \"Last\";")]);
        await Mail.SetFilterAsync("anna", "copy \"Own\";");
        Assert.Equal("fileinto \"Held\"", await DeliverAsync());
    }

    [Fact]
    public async Task A_changed_file_counts_and_a_broken_one_does_not()
    {
        Use([Write("before", "move \"One\";")], []);
        Assert.Equal("fileinto \"One\"", await DeliverAsync());
        Write("before", "move \"Second\";");
        Assert.Equal("fileinto \"Second\"", await DeliverAsync());
        Write("before", "move \"Broken");
        Assert.Equal("fileinto \"Second\"", await DeliverAsync());
        Write("before", "move \"Third one\";");
        Assert.Equal("fileinto \"Third one\"", await DeliverAsync());
    }

    [Fact]
    public async Task An_error_in_the_own_script_leaves_what_came_before_it()
    {
        Use([Write("before", "copy \"First\";")], [Write("after", "discard;")]);
        await Mail.SetFilterAsync("anna", "require \"reject\"; keep; reject \"no\";");
        await _bench.DeliverAsync(Message, "anna");
        Assert.Single(await Mail.ReadAsync("anna", "First"));
        Assert.Single(await Mail.ReadAsync("anna"));
    }

    [Fact]
    public async Task A_refusal_goes_with_what_a_script_before_stores()
    {
        Use([Write("before", "copy \"Evidence\";")], []);
        await Mail.SetFilterAsync("anna", "require \"ereject\"; ereject \"No.\";");
        Assert.Equal(550, (await _bench.DeliverAsync(Message, "anna")).Recipients[0]!.Code);
        Assert.Single(await Mail.ReadAsync("anna", "Evidence"));
        Assert.Empty(await Mail.ReadAsync("anna"));
    }

    [Fact]
    public async Task Personal_and_global_scripts_are_included_and_their_changes_count()
    {
        Account anna = (await Mail.Store.Directory.FindAccountAsync(TemporaryStore.Address("anna"), CancellationToken.None))!;
        Use([], []);
        Write("shared", "copy \"Global\";");
        await PutAsync("part", "copy \"Personal\";");
        await Mail.SetFilterAsync("anna", "require \"include\"; include \"part\"; include :global \"shared\"; include :optional :global \"../shared\";");
        Assert.Equal("fileinto :copy \"Personal\"; fileinto :copy \"Global\"; implicit keep", await DeliverAsync());
        await PutAsync("part", "copy \"Another\";");
        Write("shared", "copy \"Global two\";");
        Assert.Equal("fileinto :copy \"Another\"; fileinto :copy \"Global two\"; implicit keep", await DeliverAsync());
        await Mail.Store.Scripts.DeleteAsync(anna.Id, "part", CancellationToken.None);
        Assert.Equal("implicit keep", await DeliverAsync());

        async Task PutAsync(string name, string text) =>
            await Mail.Store.Scripts.PutAsync(anna.Id, name, System.Text.Encoding.UTF8.GetBytes(text), activate: false, CancellationToken.None);
    }

    [Fact]
    public async Task The_limits_are_the_options()
    {
        _bench.Options = _bench.Options with { Filters = FilterLimits.Default with { Redirects = 1 } };
        await Mail.SetFilterAsync("anna", "redirect \"a@x.test\"; redirect \"b@x.test\";");
        await _bench.DeliverAsync(Message, "anna");
        Assert.Single(await Mail.ReadAsync("anna"));
    }
}
