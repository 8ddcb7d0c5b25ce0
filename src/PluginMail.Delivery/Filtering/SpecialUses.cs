using PluginMail.Storage;

namespace PluginMail.Delivery;

/// <summary>The test <c>specialuse_exists</c> (RFC 8579 section 3).</summary>
internal static class SpecialUses
{
    /// <summary>Whether a folder, or any, has a use.</summary>
    /// <param name="mailboxes">The folders.</param>
    /// <param name="account">Whose.</param>
    /// <param name="mailbox">The folder's name; null for any.</param>
    /// <param name="specialUse">The use, with its backslash.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>True where it has; false for a use that the server does not know.</returns>
    public static async ValueTask<bool> ExistsAsync(
        IMailboxStore mailboxes, AccountId account, string? mailbox, string specialUse, CancellationToken cancellationToken)
    {
        if (!specialUse.StartsWith('\\') || !Enum.TryParse(specialUse.AsSpan(1), ignoreCase: true, out SpecialUse use) || use == SpecialUse.None)
        {
            return false;
        }

        return mailbox is not null
            ? (await mailboxes.FindFolderAsync(account, mailbox, cancellationToken))?.SpecialUse == use
            : (await mailboxes.ListFoldersAsync(account, cancellationToken)).Any(folder => folder.SpecialUse == use);
    }
}
