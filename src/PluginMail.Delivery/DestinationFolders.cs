using System.Collections.Immutable;
using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Delivery;

/// <summary>Finds the folders of planned copies, and makes those that a filter names and that are missing.</summary>
internal sealed class DestinationFolders(IMailStore store)
{
    private const string JunkFolder = "Junk";

    /// <summary>Finds the folder of each copy.</summary>
    /// <param name="plan">The plan; mailboxes that are gone fail in it.</param>
    /// <param name="isJunk">Whether plain deliveries go to Junk.</param>
    /// <param name="filing">Where plain deliveries go otherwise; null for INBOX.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The copies with their folders, at most one a folder.</returns>
    public async ValueTask<ImmutableArray<PlannedCopy>> FindAsync(
        DeliveryPlan plan, bool isJunk, Filing? filing, CancellationToken cancellationToken)
    {
        ImmutableArray<PlannedCopy>.Builder copies = ImmutableArray.CreateBuilder<PlannedCopy>(plan.Copies.Count);
        var taken = new Dictionary<FolderId, int>();
        foreach (PlannedCopy planned in plan.Copies)
        {
            PlannedCopy copy = !planned.IsPlainKeep ? planned
                : isJunk ? planned with { FolderName = JunkFolder, SpecialUse = SpecialUse.Junk }
                : filing is not null ? planned with { FolderName = filing.Folder ?? planned.FolderName, Flags = planned.Flags.AddRange(filing.Flags) }
                : planned;
            if (await FindAsync(copy, cancellationToken) is not { } folder)
            {
                plan.FailMailbox(copy.Mailbox, RecipientReplies.MailboxGone(copy.Mailbox.Account.Address));
            }
            else if (copy.IsLetter)
            {
                copies.Add(await PlaceAsync(copy, folder, cancellationToken));
            }
            else if (taken.TryAdd(folder.Id, copies.Count))
            {
                copies.Add(await PlaceAsync(copy, folder, cancellationToken));
            }
            else if (copies[taken[folder.Id]].IsSent && !copy.IsSent)
            {
                copies[taken[folder.Id]] = await PlaceAsync(copy, folder, cancellationToken); // who sends to himself is a recipient first
            }
        }

        return copies.ToImmutable();
    }

    private async ValueTask<PlannedCopy> PlaceAsync(PlannedCopy copy, Folder folder, CancellationToken cancellationToken) => copy with
    {
        Folder = folder,
        Inbox = folder.Name == Folder.Inbox ? null : (await FindInboxAsync(copy.Mailbox.Account.Id, cancellationToken))?.Id,
    };

    /// <summary>Finds the folder that a filing means, and makes it where it is missing.</summary>
    /// <param name="account">Whose.</param>
    /// <param name="name">Its name.</param>
    /// <param name="use">The use that is meant rather than the name, if any folder has it.</param>
    /// <param name="mailboxId">The folder that is meant before all others (RFC 9042 section 4); null for none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The folder; INBOX where it cannot be made, null where there is not even that.</returns>
    public async ValueTask<Folder?> FindAsync(
        AccountId account, string name, SpecialUse use, string? mailboxId, CancellationToken cancellationToken) =>
        (mailboxId is null ? null : await FindByIdAsync(account, mailboxId, cancellationToken))
        ?? (use == SpecialUse.None
            ? await store.Mailboxes.FindFolderAsync(account, name, cancellationToken)
            : await FindSpecialAsync(account, use, name, cancellationToken))
        ?? await CreateAsync(account, name, use, cancellationToken);

    private ValueTask<Folder?> FindInboxAsync(AccountId account, CancellationToken cancellationToken) =>
        store.Mailboxes.FindFolderAsync(account, Folder.Inbox, cancellationToken);

    private ValueTask<Folder?> FindAsync(PlannedCopy copy, CancellationToken cancellationToken) =>
        FindAsync(copy.Mailbox.Account.Id, copy.FolderName, copy.SpecialUse, copy.MailboxId, cancellationToken);

    private async ValueTask<Folder?> FindByIdAsync(AccountId account, string mailboxId, CancellationToken cancellationToken) =>
        (await store.Mailboxes.ListFoldersAsync(account, cancellationToken)).FirstOrDefault(folder => folder.IsSelectable && folder.MailboxId == mailboxId);

    private async ValueTask<Folder?> FindSpecialAsync(AccountId account, SpecialUse use, string name, CancellationToken cancellationToken)
    {
        IReadOnlyList<Folder> folders = await store.Mailboxes.ListFoldersAsync(account, cancellationToken);
        return folders.FirstOrDefault(folder => folder.SpecialUse == use)
            ?? await store.Mailboxes.FindFolderAsync(account, name, cancellationToken);
    }

    // Where a folder cannot be made, the message goes to INBOX.
    private async ValueTask<Folder?> CreateAsync(AccountId account, string name, SpecialUse use, CancellationToken cancellationToken)
    {
        FolderChange change = await store.Mailboxes.CreateFolderAsync(account, new NewFolder(name, use), cancellationToken);
        if (change is FolderChange.Done)
        {
            await store.Mailboxes.SubscribeAsync(account, name, isSubscribed: true, cancellationToken);
        }

        Folder? folder = change is FolderChange.Done or FolderChange.AlreadyExists
            ? await store.Mailboxes.FindFolderAsync(account, name, cancellationToken)
            : null;
        return folder is { IsSelectable: true } ? folder : await FindInboxAsync(account, cancellationToken);
    }
}
