using System.Text;
using PluginMail.Abstractions;
using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Server.Tests;

/// <summary>Policies, lists, and whole domains as TOML.</summary>
public sealed class DirectoryOperationTests : IAsyncLifetime
{
    private readonly TestData _data = new();
    private ServerCore _core = null!;

    public async Task InitializeAsync()
    {
        _core = await _data.OpenCoreAsync();
        await DoneAsync("domain add", ("domain", "example.test"));
        await DoneAsync("account add", ("address", "anna@example.test"), ("password", "secret"));
    }

    public async Task DisposeAsync()
    {
        await _core.DisposeAsync();
        _data.Dispose();
    }

    [Fact]
    public async Task A_domains_policy_is_set_piece_by_piece_and_shown()
    {
        await DoneAsync("domain set", ("domain", "example.test"), ("catch-all", "anna"), ("quota", "1G"));
        await DoneAsync("domain set", ("domain", "example.test"), ("subaddress", "--"), ("accounts", "2"), ("message-size", "25M"));
        IReadOnlyList<IReadOnlyList<string>> rows = (await DoneAsync("domain show", ("domain", "example.test"))).Table!.Rows;
        Assert.Equal(["example.test", "anna@example.test", "none", "none", "--", "1G", "25M", "at most 2"], rows.TakeWhile(row => row[0] != "publish").Select(row => row[1]));
        string published = string.Join('\n', rows.Where(row => row[0] == "publish").Select(row => row[1]));
        Assert.Contains("example.test. IN MX 10 ", published, StringComparison.Ordinal);
        Assert.Contains("v=spf1 mx -all", published, StringComparison.Ordinal);
        Assert.Contains("v=DKIM1; k=ed25519;", published, StringComparison.Ordinal);
        Assert.Contains("_dmarc.example.test. IN TXT", published, StringComparison.Ordinal);
        await DoneAsync("account add", ("address", "bob@example.test"), ("password", "secret"));
        Assert.Equal(1L << 30, (await FindAsync("bob")).QuotaOctets);
        AdminResponse full = await RunAsync("account add", ("address", "zoe@example.test"), ("password", "secret"));
        Assert.Contains("all the accounts that its policy allows", full.Message, StringComparison.Ordinal);
        await DoneAsync("domain set", ("domain", "example.test"), ("catch-all", "none"));
    }

    [Theory]
    [InlineData("domain set", "relay", "maybe", 2)]
    [InlineData("domain set", "subaddress", "@", 2)]
    [InlineData("domain set", "subaddress", "too long", 2)]
    [InlineData("domain set", "accounts", "-1", 2)]
    [InlineData("domain set", "quota", "much", 2)]
    [InlineData("domain set", "catch-all", "not an address@", 2)]
    [InlineData("domain set", "alias-of", "elsewhere.test", 1)]
    [InlineData("domain set", "alias-of", "example.test", 1)]
    [InlineData("account set", "recipients-per-hour", "many", 2)]
    [InlineData("account set", "disabled", "perhaps", 2)]
    [InlineData("list add", "posting", "nobody", 2)]
    [InlineData("list set", "owner", "not an address@", 2)]
    [InlineData("list remove", "name", "", 1)]
    public async Task What_is_unusable_changes_nothing(string operation, string name, string value, int status)
    {
        AdminResponse response = await RunAsync(operation, ("domain", "example.test"), ("address", "anna@example.test"), (name, value));
        Assert.Equal(status, response.Status);
        Assert.False(string.IsNullOrWhiteSpace(response.Message));
        Assert.Equal(DomainPolicy.Default, (await _core.Store.Directory.FindDomainAsync("example.test", CancellationToken.None))!.Policy);
    }

    [Fact]
    public async Task Unknown_recipients_have_one_answer_only()
    {
        await DoneAsync("domain set", ("domain", "example.test"), ("catch-all", "anna"));
        Assert.Equal(2, (await RunAsync("domain set", ("domain", "example.test"), ("relay", "all"))).Status);
        await DoneAsync("domain set", ("domain", "example.test"), ("relay", "all"), ("catch-all", "none"));
    }

    [Fact]
    public async Task An_account_that_is_disabled_cannot_log_in_and_takes_mail()
    {
        Assert.Equal(SignInStatus.Accepted, await SignInAsync());
        await DoneAsync("account set", ("address", "anna@example.test"), ("disabled", "true"));
        Assert.Equal(SignInStatus.Rejected, await SignInAsync());
        Assert.Equal(RecipientKind.Local, await _core.Router.ClassifyAsync((await FindAsync("anna")).Address, CancellationToken.None));
        await DoneAsync("account set", ("address", "anna@example.test"), ("disabled", "false"));
        Assert.Equal(SignInStatus.Accepted, await SignInAsync());
    }

    [Fact]
    public async Task An_accounts_forwarding_is_set_and_taken_away()
    {
        Assert.Equal(0, (await RunAsync("account set", ["a@elsewhere.test"], ("address", "anna@example.test"), ("keep-copy", "false"), ("name", "Anna"))).Status);
        Account account = await FindAsync("anna");
        Assert.Equal(("Anna", "a@elsewhere.test", false), (account.Name, Assert.Single(account.Policy.Forwarding).ToString(), account.Policy.KeepsCopy));
        await DoneAsync("account set", ("address", "anna@example.test"), ("no-forward", "true"));
        Assert.True((await FindAsync("anna")).Policy.Forwarding.IsEmpty);
        Assert.Contains("no", (await DoneAsync("account show", ("address", "anna@example.test"))).Table!.Rows.Select(row => row[1]));
    }

    [Fact]
    public async Task Lists_and_their_members_come_and_go()
    {
        Assert.Equal(0, (await RunAsync("list add", ["anna@example.test"], ("address", "team@example.test"), ("posting", "anyone"))).Status);
        Assert.Equal(1, (await RunAsync("list add", [], ("address", "team@example.test"))).Status);
        AdminResponse added = await RunAsync("list member add", ["x@elsewhere.test", "ANNA@example.test"], ("address", "team@example.test"));
        Assert.Equal("list team@example.test has 1 new members, 2 in all", added.Message);
        await DoneAsync("list set", ("address", "team@example.test"), ("owner", "anna@example.test"), ("replies-to-list", "true"), ("senders", "a@b.test, c@d.test"));
        Assert.Equal(["team@example.test", "2", "anyone", "anna@example.test"], Assert.Single((await DoneAsync("list list")).Table!.Rows));
        IReadOnlyList<IReadOnlyList<string>> rows = (await DoneAsync("list show", ("address", "team@example.test"))).Table!.Rows;
        Assert.Equal(2, rows.Count(row => row[0] == "sender"));
        Assert.Equal(["anna@example.test", "x@elsewhere.test"], rows.Where(row => row[0] == "member").Select(row => row[1]));
        Assert.Equal(0, (await RunAsync("list member remove", ["X@elsewhere.test"], ("address", "team@example.test"))).Status);
        Assert.Equal(1, (await RunAsync("list member remove", ["x@elsewhere.test"], ("address", "team@example.test"))).Status);
        await DoneAsync("list remove", ("address", "team@example.test"));
        Assert.Empty((await DoneAsync("list list")).Table!.Rows);
    }

    [Fact]
    public async Task What_is_exported_is_applied_elsewhere_and_applied_again_changes_nothing()
    {
        await DoneAsync("domain add", ("domain", "other.test"));
        await DoneAsync("domain set", ("domain", "other.test"), ("alias-of", "example.test"), ("message-size", "25M"));
        await DoneAsync("domain set", ("domain", "example.test"), ("catch-all", "anna"), ("subaddress", ""));
        await DoneAsync("account quota", ("address", "anna@example.test"), ("quota", "5M"));
        await RunAsync("account set", ["a@elsewhere.test"], ("address", "anna@example.test"), ("name", "Anna \"A\""), ("recipients-per-hour", "9"));
        await RunAsync("alias add", ["anna@example.test"], ("address", "info@example.test"));
        await RunAsync("list add", ["anna@example.test"], ("address", "team@example.test"), ("posting", "named"), ("senders", "b@example.test"));
        string exported = (await DoneAsync("domain export")).Text!;
        Assert.DoesNotContain("secret", exported, StringComparison.Ordinal);
        Assert.Equal("nothing to change", (await ApplyAsync(exported)).Message);

        using var otherData = new TestData();
        await using ServerCore other = await otherData.OpenCoreAsync();
        AdminResponse trial = await ApplyAsync(exported, other, isTrial: true);
        Assert.Equal(0, trial.Status);
        Assert.Empty(await other.Store.Directory.ListDomainsAsync(CancellationToken.None));
        Assert.Empty(other.Dkim.List("example.test"));
        AdminResponse applied = await ApplyAsync(exported, other);
        Assert.Equal(trial.Message, applied.Message);
        Assert.Equal(["example.test", "other.test"], other.Dkim.List("example.test").Concat(other.Dkim.List("other.test")).Select(key => key.Key.Domain).Distinct());
        Assert.Contains("account anna@example.test: added", applied.Message, StringComparison.Ordinal);
        Assert.Equal("nothing to change", (await ApplyAsync(exported, other)).Message);
        AdminResponse again = await AdminOperations.RunAsync(
            new AdminServices(other, listeners: null, reload: null),
            new AdminRequest("domain export", new Dictionary<string, string>(), [], null),
            CancellationToken.None);
        Assert.Equal(exported, again.Text);
        Account account = (await other.Store.Directory.FindAccountAsync(new EmailAddress("anna", "example.test"), CancellationToken.None))!;
        Assert.True(account.Verifier!.Matches("secret"));
    }

    [Fact]
    public async Task Applying_says_what_it_changes_and_what_it_cannot()
    {
        AdminResponse response = await ApplyAsync(
            """
            [[accounts]]
            address = "anna@example.test"
            disabled = true
            [[accounts]]
            address = "zoe@example.test"
            [[aliases]]
            address = "anna@example.test"
            targets = ["zoe@example.test"]
            [[lists]]
            address = "team@unknown.test"
            """);
        Assert.Equal(1, response.Status);
        Assert.Equal(
            [
                "account anna@example.test: policy changed",
                "account zoe@example.test: added, without a password: plugins are asked",
                "alias anna@example.test: not done, the address is something else already",
                "list team@unknown.test: not done, its domain (or the one it stands for) is not served here",
            ],
            response.Message!.Split('\n'));
    }

    [Theory]
    [InlineData("[[domains]]\nname = 'not a domain'", ":2:8")]
    [InlineData("[[domains]]\nname = 'a.test'\ncolour = 'red'", "colour")]
    [InlineData("[[domains]]\nname = 'a.test'\nrelay = 'all'\nalias_of = 'b.test'", "one answer only")]
    [InlineData("[[accounts]]\naddress = 'a@a.test'\nverifier = 'secret'", "verifier")]
    [InlineData("[[aliases]]\naddress = 'a@a.test'", "targets")]
    [InlineData("[[lists]]\naddress = 'a@a.test'\nmembers = ['b@b.test', 'c']", "value 2")]
    [InlineData("[[lists", ":1:")]
    public async Task A_file_with_a_mistake_is_refused_as_a_whole_with_its_place(string text, string said)
    {
        AdminResponse response = await ApplyAsync("[[domains]]\nname = 'new.test'\n" + text);
        if (text.StartsWith("[[domains]]\nname = 'not", StringComparison.Ordinal))
        {
            said = ":4:8";
        }
        else if (text == "[[lists")
        {
            said = ":3:";
        }

        Assert.Equal(2, response.Status);
        Assert.Contains(said, response.Message, StringComparison.Ordinal);
        Assert.Null(await _core.Store.Directory.FindDomainAsync("new.test", CancellationToken.None));
    }

    private async Task<Account> FindAsync(string name) =>
        (await _core.Store.Directory.FindAccountAsync(new EmailAddress(name, "example.test"), CancellationToken.None))!;

    private async Task<SignInStatus> SignInAsync() => (await _core.SignIn.SignInAsync(
        "anna@example.test", "secret", new SignInOrigin("t", "imap", null, IsEncrypted: true, null), CancellationToken.None)).Status;

    private Task<AdminResponse> ApplyAsync(string text, ServerCore? core = null, bool isTrial = false) => AdminOperations.RunAsync(
        new AdminServices(core ?? _core, listeners: null, reload: null),
        new AdminRequest(
            "domain apply",
            new Dictionary<string, string> { ["file"] = "domains.toml", ["dry-run"] = isTrial ? "true" : "false" },
            [],
            Encoding.UTF8.GetBytes(text)),
        CancellationToken.None);

    private async Task<AdminResponse> DoneAsync(string operation, params (string Name, string Value)[] arguments)
    {
        AdminResponse response = await RunAsync(operation, arguments);
        Assert.True(response.Status == 0, response.Message);
        return response;
    }

    private Task<AdminResponse> RunAsync(string operation, params (string Name, string Value)[] arguments) => RunAsync(operation, [], arguments);

    private Task<AdminResponse> RunAsync(string operation, string[] items, params (string Name, string Value)[] arguments)
    {
        var request = new AdminRequest(operation, arguments.ToDictionary(argument => argument.Name, argument => argument.Value), items, null);
        return AdminOperations.RunAsync(new AdminServices(_core, listeners: null, reload: null), request, CancellationToken.None);
    }
}
