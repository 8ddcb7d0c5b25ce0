using PluginMail.Abstractions;
using PluginMail.Pipeline;
using PluginMail.Storage;
using PluginMail.Testing;

namespace PluginMail.Delivery.Tests;

/// <summary>Distribution lists: who may send, what members get, where reports go.</summary>
public sealed class ListTests : IAsyncLifetime
{
    private const string Message = "Subject: hello\r\nReply-To: me@elsewhere.test\r\nList-Id: <other.test>\r\n\r\nbody\r\n";
    private DeliveryBench _bench = null!;

    private TemporaryStore Mail => _bench.Mail;

    private IDirectoryStore Directory => Mail.Store.Directory;

    public async Task InitializeAsync()
    {
        _bench = await DeliveryBench.OpenAsync();
        _bench.Options = _bench.Options with { CanSendElsewhere = true };
        await Mail.AddAccountAsync("anna");
        await Mail.AddAccountAsync("bob");
        await AddAsync(new DistributionList(Address("team"), [Address("anna"), Address("x@elsewhere.test")]) { Name = "The <Team>" });
    }

    public Task DisposeAsync() => _bench.DisposeAsync().AsTask();

    [Theory]
    [InlineData(ListPosting.Members, "x@elsewhere.test", null, true)]
    [InlineData(ListPosting.Members, "X@Elsewhere.test", null, true)]
    [InlineData(ListPosting.Members, "y@elsewhere.test", null, false)]
    [InlineData(ListPosting.Members, "anna@example.test", "anna", true)]
    [InlineData(ListPosting.Members, "anna@example.test", null, false)] // forged: she would have logged in
    [InlineData(ListPosting.Members, "anna+x@example.test", "anna", true)]
    [InlineData(ListPosting.Members, "bob@example.test", "bob", false)]
    [InlineData(ListPosting.Members, "boss@example.test", "boss", true)]
    [InlineData(ListPosting.Members, null, null, false)]
    [InlineData(ListPosting.Anyone, "y@elsewhere.test", null, true)]
    [InlineData(ListPosting.Anyone, null, null, false)]
    [InlineData(ListPosting.Domain, "bob@example.test", "bob", true)]
    [InlineData(ListPosting.Domain, "bob@example.test", null, false)]
    [InlineData(ListPosting.Domain, "x@elsewhere.test", null, false)]
    [InlineData(ListPosting.Domain, "boss@elsewhere.test", null, true)]
    [InlineData(ListPosting.Named, "x@elsewhere.test", null, false)]
    [InlineData(ListPosting.Named, "boss@elsewhere.test", null, true)]
    public async Task Who_may_send_is_said_at_RCPT_and_held_to_at_delivery(ListPosting posting, string? sender, string? login, bool may)
    {
        await ChangeAsync(list => list with { Posting = posting, Senders = [Address("boss@elsewhere.test")], Owner = Address("boss") });
        var origin = new MailOrigin(
            sender is null ? null : Address(sender), login is null ? null : Address(login), IsTrusted: login is not null, null);
        RecipientKind kind = await _bench.Router.ClassifyAsync(Address("team"), origin, CancellationToken.None);
        Assert.Equal(may ? RecipientKind.Local : RecipientKind.SenderNotAllowed, kind);
        DeliveryOutcome outcome = await _bench.DeliverAsync(_bench.Request(Message, ["team"], from: sender, login: login));
        Assert.Equal(may ? null : "550 5.7.1", outcome.Recipients[0]?.ToString()[..9]);
        Assert.Equal(may ? 1 : 0, (await Mail.QueueAsync()).Count);
    }

    [Fact]
    public async Task Members_get_the_lists_fields_and_its_reverse_path()
    {
        await PostAsync();
        QueueEntry entry = Assert.Single(await Mail.QueueAsync());
        Assert.Equal("team-bounces@example.test", entry.Sender!.ToString());
        Assert.Equal(["anna@example.test", "x@elsewhere.test"], entry.Recipients.Select(to => to.ToString()));
        string text = Mail.Text(entry.Message);
        Assert.StartsWith(
            "Delivered-To: team@example.test\r\nList-Id: \"The Team\" <team.example.test>\r\nList-Post: <mailto:team@example.test>\r\nPrecedence: list\r\n",
            text,
            StringComparison.Ordinal);
        Assert.Contains("Reply-To: me@elsewhere.test\r\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("<other.test>", text, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nbody\r\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_senders_filter_changes_members_get_changed()
    {
        await Mail.SetFilterAsync("anna", "require \"editheader\"; if direction \"outgoing\" { addheader \"X-Out\" \"yes\"; }");
        await _bench.DeliverAsync(_bench.Request(Message, ["team"], from: "anna@example.test", login: "anna"));
        string text = Mail.Text(Assert.Single(await Mail.QueueAsync()).Message);
        Assert.Contains("X-Out: yes\r\n", text, StringComparison.Ordinal);
        Assert.Contains("List-Id: ", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answers_go_to_the_list_where_it_says_so()
    {
        await ChangeAsync(list => list with { RepliesGoToList = true });
        await PostAsync();
        string text = Mail.Text(Assert.Single(await Mail.QueueAsync()).Message);
        Assert.Contains("Reply-To: team@example.test\r\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("me@elsewhere.test", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("team-bounces")]
    [InlineData("team-owner")]
    [InlineData("TEAM-Owner@Example.test")]
    public async Task The_addresses_beside_the_list_lead_to_its_owner(string address)
    {
        Assert.Equal("anna@example.test", await FindAsync(address)); // the domain's postmaster
        await ChangeAsync(list => list with { Owner = Address("bob") });
        Assert.Equal("bob@example.test", await FindAsync(address));
        Assert.Equal(RecipientKind.Unknown, await _bench.Router.ClassifyAsync(Address("other-owner"), CancellationToken.None));
    }

    [Fact]
    public async Task A_list_within_a_list_gets_its_mail_and_a_circle_ends()
    {
        await AddAsync(new DistributionList(Address("inner"), [Address("bob"), Address("team")]));
        await ChangeAsync(list => list with { Members = [Address("anna"), Address("inner")] });
        await PostAsync("anna@example.test", "anna");
        QueueEntry outer = Assert.Single(await Mail.QueueAsync());
        await FromQueueAsync(outer, "inner", null); // though nobody of "inner" sent it
        QueueEntry inner = (await Mail.QueueAsync())[^1];
        Assert.Equal("inner-bounces@example.test", inner.Sender!.ToString());
        Assert.Equal(1, Mail.Text(inner.Message).Split("List-Id:").Length - 1);
        await FromQueueAsync(inner, "team", "554 5.4.6");
    }

    [Fact]
    public async Task A_list_without_members_takes_mail_to_nobody()
    {
        await AddAsync(new DistributionList(Address("empty"), []) { Posting = ListPosting.Anyone });
        Assert.Null((await _bench.DeliverAsync(Message, "empty")).Recipients[0]);
        Assert.Empty(await Mail.QueueAsync());
    }

    [Fact]
    public async Task Of_an_alias_that_leads_to_lists_those_that_take_it_get_it()
    {
        await AddAsync(new DistributionList(Address("open"), [Address("bob")]) { Posting = ListPosting.Anyone });
        await Mail.AddAliasAsync("all", "team", "open");
        Assert.Null((await _bench.DeliverAsync(_bench.Request(Message, ["all"], from: "y@elsewhere.test"))).Recipients[0]);
        Assert.Equal("open-bounces@example.test", Assert.Single(await Mail.QueueAsync()).Sender!.ToString());
    }

    [Fact]
    public async Task A_message_without_a_header_is_parted_from_the_new_one()
    {
        await ChangeAsync(list => list with { Posting = ListPosting.Anyone });
        await _bench.DeliverAsync("no header at all\r\n", "team");
        Assert.EndsWith("Precedence: list\r\n\r\nno header at all\r\n", Mail.Text(Assert.Single(await Mail.QueueAsync()).Message), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_filter_sends_to_a_list_as_its_owner()
    {
        await Mail.SetFilterAsync("anna", "copy \"team@example.test\";");
        await Mail.SetFilterAsync("bob", "redirect \"team@example.test\";");
        await _bench.DeliverAsync(Message, "anna");
        Assert.Equal("team-bounces@example.test", Assert.Single(await Mail.QueueAsync()).Sender!.ToString());
        await _bench.DeliverAsync(Message, "bob");
        Assert.Single(await Mail.QueueAsync());
        Assert.Single(await Mail.ReadAsync("bob")); // he is no member, so he keeps it
    }

    private static EmailAddress Address(string text) => TemporaryStore.Address(text);

    private async Task PostAsync(string sender = "x@elsewhere.test", string? login = null) =>
        Assert.Null((await _bench.DeliverAsync(_bench.Request(Message, ["team"], from: sender, login: login))).Recipients[0]);

    private async Task FromQueueAsync(QueueEntry entry, string to, string? reply)
    {
        DeliveryOutcome outcome = await _bench.DeliverAsync(
            _bench.Request(Mail.Text(entry.Message), [to], from: entry.Sender!.ToString(), protocol: "queue"));
        Assert.Equal(reply, outcome.Recipients[0]?.ToString()[..9]);
    }

    private async Task<string> FindAsync(string address) =>
        Assert.Single((await _bench.Router.ExpandAsync(Address(address), CancellationToken.None)).Accounts).Address.ToString();

    private async Task AddAsync(DistributionList list) =>
        Assert.Equal(DirectoryChange.Done, await Directory.AddListAsync(list, CancellationToken.None));

    private async Task ChangeAsync(Func<DistributionList, DistributionList> change) =>
        Assert.Equal(DirectoryChange.Done, await Directory.ChangeListAsync(Address("team"), change, CancellationToken.None));
}
