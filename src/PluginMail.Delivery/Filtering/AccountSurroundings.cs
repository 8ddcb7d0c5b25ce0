using System.Text;
using PluginMail.Filters.Evaluation;
using PluginMail.Storage;

namespace PluginMail.Delivery;

/// <summary>What scripts can ask of an account: its folders with their annotations, and the lists that it can name. Nothing is a duplicate.</summary>
/// <param name="store">The folders.</param>
/// <param name="lists">The lists.</param>
/// <param name="server">The server's shared annotations.</param>
/// <param name="account">The account.</param>
internal class AccountSurroundings(IMailStore store, ExternalLists lists, ServerAnnotations server, Account account) : IFilterHost
{
    public async ValueTask<bool> MailboxExistsAsync(string mailbox, CancellationToken cancellation) =>
        await store.Mailboxes.FindFolderAsync(account.Id, mailbox, cancellation) is { IsSelectable: true };

    public ValueTask<bool> SpecialUseExistsAsync(string? mailbox, string specialUse, CancellationToken cancellation) =>
        SpecialUses.ExistsAsync(store.Mailboxes, account.Id, mailbox, specialUse, cancellation);

    public async ValueTask<bool> MailboxIdExistsAsync(string mailboxId, CancellationToken cancellation) =>
        (await store.Mailboxes.ListFoldersAsync(account.Id, cancellation)).Any(folder => folder.IsSelectable && folder.MailboxId == mailboxId);

    /// <summary>The value of an annotation as text, faulty octets replaced (RFC 5490 sections 4 and 5); what it is of is the mailbox, or the server as the account's login sees it.</summary>
    public async ValueTask<string?> GetMetadataAsync(string? mailbox, string annotation, CancellationToken cancellation)
    {
        AnnotationOwner owner = AnnotationOwner.Server(account.Id);
        if (mailbox is not null)
        {
            if (await store.Mailboxes.FindFolderAsync(account.Id, mailbox, cancellation) is not { } folder)
            {
                return null;
            }

            owner = AnnotationOwner.Of(folder);
        }

        ReadOnlyMemory<byte>? value = mailbox is null && !AnnotationName.IsPrivate(annotation)
            ? server.Find(annotation)
            : await store.Annotations.FindAsync(owner, annotation, cancellation);
        return value is { } octets ? Encoding.UTF8.GetString(octets.Span) : null;
    }

    public async ValueTask<bool> ListExistsAsync(string list, CancellationToken cancellation) =>
        await lists.FindAsync(list, account.Address, cancellation) is not null;

    public ValueTask<bool> ListContainsAsync(string list, string value, CancellationToken cancellation) =>
        lists.ContainsAsync(list, value, account.Address, cancellation);

    public virtual ValueTask<bool> IsDuplicateAsync(DuplicateMark mark, CancellationToken cancellation) => new(false);
}
