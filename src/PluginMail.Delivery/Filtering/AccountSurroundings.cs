using PluginMail.Filters.Evaluation;
using PluginMail.Storage;

namespace PluginMail.Delivery;

/// <summary>What scripts can ask of an account: its folders, and the lists that it can name. Nothing is a duplicate.</summary>
/// <param name="mailboxes">The folders.</param>
/// <param name="lists">The lists.</param>
/// <param name="account">The account.</param>
internal class AccountSurroundings(IMailboxStore mailboxes, ExternalLists lists, Account account) : IFilterHost
{
    public async ValueTask<bool> MailboxExistsAsync(string mailbox, CancellationToken cancellation) =>
        await mailboxes.FindFolderAsync(account.Id, mailbox, cancellation) is { IsSelectable: true };

    public ValueTask<bool> SpecialUseExistsAsync(string? mailbox, string specialUse, CancellationToken cancellation) =>
        SpecialUses.ExistsAsync(mailboxes, account.Id, mailbox, specialUse, cancellation);

    public async ValueTask<bool> MailboxIdExistsAsync(string mailboxId, CancellationToken cancellation) =>
        (await mailboxes.ListFoldersAsync(account.Id, cancellation)).Any(folder => folder.IsSelectable && folder.MailboxId == mailboxId);

    public async ValueTask<bool> ListExistsAsync(string list, CancellationToken cancellation) =>
        await lists.FindAsync(list, account.Address, cancellation) is not null;

    public ValueTask<bool> ListContainsAsync(string list, string value, CancellationToken cancellation) =>
        lists.ContainsAsync(list, value, account.Address, cancellation);

    public virtual ValueTask<bool> IsDuplicateAsync(DuplicateMark mark, CancellationToken cancellation) => new(false);
}
