using PluginMail.Abstractions;
using PluginMail.Pipeline;
using PluginMail.Storage;
using PluginMail.Testing;

namespace PluginMail.Delivery.Tests;

/// <summary>Catch-alls, alias domains, details, domains that are sent on, forwarding.</summary>
public sealed class DomainPolicyTests : IAsyncLifetime
{
    private const string Message = "Subject: hello\r\n\r\nbody\r\n";
    private DeliveryBench _bench = null!;

    private TemporaryStore Mail => _bench.Mail;

    private IDirectoryStore Directory => Mail.Store.Directory;

    public async Task InitializeAsync()
    {
        _bench = await DeliveryBench.OpenAsync();
        _bench.Options = _bench.Options with { CanSendElsewhere = true };
        await Mail.AddAccountAsync("anna");
        await Mail.AddAccountAsync("bob");
        await Directory.AddDomainAsync("alias.test", CancellationToken.None);
        await Directory.AddDomainAsync("backup.test", CancellationToken.None);
        await SetAsync("alias.test", policy => policy with { AliasOf = "example.test" });
    }

    public Task DisposeAsync() => _bench.DisposeAsync().AsTask();

    [Theory]
    [InlineData("anna+shop", "anna@example.test")]
    [InlineData("ANNA+Shop+more@Example.test", "anna@example.test")]
    [InlineData("anna+", "anna@example.test")]
    [InlineData("+anna", "")]
    [InlineData("nobody+anna", "")]
    [InlineData("anna@alias.test", "anna@example.test")]
    [InlineData("anna+x@alias.test", "anna@example.test")]
    [InlineData("team@alias.test", "anna@example.test bob@example.test")]
    [InlineData("team+x", "anna@example.test bob@example.test")]
    [InlineData("nobody@alias.test", "")]
    [InlineData("postmaster@alias.test", "anna@example.test")]
    public async Task Addresses_lead_where_the_domains_policy_says(string address, string mailboxes)
    {
        await Mail.AddAliasAsync("team", "anna", "bob");
        Assert.Equal(mailboxes, await ExpandAsync(address));
    }

    [Fact]
    public async Task Another_separator_parts_elsewhere_and_none_nowhere()
    {
        await SetAsync("example.test", policy => policy with { SubaddressSeparator = "--" });
        Assert.Equal("anna@example.test", await ExpandAsync("anna--x"));
        Assert.Equal("", await ExpandAsync("anna+x"));
        await SetAsync("example.test", policy => policy with { SubaddressSeparator = "" });
        Assert.Equal("", await ExpandAsync("anna--x"));
    }

    [Fact]
    public async Task A_name_with_the_separator_in_it_is_found_before_it_is_parted()
    {
        await Mail.AddAccountAsync("anna+own");
        Assert.Equal("anna+own@example.test", await ExpandAsync("anna+own"));
    }

    [Fact]
    public async Task The_detail_stays_in_the_envelope_for_the_filter()
    {
        await Mail.SetFilterAsync("anna", "if recipient \"anna+shop@example.test\" { move \"Shop\"; }");
        Assert.Null((await _bench.DeliverAsync(Message, "anna+shop")).Recipients[0]);
        Assert.Single(await Mail.ReadAsync("anna", "Shop"));
    }

    [Fact]
    public async Task A_catch_all_gets_what_nobody_else_does()
    {
        await SetAsync("example.test", policy => policy with { CatchAll = Address("bob") });
        Assert.Equal("bob@example.test", await ExpandAsync("nobody"));
        Assert.Equal("bob@example.test", await ExpandAsync("nobody@alias.test"));
        Assert.Equal("anna@example.test", await ExpandAsync("anna"));
        Assert.Equal("anna@example.test", await ExpandAsync("anna+x"));
        Assert.Equal("bob@example.test", await ExpandAsync("postmaster"));
        Assert.Equal(RecipientKind.Unknown, await ClassifyAsync("SRS0=AAAAAA=AA=x.test=y"));
    }

    [Theory]
    [InlineData("anna+x", true)]
    [InlineData("anna@alias.test", true)]
    [InlineData("team@alias.test", true)]
    [InlineData("nobody", false)]
    [InlineData("bob", false)]
    [InlineData("postmaster", false)]
    [InlineData("anna@backup.test", false)]
    [InlineData("list", false)]
    public async Task A_login_owns_its_details_and_alias_domains_and_nothing_by_forwarding_or_catch_all(string sender, bool owns)
    {
        await Mail.AddAliasAsync("team", "anna");
        await SetAsync("example.test", policy => policy with { CatchAll = Address("anna") });
        await ForwardAsync("bob", keepsCopy: false, "anna@example.test");
        await Directory.AddListAsync(new DistributionList(Address("list"), [Address("anna")]), CancellationToken.None);
        Assert.Equal(owns, await _bench.Router.OwnsAsync(Address("anna"), Address(sender), CancellationToken.None));
    }

    [Fact]
    public async Task A_relayed_domain_is_sent_on_but_for_what_is_here()
    {
        Assert.Equal(RecipientKind.Unknown, await ClassifyAsync("x@backup.test"));
        await SetAsync("backup.test", policy => policy with { Relay = DomainRelay.All });
        await Mail.AddAliasAsync("here@backup.test", "anna");
        Assert.Equal(RecipientKind.Relayed, await ClassifyAsync("x@backup.test"));
        Assert.Equal(RecipientKind.Local, await ClassifyAsync("here@backup.test"));
        Assert.Null((await _bench.DeliverAsync(Message, "x@backup.test")).Recipients[0]);
        QueueEntry entry = Assert.Single(await Mail.QueueAsync());
        Assert.Equal(["x@backup.test"], entry.Recipients.Select(to => to.ToString()));
        Assert.Equal("sender@elsewhere.test", entry.Sender!.ToString()); // the domain's own hosts expect it from here
        _bench.Options = _bench.Options with { CanSendElsewhere = false };
        Assert.Equal(RecipientKind.Unroutable, await ClassifyAsync("x@backup.test"));
    }

    [Fact]
    public async Task A_relayed_domain_with_a_list_of_recipients_refuses_others()
    {
        await SetAsync("backup.test", policy => policy with { Relay = DomainRelay.Listed });
        await Mail.AddAliasAsync("known@backup.test", "known@backup.test");
        Assert.Equal(RecipientKind.Relayed, await ClassifyAsync("Known@Backup.test"));
        Assert.Equal(RecipientKind.Relayed, await ClassifyAsync("known@backup.test"));
        Assert.Equal(RecipientKind.Unknown, await ClassifyAsync("other@backup.test"));
    }

    [Fact]
    public async Task Mail_is_forwarded_with_and_without_a_copy()
    {
        await ForwardAsync("anna", keepsCopy: true, "a@elsewhere.test", "bob@example.test");
        await _bench.DeliverAsync(Message, "anna");
        Assert.Single(await Mail.ReadAsync("anna"));
        Assert.Single(await Mail.ReadAsync("bob"));
        await ForwardAsync("anna", keepsCopy: false, "a@elsewhere.test");
        await _bench.DeliverAsync(Message, "anna");
        Assert.Single(await Mail.ReadAsync("anna"));
        Assert.All(await Mail.QueueAsync(), entry => Assert.StartsWith("SRS0=", entry.Sender!.LocalPart, StringComparison.Ordinal));
        Assert.Equal(2, (await Mail.QueueAsync()).Count);
    }

    [Fact]
    public async Task Mail_forwarded_in_a_circle_is_kept()
    {
        await ForwardAsync("anna", keepsCopy: false, "bob@example.test");
        await ForwardAsync("bob", keepsCopy: false, "anna@example.test");
        Assert.Null((await _bench.DeliverAsync(Message, "anna")).Recipients[0]);
        Assert.Single(await Mail.ReadAsync("bob"));
    }

    [Fact]
    public async Task Only_a_foreign_sender_is_rewritten_and_only_where_mail_is_forwarded()
    {
        await Mail.AddAliasAsync("out", "a@elsewhere.test");
        await DeliverFromAsync("x@foreign.test", "out", "direct@elsewhere.test");
        await DeliverFromAsync("anna@example.test", "out");
        await DeliverFromAsync(null, "out");
        _bench.Options = _bench.Options with { RewritesSenders = false };
        await DeliverFromAsync("y@foreign.test", "out");
        List<string?> senders = [.. (await Mail.QueueAsync()).Select(entry => entry.Sender?.ToString())];
        Assert.Contains("x@foreign.test", senders);
        Assert.Contains("anna@example.test", senders);
        Assert.Contains(null, senders);
        Assert.Contains("y@foreign.test", senders);
        string rewritten = Assert.Single(senders, sender => sender?.StartsWith("SRS0=", StringComparison.Ordinal) == true)!;
        Assert.EndsWith("=foreign.test=x@example.test", rewritten, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_report_to_a_rewritten_sender_goes_back_to_him_and_other_mail_does_not()
    {
        await Mail.AddAliasAsync("out", "a@elsewhere.test");
        await DeliverFromAsync("x@foreign.test", "out");
        string rewritten = Assert.Single(await Mail.QueueAsync()).Sender!.ToString();
        Assert.Equal(RecipientKind.Local, await ClassifyAsync(rewritten, from: null));
        Assert.Equal(RecipientKind.SenderNotAllowed, await ClassifyAsync(rewritten, from: "spammer@foreign.test"));
        Assert.Equal(RecipientKind.Unknown, await ClassifyAsync(rewritten.Replace("=x@", "=y@", StringComparison.Ordinal), from: null));
        Assert.Null((await DeliverFromAsync(null, rewritten)).Recipients[0]);
        QueueEntry report = (await Mail.QueueAsync())[^1];
        Assert.Null(report.Sender);
        Assert.Equal(["x@foreign.test"], report.Recipients.Select(to => to.ToString()));
        Assert.Equal(550, (await DeliverFromAsync("spammer@foreign.test", rewritten)).Recipients[0]!.Code);
    }

    [Fact]
    public async Task A_filters_redirect_is_forwarding_too()
    {
        await Mail.SetFilterAsync("anna", "redirect \"a@elsewhere.test\";");
        await _bench.DeliverAsync(Message, "anna");
        Assert.StartsWith("SRS0=", Assert.Single(await Mail.QueueAsync()).Sender!.LocalPart, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_domain_takes_no_larger_message_than_its_policy_says()
    {
        await SetAsync("example.test", policy => policy with { MaximumMessageSize = 100 });
        var origin = new MailOrigin(Address("x@elsewhere.test"), null, IsTrusted: false, Size: 101);
        Assert.Equal(RecipientKind.TooLarge, await _bench.Router.ClassifyAsync(Address("anna"), origin, CancellationToken.None));
        Assert.Equal(RecipientKind.Local, await _bench.Router.ClassifyAsync(Address("anna"), origin with { Size = 100 }, CancellationToken.None));
        Assert.Null((await _bench.DeliverAsync(Message, "anna")).Recipients[0]);
        Assert.Equal("5.3.4", (await _bench.DeliverAsync(Message + new string('x', 100), "anna")).Recipients[0]!.Status.ToString());
    }

    [Fact]
    public async Task All_mail_of_a_domain_or_address_is_copied_in_its_own_envelope()
    {
        await Mail.AddAccountAsync("archive");
        _bench.Options = _bench.Options with
        {
            AlwaysCopy =
            [
                new CopyRule("Anna@example.test", IsIncoming: true, IsOutgoing: false, Address("archive")),
                new CopyRule("example.test", IsIncoming: false, IsOutgoing: true, Address("journal@elsewhere.test")),
            ],
        };
        await _bench.DeliverAsync(Message, "anna");
        await _bench.DeliverAsync(Message, "bob");
        Assert.StartsWith("Return-Path: <sender@elsewhere.test>", Assert.Single(await Mail.ReadAsync("archive")), StringComparison.Ordinal);
        Assert.Empty(await Mail.QueueAsync());
        await _bench.DeliverAsync(_bench.Request(Message, ["y@elsewhere.test"], from: "anna@example.test", login: "anna"));
        Assert.Equal(
            ["journal@elsewhere.test", "y@elsewhere.test"],
            (await Mail.QueueAsync()).SelectMany(entry => entry.Recipients).Select(to => to.ToString()).Order(StringComparer.Ordinal));
        await _bench.DeliverAsync(_bench.Request(Message, ["anna"], protocol: "queue"));
        Assert.Single(await Mail.ReadAsync("archive"));
        await _bench.DeliverAsync(_bench.Request(Message, ["anna"], hold: "odd"));
        Assert.Contains((await Mail.QueueAsync()).SelectMany(entry => entry.Recipients), to => to.ToString() == "archive@example.test");
    }

    [Fact]
    public async Task A_copy_that_fails_is_nobodys_refusal()
    {
        _bench.Options = _bench.Options with { AlwaysCopy = [new CopyRule("example.test", IsIncoming: true, IsOutgoing: true, Address("nobody"))] };
        Assert.Null((await _bench.DeliverAsync(Message, "anna")).Recipients[0]);
        Assert.Single(await Mail.ReadAsync("anna"));
    }

    private static EmailAddress Address(string text) => TemporaryStore.Address(text);

    private Task<DeliveryOutcome> DeliverFromAsync(string? sender, params string[] to) => _bench.DeliverAsync(_bench.Request(Message, to, from: sender));

    private async Task SetAsync(string domain, Func<DomainPolicy, DomainPolicy> change) =>
        Assert.Equal(DirectoryChange.Done, await Directory.ChangeDomainAsync(domain, change, CancellationToken.None));

    private async Task ForwardAsync(string name, bool keepsCopy, params string[] targets)
    {
        Account account = (await Directory.FindAccountAsync(Address(name), CancellationToken.None))!;
        await Directory.ChangeAccountAsync(
            account.Id, policy => policy with { Forwarding = [.. targets.Select(Address)], KeepsCopy = keepsCopy }, CancellationToken.None);
    }

    private async Task<RecipientKind> ClassifyAsync(string address) => await _bench.Router.ClassifyAsync(Address(address), CancellationToken.None);

    private async Task<RecipientKind> ClassifyAsync(string address, string? from) => await _bench.Router.ClassifyAsync(
        Address(address), new MailOrigin(from is null ? null : Address(from), null, IsTrusted: false, null), CancellationToken.None);

    private async Task<string> ExpandAsync(string address) => string.Join(
        ' ',
        (await _bench.Router.ExpandAsync(Address(address), CancellationToken.None)).Accounts
            .Select(account => account.Address.ToString()).Order(StringComparer.Ordinal));
}
