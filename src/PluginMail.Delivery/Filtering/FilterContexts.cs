using System.Collections.Immutable;
using PluginMail.Filters.Evaluation;
using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Delivery;

/// <summary>What filters see beside the message: the mailbox's folders, the place where they run, what earlier messages left behind.</summary>
/// <param name="store">The folders, and the distribution lists.</param>
/// <param name="letters">Remembers what was seen.</param>
/// <param name="options">The server's annotations, as they are at the moment.</param>
/// <param name="clock">The clock.</param>
public sealed class FilterContexts(IMailStore store, Correspondence letters, Func<DeliveryOptions> options, TimeProvider clock)
{
    private readonly ExternalLists _lists = new(store.Directory);

    /// <summary>The context of one mailbox.</summary>
    /// <param name="request">The message.</param>
    /// <param name="mailbox">The mailbox.</param>
    /// <returns>The context.</returns>
    public FilterContext Of(DeliveryRequest request, PlannedMailbox mailbox)
    {
        ImmutableDictionary<string, string>.Builder environment = EnvironmentOf(mailbox.Account);
        environment["remote-host"] = ""; // a client's name is what it claims; nobody has looked it up
        environment["remote-ip"] = request.Session.RemoteEndPoint?.Address.ToString() ?? "";
        return new FilterContext
        {
            Host = new MailboxHost(store, _lists, options().Annotations, letters, mailbox.Account),
            Environment = environment.ToImmutable(),
            Clock = clock,
            SpamPercent = request.SpamPercent,
            VirusLevel = VirusLevels.Of(request.Tags),
        };
    }

    /// <summary>The context of IMAP events in an account's mailboxes. Nothing is a duplicate there: the message has been seen, by its delivery.</summary>
    /// <param name="account">The account.</param>
    /// <returns>The context, without the event.</returns>
    public FilterContext OnEvents(Account account) => new()
    {
        Host = new AccountSurroundings(store, _lists, options().Annotations, account),
        Environment = EnvironmentOf(account).ToImmutable(),
        Clock = clock,
    };

    private ImmutableDictionary<string, string>.Builder EnvironmentOf(Account account)
    {
        string host = letters.Hostname;
        ImmutableDictionary<string, string>.Builder environment = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        environment["host"] = host;
        environment["domain"] = host[(host.IndexOf('.', StringComparison.Ordinal) + 1)..];
        environment["vnd.dovecot.username"] = account.Address.ToString();
        environment["vnd.dovecot.default-mailbox"] = Folder.Inbox;
        return environment;
    }

    /// <summary>Remembers what the test duplicate marked (RFC 7352 3.2); forgotten again where the delivery does not come about.</summary>
    /// <param name="result">What the filter decided.</param>
    /// <param name="mailbox">The mailbox.</param>
    /// <param name="plan">The delivery.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Completes when that is done.</returns>
    public async ValueTask RememberAsync(FilterResult result, PlannedMailbox mailbox, DeliveryPlan plan, CancellationToken cancellationToken)
    {
        foreach (DuplicateMark mark in result.DuplicateMarks)
        {
            string key = MailboxHost.KeyOf(mailbox.Account.Id, mark);
            if (!await letters.TryClaimAsync(plan, mailbox, key, mark.Lifetime, cancellationToken) && mark.FromLast)
            {
                await letters.RenewAsync(key, mark.Lifetime, cancellationToken);
            }
        }
    }

    /// <summary>Where a redirect to a list goes: the list's address, from which it is a post like any other.</summary>
    /// <param name="list">The list's name.</param>
    /// <param name="mailbox">Whose filter it is.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The name itself, which is no address, where there is no such list.</returns>
    public async ValueTask<string> AddressOfListAsync(string list, PlannedMailbox mailbox, CancellationToken cancellationToken) =>
        (await _lists.FindAsync(list, mailbox.Account.Address, cancellationToken))?.Address.ToString() ?? list;

    /// <summary>Of a delivery: what the account's filters marked before is a duplicate.</summary>
    private sealed class MailboxHost(IMailStore store, ExternalLists lists, ServerAnnotations server, Correspondence letters, Account account)
        : AccountSurroundings(store, lists, server, account)
    {
        private readonly AccountId _owner = account.Id;

        public static string KeyOf(AccountId owner, DuplicateMark mark) =>
            $"duplicate/{owner.Value}/{Correspondence.Digest($"{mark.Handle}\0{mark.UniqueId}")}";

        public override ValueTask<bool> IsDuplicateAsync(DuplicateMark mark, CancellationToken cancellation) =>
            letters.IsClaimedAsync(KeyOf(_owner, mark), cancellation);
    }
}
