using System.Text;
using System.Text.Json;
using PluginMail.Filters;
using PluginMail.Filters.Checking;
using PluginMail.Filters.Vocabulary;

namespace PluginMail.Server.Tests;

/// <summary>What tools learn of an account, and how often its filters were of use.</summary>
public sealed class FilterToolTests : IAsyncLifetime
{
    private readonly TestData _data = new("[filters]\nprotected_headers = [\"Received\", \"X-Ours\"]");
    private ServerCore _core = null!;

    public async Task InitializeAsync()
    {
        _core = await _data.OpenCoreAsync();
        await DoneAsync("domain add", [], ("domain", "example.test"));
        await DoneAsync("account add", [], ("address", "anna@example.test"), ("password", "secret"));
        await DoneAsync("alias add", ["anna@example.test"], ("address", "sales@example.test"));
        await DoneAsync("list add", ["anna@example.test"], ("address", "team@example.test"));
    }

    public async Task DisposeAsync()
    {
        await _core.DisposeAsync();
        _data.Dispose();
    }

    [Fact]
    public async Task Words_say_what_an_account_has_and_make_the_same_options_elsewhere()
    {
        AdminResponse answer = await DoneAsync("filter words", [], ("account", "anna@example.test"), ("json", "true"));
        FilterCompilerOptions options = JsonSerializer.Deserialize(answer.Text!, FilterSurroundingsJson.Default.FilterSurroundings)!.ToOptions();
        Assert.Equal(["anna@example.test", "sales@example.test"], options.Mailbox!.Addresses.AsEnumerable());
        Assert.Contains("Trash", options.Mailbox.Folders);
        Assert.Equal(["tag:team@example.test,2026:members"], options.Mailbox.Lists.AsEnumerable());
        Assert.Equal(["Received", "X-Ours"], options.ProtectedFields.Order());
        FilterCompilation compilation = FilterCompiler.Compile("require \"fileinto\"; fileinto \"Trahs\"; redirect \"sales@example.test\";", "x", options);
        Assert.Equal([FilterCodes.UnknownFolder, FilterCodes.RedirectLoop], compilation.Warnings.Select(warning => warning.Code));
        IReadOnlyList<IReadOnlyList<string>> rows = (await DoneAsync("filter words", [], ("account", "anna@example.test"))).Table!.Rows;
        Assert.Contains(rows, row => row[0] == "folder" && row[1] == "Trash" && row[2].EndsWith("\\Trash", StringComparison.Ordinal));
        Assert.Equal(1, (await RunAsync("filter words", [], null, ("account", "nobody@example.test"))).Status);
    }

    [Fact]
    public void All_that_the_language_can_do_is_announced() =>
        Assert.Equal(
            FilterVocabulary.Standard.Capabilities.Select(capability => capability.Name),
            _core.CompilerOptions.Vocabulary.Capabilities.Select(capability => capability.Name));

    [Fact]
    public async Task A_script_with_warnings_is_stored_and_one_with_errors_is_not()
    {
        AdminResponse warned = await PutAsync("require \"fileinto\"; fileinto \"Trahs\";");
        Assert.Equal(0, warned.Status);
        Assert.Contains("did you mean \"Trash\"?", warned.Message, StringComparison.Ordinal);
        Assert.Equal(1, (await PutAsync("fileinto \"Trash\";")).Status);
    }

    [Fact]
    public async Task A_list_shows_runs_hits_and_rules()
    {
        Assert.Equal(0, (await PutAsync("# Letters\nif subject \"x\" { move \"Letters\"; }\nif subject \"y\" { keep; }\n")).Status);
        var mail = new AdminRequest("sendmail", new Dictionary<string, string> { ["from"] = "root" }, ["anna@example.test"], Encoding.ASCII.GetBytes("Subject: x\r\n\r\nbody\r\n"));
        Assert.Equal(0, (await RunAsync(mail)).Status);
        IReadOnlyList<string> script = Assert.Single((await DoneAsync("filter list", [], ("account", "anna@example.test"))).Table!.Rows);
        Assert.Equal(["main", "yes", "1", "1"], [script[0], script[1], script[3], script[4]]);
        Assert.Matches("^20[0-9]{2}-.*Z$", script[5]);
        IReadOnlyList<IReadOnlyList<string>> rules = (await DoneAsync("filter list", [], ("account", "anna@example.test"), ("rules", "true"))).Table!.Rows;
        Assert.Equal([["main", "2", "Letters", "1", script[5]], ["main", "3", "", "0", ""]], rules);
    }

    [Fact]
    public async Task The_server_s_scripts_are_listed_apart()
    {
        string path = Path.Combine(_data.Root, "all.sieve");
        await File.WriteAllTextAsync(path, "# All\nif subject \"x\" { keep; }\n");
        _data.Write("[filters]\nbefore = [\"all.sieve\"]");
        await _core.ApplyAsync(_data.Options, CancellationToken.None);
        Assert.Equal(["all.sieve", "before"], Assert.Single((await DoneAsync("filter list", [], ("server", "true"))).Table!.Rows).Take(2));
        Assert.Equal("All", Assert.Single((await DoneAsync("filter list", [], ("server", "true"), ("rules", "true"))).Table!.Rows)[2]);
        Assert.Equal(2, (await RunAsync("filter list", [], null)).Status);
    }

    private Task<AdminResponse> PutAsync(string script) =>
        RunAsync("filter put", [], Encoding.UTF8.GetBytes(script), ("account", "anna@example.test"), ("name", "main"), ("activate", "true"));

    private async Task<AdminResponse> DoneAsync(string operation, string[] items, params (string Name, string Value)[] arguments)
    {
        AdminResponse response = await RunAsync(operation, items, null, arguments);
        Assert.True(response.Status == 0, response.Message);
        return response;
    }

    private Task<AdminResponse> RunAsync(string operation, string[] items, byte[]? data, params (string Name, string Value)[] arguments) =>
        RunAsync(new AdminRequest(operation, arguments.ToDictionary(argument => argument.Name, argument => argument.Value), items, data));

    private Task<AdminResponse> RunAsync(AdminRequest request) =>
        AdminOperations.RunAsync(new AdminServices(_core, listeners: null, reload: null), request, CancellationToken.None);
}
