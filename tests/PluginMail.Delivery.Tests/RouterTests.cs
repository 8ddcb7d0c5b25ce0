using System.Collections.Immutable;
using PluginMail.Abstractions;
using PluginMail.Pipeline;
using PluginMail.Storage;
using PluginMail.Testing;

namespace PluginMail.Delivery.Tests;

/// <summary>What an address is, and where it leads.</summary>
public sealed class RouterTests : IAsyncLifetime
{
    private DeliveryBench _bench = null!;

    public async Task InitializeAsync()
    {
        _bench = await DeliveryBench.OpenAsync();
        await _bench.Mail.AddAccountAsync("anna");
        await _bench.Mail.AddAccountAsync("bob");
    }

    public Task DisposeAsync() => _bench.DisposeAsync().AsTask();

    [Theory]
    [InlineData("anna", RecipientKind.Local)]
    [InlineData("ANNA@Example.TEST", RecipientKind.Local)]
    [InlineData("nobody", RecipientKind.Unknown)]
    [InlineData("anna@elsewhere.test", RecipientKind.Unroutable)]
    [InlineData("postmaster", RecipientKind.Local)]
    [InlineData("Postmaster@mx.example.test", RecipientKind.Local)]
    [InlineData("other@mx.example.test", RecipientKind.Unroutable)]
    [InlineData("postmaster@elsewhere.test", RecipientKind.Unroutable)]
    [InlineData("anna%elsewhere.test@example.test", RecipientKind.Unknown)]
    internal async Task An_address_is_classified(string address, RecipientKind kind) => Assert.Equal(kind, await ClassifyAsync(address));

    [Fact]
    public async Task Elsewhere_is_remote_where_there_is_a_way()
    {
        _bench.Options = _bench.Options with { CanSendElsewhere = true };
        Assert.Equal(RecipientKind.Remote, await ClassifyAsync("a@elsewhere.test"));
    }

    [Fact]
    public async Task A_full_mailbox_is_said_before_the_message()
    {
        await _bench.Mail.AddAccountAsync("full", quota: 1);
        await _bench.Mail.AddAccountAsync("small", quota: 200);
        Assert.Equal(RecipientKind.Local, await ClassifyAsync("full"));
        await _bench.DeliverAsync(Message("x"), "small");
        await _bench.DeliverAsync(Message("x"), "small");
        await _bench.Mail.AddAliasAsync("either", "full", "anna");
        Assert.Equal(RecipientKind.Local, await ClassifyAsync("either"));
    }

    [Fact]
    public async Task A_chain_of_aliases_leads_to_each_mailbox_once()
    {
        await _bench.Mail.AddAliasAsync("all", "team", "anna");
        await _bench.Mail.AddAliasAsync("team", "anna", "bob");
        Assert.Equal(["anna@example.test", "bob@example.test"], await ExpandAsync("all"));
    }

    [Fact]
    public async Task A_loop_leads_nowhere_and_ends()
    {
        await _bench.Mail.AddAliasAsync("a", "b");
        await _bench.Mail.AddAliasAsync("b", "a");
        Assert.Empty(await ExpandAsync("a"));
        Assert.Equal(RecipientKind.Unknown, await ClassifyAsync("a"));
    }

    [Fact]
    public async Task A_loop_with_a_way_out_leads_there()
    {
        await _bench.Mail.AddAliasAsync("a", "b", "anna");
        await _bench.Mail.AddAliasAsync("b", "a", "bob");
        Assert.Equal(["anna@example.test", "bob@example.test"], (await ExpandAsync("a")).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_chain_that_is_too_long_is_deferred_rather_than_cut()
    {
        for (int i = 0; i < 20; i++)
        {
            await _bench.Mail.AddAliasAsync($"a{i}", $"a{i + 1}");
        }

        await _bench.Mail.AddAliasAsync("a20", "anna");
        Assert.Equal(RecipientKind.Unexpandable, await ClassifyAsync("a0"));
        Assert.Equal(RecipientKind.Local, await ClassifyAsync("a15"));
        DeliveryOutcome outcome = await _bench.DeliverAsync(Message("x"), "a0");
        Assert.Equal(451, outcome.Recipients[0]!.Code);
    }

    [Theory]
    [InlineData(true, RecipientKind.Unknown, 550)]
    [InlineData(false, RecipientKind.Unavailable, 451)]
    internal async Task A_directory_that_cannot_answer_defers_unless_its_fault_is_passed(bool passes, RecipientKind kind, int code)
    {
        _bench.Roles.Current = RoleSet.Empty with { Directories = [new FaultyDirectory(passes)] };
        Assert.Equal(kind, await ClassifyAsync("nobody"));
        Assert.Equal(RecipientKind.Local, await ClassifyAsync("anna"));
        Assert.Equal(code, (await _bench.DeliverAsync(Message("x"), "nobody")).Recipients[0]!.Code);
    }

    [Fact]
    public async Task A_directory_that_answers_makes_up_for_one_that_cannot()
    {
        _bench.Roles.Current = RoleSet.Empty with { Directories = [new FaultyDirectory(passes: false), new Knowing()] };
        Assert.Equal(RecipientKind.Local, await ClassifyAsync("nick"));
    }

    [Fact]
    public async Task A_mailbox_that_a_directory_knows_is_made_with_its_first_mail_where_that_is_wanted()
    {
        _bench.Roles.Current = RoleSet.Empty with { Directories = [new KnowingItself("zoe@example.test")] };
        Assert.Equal(RecipientKind.Unknown, await ClassifyAsync("zoe"));
        _bench.NewAccounts = new NewAccountOptions { OnDemand = true, Folders = [new NewFolder("Sent", SpecialUse.Sent)], Unsubscribed = ["Sent"], QuotaOctets = 9000 };
        Assert.Equal(RecipientKind.Unknown, await ClassifyAsync("yves"));
        Assert.Equal(RecipientKind.Local, await ClassifyAsync("Zoe+news@example.test"));
        Assert.Null((await _bench.DeliverAsync(Message("x"), "zoe")).Recipients[0]);
        Assert.Single(await _bench.Mail.ReadAsync("zoe"));
        Account zoe = (await _bench.Mail.Store.Directory.FindAccountAsync(new EmailAddress("zoe", "example.test"), CancellationToken.None))!;
        Assert.Equal((9000, null), (zoe.QuotaOctets, zoe.Verifier));
        Assert.False((await _bench.Mail.Store.Mailboxes.ListFoldersAsync(zoe.Id, CancellationToken.None)).Single(folder => folder.Name == "Sent").IsSubscribed);
    }

    [Fact]
    public async Task A_filter_keeps_what_it_cannot_pass_on_to_all()
    {
        await _bench.Mail.AddAliasAsync("far", "bob", "a0");
        for (int i = 0; i < 20; i++)
        {
            await _bench.Mail.AddAliasAsync($"a{i}", $"a{i + 1}");
        }

        await _bench.Mail.SetFilterAsync("anna", "move \"far@example.test\";");
        Assert.Null((await _bench.DeliverAsync(Message("x"), "anna")).Recipients[0]);
        Assert.Single(await _bench.Mail.ReadAsync("anna"));
        Assert.Empty(await _bench.Mail.ReadAsync("bob"));
    }

    [Fact]
    public async Task An_alias_of_addresses_elsewhere_only_is_refused_where_nothing_is_sent_elsewhere()
    {
        await _bench.Mail.AddAliasAsync("out", "x@elsewhere.test");
        Assert.Equal(RecipientKind.Unroutable, await ClassifyAsync("out"));
        _bench.Options = _bench.Options with { CanSendElsewhere = true };
        Assert.Equal(RecipientKind.Local, await ClassifyAsync("out"));
    }

    [Theory]
    [InlineData("anna", true)]
    [InlineData("Anna@EXAMPLE.test", true)]
    [InlineData("bob", false)]
    [InlineData("team", true)]
    [InlineData("bobs", false)]
    [InlineData("anna@elsewhere.test", false)]
    [InlineData("postmaster", false)]
    public async Task A_login_owns_its_address_and_the_aliases_that_lead_to_it(string sender, bool owns)
    {
        await _bench.Mail.AddAliasAsync("team", "anna", "bob");
        await _bench.Mail.AddAliasAsync("bobs", "bob");
        Assert.Equal(owns, await _bench.Router.OwnsAsync(TemporaryStore.Address("anna"), TemporaryStore.Address(sender), CancellationToken.None));
    }

    [Fact]
    public async Task The_servers_postmaster_is_that_of_a_domain_before_it_is_the_first_account()
    {
        Assert.Equal(["anna@example.test"], await ExpandAsync("postmaster@mx.example.test"));
        await _bench.Mail.AddAliasAsync("postmaster", "bob");
        Assert.Equal(["bob@example.test"], await ExpandAsync("postmaster@mx.example.test"));
    }

    [Fact]
    public async Task A_domain_without_any_mailbox_has_no_postmaster()
    {
        await using DeliveryBench empty = await DeliveryBench.OpenAsync();
        Assert.Equal(
            RecipientKind.Unknown, await empty.Router.ClassifyAsync(TemporaryStore.Address("postmaster"), CancellationToken.None));
    }

    private static string Message(string subject) => $"Subject: {subject}\r\n\r\nbody\r\n";

    private async Task<RecipientKind> ClassifyAsync(string address) =>
        await _bench.Router.ClassifyAsync(TemporaryStore.Address(address), CancellationToken.None);

    private async Task<IReadOnlyList<string>> ExpandAsync(string address) =>
        [.. (await _bench.Router.ExpandAsync(TemporaryStore.Address(address), CancellationToken.None)).Accounts.Select(account => account.Address.ToString())];

    private sealed class FaultyDirectory(bool passes) : Role<EmailAddress, ImmutableArray<EmailAddress>>("ldap")
    {
        public override ValueTask<RoleAnswer<ImmutableArray<EmailAddress>>> AskAsync(EmailAddress input, CancellationToken cancellationToken) =>
            new(new RoleAnswer<ImmutableArray<EmailAddress>>(passes ? [] : default, "no answer"));
    }

    private sealed class KnowingItself(string known) : Role<EmailAddress, ImmutableArray<EmailAddress>>("ldap")
    {
        public override ValueTask<RoleAnswer<ImmutableArray<EmailAddress>>> AskAsync(EmailAddress input, CancellationToken cancellationToken) =>
            new(new RoleAnswer<ImmutableArray<EmailAddress>>(
                input.ToString().Equals(known, StringComparison.OrdinalIgnoreCase) ? [input] : [], null));
    }

    private sealed class Knowing() : Role<EmailAddress, ImmutableArray<EmailAddress>>("table")
    {
        public override ValueTask<RoleAnswer<ImmutableArray<EmailAddress>>> AskAsync(EmailAddress input, CancellationToken cancellationToken) =>
            new(new RoleAnswer<ImmutableArray<EmailAddress>>([TemporaryStore.Address("anna")], null));
    }
}
