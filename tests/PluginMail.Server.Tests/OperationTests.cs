using System.Text;

namespace PluginMail.Server.Tests;

/// <summary>What people and programs can ask of a server, on a store of its own.</summary>
public sealed class OperationTests : IAsyncLifetime
{
    private readonly TestData _data = new();
    private ServerCore _core = null!;

    public async Task InitializeAsync()
    {
        _core = await _data.OpenCoreAsync();
        await DoneAsync("domain add", ("domain", "example.test"));
        await DoneAsync("account add", ("address", "anna@example.test"), ("password", "secret"), ("quota", "2M"));
    }

    public async Task DisposeAsync()
    {
        await _core.DisposeAsync();
        _data.Dispose();
    }

    [Fact]
    public async Task Domains_accounts_and_aliases_come_and_go()
    {
        Assert.Equal(1, (await RunAsync("domain add", ("domain", "EXAMPLE.test"))).Status);
        Assert.Equal(1, (await RunAsync("domain remove", ("domain", "example.test"))).Status);
        AdminResponse list = await DoneAsync("account list");
        Assert.Equal(["anna@example.test", "", "0", "0", "2097152"], Assert.Single(list.Table!.Rows));
        Assert.Equal(0, (await RunAsync("alias add", ["anna@example.test"], ("address", "team@example.test"))).Status);
        Assert.Equal(["team@example.test", "anna@example.test"], Assert.Single((await DoneAsync("alias list")).Table!.Rows));
        await DoneAsync("alias remove", ("address", "team@example.test"));
        await DoneAsync("account quota", ("address", "anna@example.test"), ("quota", "0"));
        await DoneAsync("account password", ("address", "anna@example.test"), ("password", "other"));
        await DoneAsync("account remove", ("address", "anna@example.test"));
        await DoneAsync("domain remove", ("domain", "example.test"));
        Assert.Empty((await DoneAsync("domain list")).Table!.Rows);
    }

    [Theory]
    [InlineData("no such", "", "", 2)]
    [InlineData("account add", "address", "no address", 2)]
    [InlineData("account add", "", "", 2)]
    [InlineData("account remove", "address", "nobody@example.test", 1)]
    [InlineData("domain add", "domain", "not a domain", 2)]
    [InlineData("domain add", "domain", "[192.0.2.1]", 2)]
    [InlineData("alias remove", "address", "nobody@example.test", 1)]
    [InlineData("alias add", "address", "x@example.test", 2)]
    [InlineData("queue send", "id", "7", 1)]
    [InlineData("queue send", "id", "x", 2)]
    [InlineData("queue remove", "id", "9999999999999999999999", 2)]
    [InlineData("explain", "id", "nonsense", 1)]
    [InlineData("plugin reload", "name", "clamav", 1)]
    [InlineData("config reload", "", "", 1)]
    [InlineData("backup", "folder", "/proc/nowhere", 1)]
    [InlineData("filter get", "account", "anna@example.test", 2)]
    public async Task What_cannot_be_done_is_a_response(string operation, string name, string value, int status)
    {
        AdminResponse response = name.Length == 0 ? await RunAsync(operation) : await RunAsync(operation, (name, value));
        Assert.Equal(status, response.Status);
        Assert.False(string.IsNullOrWhiteSpace(response.Message));
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("2T")]
    [InlineData("")]
    [InlineData("9999999999999999999")]
    public async Task A_size_that_is_none_changes_nothing(string size) =>
        Assert.Equal(2, (await RunAsync("account quota", ("address", "anna@example.test"), ("quota", size))).Status);

    [Fact]
    public async Task A_message_sent_from_here_is_delivered_and_explained()
    {
        AdminResponse sent = await SendAsync("root", "anna@example.test");
        Assert.Equal(0, sent.Status);
        Assert.Equal("1", Assert.Single((await DoneAsync("account list")).Table!.Rows)[2]);
        string segment = Assert.Single(Directory.EnumerateFiles(_core.Data.Traces)
            is var files && files.Any() ? files : await FlushedAsync());
        Assert.NotEmpty(segment);
    }

    [Fact]
    public async Task A_message_for_nobody_here_fails() =>
        Assert.Equal(1, (await SendAsync("anna@example.test", "nobody@example.test")).Status);

    [Fact]
    public async Task An_alias_may_lead_elsewhere()
    {
        Assert.Equal(0, (await RunAsync("alias add", ["anna@example.test", "x@elsewhere.test"], ("address", "team@example.test"))).Status);
        Assert.Equal("anna@example.test, x@elsewhere.test", Assert.Single((await DoneAsync("alias list")).Table!.Rows)[1]);
    }

    [Fact]
    public async Task Nothing_is_sent_past_plugins_that_cannot_be_started()
    {
        using var data = new TestData("[plugins]\norder = [\"absent\"]");
        await using ServerCore core = await data.OpenCoreAsync();
        var services = new AdminServices(core, listeners: null, reload: null);
        await AdminOperations.RunAsync(
            services, new AdminRequest("domain add", new Dictionary<string, string> { ["domain"] = "example.test" }, [], null), CancellationToken.None);
        AdminResponse response = await AdminOperations.RunAsync(services, Mail("root", "postmaster@mx.example.test"), CancellationToken.None);
        Assert.Equal(1, response.Status);
        Assert.Contains("no server runs and the plugins cannot be started", response.Message, StringComparison.Ordinal);
        Assert.Contains("absent", response.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Filters_are_checked_before_they_are_stored()
    {
        AdminResponse bad = await PutAsync("fileinto \"x\"; nonsense!");
        Assert.Equal(1, bad.Status);
        Assert.Contains("was not stored", bad.Message, StringComparison.Ordinal);
        Assert.Equal(0, (await PutAsync("keep;")).Status);
        Assert.Equal(
            ["main", "yes", "5", "0", "0", ""], Assert.Single((await DoneAsync("filter list", ("account", "anna@example.test"))).Table!.Rows));
        Assert.Equal(1, (await RunAsync("filter remove", ("account", "anna@example.test"), ("name", "main"))).Status);
        await DoneAsync("filter deactivate", ("account", "anna@example.test"));
        await DoneAsync("filter remove", ("account", "anna@example.test"), ("name", "main"));
    }

    [Fact]
    public async Task A_preview_says_what_a_script_would_do_and_changes_nothing()
    {
        await SendAsync("root", "anna@example.test");
        await SendAsync("root", "anna@example.test");
        const string Script = "# rule:[Letters]\nif subject \"x\" { move \"Letters\"; }\n";
        AdminTable counts = (await PreviewAsync(Script)).Table!;
        Assert.Equal(["2", "Letters", "fileinto \"Letters\"", "2"], Assert.Single(counts.Rows));
        AdminTable messages = (await PreviewAsync(Script, ("messages", "true"))).Table!;
        Assert.Equal([["1", "x", "fileinto \"Letters\""], ["2", "x", "fileinto \"Letters\""]], messages.Rows);
        Assert.Equal("implicit keep", Assert.Single((await PreviewAsync("if subject \"y\" { delete; }")).Table!.Rows)[2]);
        Assert.Equal("2", Assert.Single((await DoneAsync("account list")).Table!.Rows)[2]);
        Assert.Equal(1, (await PreviewAsync("if nonsense { }")).Status);
        Assert.Equal(1, (await PreviewAsync(Script, ("folder", "Nowhere"))).Status);
    }

    [Fact]
    public async Task A_backup_is_restored_beside_the_lock_file()
    {
        await SendAsync("root", "anna@example.test");
        string backup = Path.Combine(_data.Root, "backup"), target = Path.Combine(_data.Root, "restored");
        string keys = string.Join('\n', _core.Dkim.List("example.test").Select(state => state.Key.DnsText));
        await DoneAsync("backup", ("folder", backup));
        using (DataLock? taken = DataLock.TryTake(target, "restore", TimeProvider.System.GetUtcNow(), out _))
        {
            Assert.NotNull(taken);
            Storage.StoreCheckReport report = await RestoredStore.RunAsync(
                backup, target, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance, CancellationToken.None);
            Assert.Empty(report.Problems);
            Assert.Equal(1, report.Bodies);
            await Assert.ThrowsAnyAsync<IOException>(() => RestoredStore.RunAsync(
                backup, target, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance, CancellationToken.None));
        }

        Configuration.Options.MailServerOptions options = _data.Options;
        await using ServerCore restored = await ServerCore.OpenAsync(
            options with { Server = options.Server with { Data = target } },
            TimeProvider.System,
            Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance,
            CancellationToken.None);
        Assert.Single(await restored.Store.Directory.ListAccountsAsync(null, CancellationToken.None));
        Assert.NotEmpty(keys);
        Assert.Equal(keys, string.Join('\n', restored.Dkim.List("example.test").Select(state => state.Key.DnsText)));
    }

    [Fact]
    public async Task No_server_starts_on_a_restore_that_was_interrupted()
    {
        using var half = new TestData();
        Directory.CreateDirectory(Path.Combine(half.Data, "restoring"));
        await Assert.ThrowsAnyAsync<IOException>(half.OpenCoreAsync);
    }

    [Fact]
    public async Task The_store_is_checked_and_reclaimed()
    {
        await DoneAsync("mailbox check");
        await DoneAsync("mailbox reclaim");
        Assert.Empty((await DoneAsync("queue list")).Table!.Rows);
        await DoneAsync("plugin list");
    }

    private async Task<IEnumerable<string>> FlushedAsync()
    {
        await _core.Traces.FindAsync(Pipeline.TransactionId.Next(TimeProvider.System.GetUtcNow()), CancellationToken.None);
        return Directory.EnumerateFiles(_core.Data.Traces);
    }

    private static AdminRequest Mail(string from, params string[] to) =>
        new("sendmail", new Dictionary<string, string> { ["from"] = from }, to, Encoding.ASCII.GetBytes("Subject: x\r\n\r\nbody\r\n"));

    private Task<AdminResponse> SendAsync(string from, params string[] to) => RunAsync(Mail(from, to));

    private Task<AdminResponse> PreviewAsync(string script, params (string Name, string Value)[] arguments)
    {
        var all = new Dictionary<string, string> { ["account"] = "anna@example.test", ["name"] = "preview" };
        foreach ((string name, string value) in arguments)
        {
            all[name] = value;
        }

        return RunAsync(new AdminRequest("filter preview", all, [], Encoding.ASCII.GetBytes(script)));
    }

    private Task<AdminResponse> PutAsync(string script) => RunAsync(new AdminRequest(
        "filter put",
        new Dictionary<string, string> { ["account"] = "anna@example.test", ["name"] = "main", ["activate"] = "true" },
        [],
        Encoding.UTF8.GetBytes(script)));

    private async Task<AdminResponse> DoneAsync(string operation, params (string Name, string Value)[] arguments)
    {
        AdminResponse response = await RunAsync(operation, arguments);
        Assert.True(response.Status == 0, response.Message);
        return response;
    }

    private Task<AdminResponse> RunAsync(string operation, params (string Name, string Value)[] arguments) => RunAsync(operation, [], arguments);

    private Task<AdminResponse> RunAsync(string operation, string[] items, params (string Name, string Value)[] arguments) =>
        RunAsync(new AdminRequest(operation, arguments.ToDictionary(argument => argument.Name, argument => argument.Value), items, null));

    private Task<AdminResponse> RunAsync(AdminRequest request) =>
        AdminOperations.RunAsync(new AdminServices(_core, listeners: null, reload: null), request, CancellationToken.None);
}
