using System.Text.Json;

namespace PluginMail.Server.Tests;

/// <summary>What the command line takes, and its exit statuses.</summary>
public sealed class CommandLineTests
{
    [Theory]
    [InlineData("")]
    [InlineData("serve")]
    [InlineData("serve --config mail.toml")]
    [InlineData("config check --json")]
    [InlineData("domain add example.test")]
    [InlineData("account add a@example.test --password secret --quota 2G --name Anna")]
    [InlineData("account add a@example.test --password-stdin")]
    [InlineData("account set a@example.test --forward b@example.test c@elsewhere.test --no-keep-copy --disabled --recipients-per-hour 100")]
    [InlineData("account show a@example.test --json")]
    [InlineData("domain set example.test --catch-all a@example.test --quota 1G --accounts 5 --message-size 25M")]
    [InlineData("domain set example.test --relay --subaddress +")]
    [InlineData("domain set example.test --relay listed --alias-of none")]
    [InlineData("domain export example.test")]
    [InlineData("domain apply domains.toml --dry-run --json")]
    [InlineData("list add team@example.test a@example.test b@example.test --posting anyone --owner a@example.test --replies-to-list true")]
    [InlineData("list set team@example.test --senders a@example.test,b@example.test")]
    [InlineData("list member add team@example.test c@example.test")]
    [InlineData("list member remove team@example.test c@example.test")]
    [InlineData("list show --domain example.test")]
    [InlineData("list show team@example.test")]
    [InlineData("alias add team@example.test a@example.test b@example.test")]
    [InlineData("filter put a@example.test rules.sieve --activate --name main")]
    [InlineData("filter list a@example.test --rules --json")]
    [InlineData("filter list --server")]
    [InlineData("filter words a@example.test --json")]
    [InlineData("filter check rules.sieve --account a@example.test")]
    [InlineData("filter lsp --account a@example.test")]
    [InlineData("plugin run clamav version one two")]
    [InlineData("queue send 7")]
    [InlineData("queue send --all")]
    [InlineData("queue send --destination example.test")]
    [InlineData("queue list --destination example.test --sender a@example.test --state held --limit 10 --after 7 --json")]
    [InlineData("queue show 7")]
    [InlineData("queue hold --sender <>")]
    [InlineData("queue release 7")]
    [InlineData("queue release 7 8 9")]
    [InlineData("queue return 7 8 --reason no")]
    [InlineData("queue return --state held --sender <>")]
    [InlineData("queue clear --destination example.test --yes")]
    [InlineData("explain 0123456789ABCDEF")]
    [InlineData("backup folder")]
    [InlineData("restore folder")]
    [InlineData("mailbox check")]
    [InlineData("sendmail -t -i -f a@example.test")]
    [InlineData("sendmail -oi -F Name b@example.test")]
    [InlineData("sendmail -oi -f a@example.test -- -odd@example.test")]
    [InlineData("filter check --fix -- -odd.sieve")]
    [InlineData("domain apply -")]
    [InlineData("plugin run clamav version --verbose -x")]
    public void A_usable_line_is_parsed(string line) => Assert.Empty(CommandLineRoot.ProblemsOf(CommandLineRoot.Build().Parse(line)));

    [Theory]
    [InlineData("serve extra")]
    [InlineData("domain")]
    [InlineData("domain add")]
    [InlineData("account add")]
    [InlineData("account add a@example.test --qouta 2G")]
    [InlineData("queue send")]
    [InlineData("queue return")]
    [InlineData("queue return --all")]
    [InlineData("queue return --reason no")]
    [InlineData("account set a@example.test --keep-copy --no-keep-copy")]
    [InlineData("list member add team@example.test")]
    [InlineData("domain apply")]
    [InlineData("nonsense")]
    [InlineData("explain")]
    [InlineData("explain --bogus")]
    [InlineData("filter check --bogus x.sieve")]
    [InlineData("filter check x.sieve -b")]
    [InlineData("filter check --bogus -- x.sieve")]
    [InlineData("script check --bogus x.csx")]
    [InlineData("sendmail --bogus b@example.test")]
    [InlineData("filter list")]
    [InlineData("filter list a@example.test --server")]
    public void An_unusable_line_is_an_error(string line) => Assert.NotEmpty(CommandLineRoot.ProblemsOf(CommandLineRoot.Build().Parse(line)));

    [Fact]
    public async Task Exit_statuses_tell_done_from_not_so_from_unusable()
    {
        using var data = new TestData();
        Assert.Equal(0, await RunAsync(data, "domain", "add", "example.test"));
        Assert.Equal(1, await RunAsync(data, "domain", "add", "example.test"));
        Assert.Equal(2, await RunAsync(data, "domain", "add", "not a domain"));
        Assert.Equal(0, await RunAsync(data, "config", "check"));
        data.Write("[plugins]\norder = [\"nowhere\"]");
        Assert.Equal(1, await RunAsync(data, "config", "check"));
        string script = Path.Combine(Path.GetDirectoryName(data.Configuration)!, "junk.sieve");
        await File.WriteAllTextAsync(script, "require \"imapsieve\"; keep;");
        data.Write("[[filters.events]]\nmailbox = \"Junk\"\nbefore = [\"junk.sieve\"]");
        Assert.Equal(0, await RunAsync(data, "config", "check"));
        await File.WriteAllTextAsync(script, "require \"reject\"; reject \"no\";"); // on events nobody is answered
        Assert.Equal(1, await RunAsync(data, "config", "check"));
        data.Write("[nonsense]\nkey = 1");
        Assert.Equal(1, await RunAsync(data, "config", "check"));
        Assert.Equal(2, await RunAsync(data, "domain", "list"));
    }

    [Theory]
    [InlineData(null, "a \"script\"\n")]
    [InlineData("done", null)]
    public void Every_answer_has_a_form_in_JSON(string? message, string? text)
    {
        using var json = JsonDocument.Parse(CommandContext.ToJson(new AdminResponse(0, message, Text: text)));
        Assert.True(json.RootElement.GetProperty("ok").GetBoolean());
        Assert.Equal(message ?? text, json.RootElement.GetProperty(message is null ? "text" : "message").GetString());
    }

    [Fact]
    public async Task Restore_works_from_the_command_line()
    {
        using var data = new TestData();
        Assert.Equal(0, await RunAsync(data, "domain", "add", "example.test"));
        string backup = Path.Combine(data.Root, "backup");
        Assert.Equal(0, await RunAsync(data, "backup", backup));
        Assert.Equal(1, await RunAsync(data, "restore", backup));
        Directory.Delete(data.Data, recursive: true);
        Assert.Equal(0, await RunAsync(data, "restore", backup));
        Assert.Equal(1, await RunAsync(data, "domain", "add", "example.test"));
    }

    private static Task<int> RunAsync(TestData data, params string[] arguments) =>
        CommandLineRoot.Build().Parse([.. arguments, "--config", data.Configuration]).InvokeAsync();
}
