namespace PluginMail.Storage;

/// <summary>What annotations belong to (RFC 5464 section 3): a folder, or the server as a login sees it.</summary>
/// <remarks>Private entries (<c>/private/…</c>) are those of <paramref name="Login"/> alone; shared ones (<c>/shared/…</c>) are the folder's own.
/// Shared entries of the server are settings and not in the store.</remarks>
/// <param name="Login">Who asks: whose the private entries are.</param>
/// <param name="Folder">The folder; null for the server.</param>
public readonly record struct AnnotationOwner(AccountId Login, FolderId? Folder)
{
    /// <summary>The server, as a login sees it.</summary>
    /// <param name="login">Who asks.</param>
    /// <returns>The owner.</returns>
    public static AnnotationOwner Server(AccountId login) => new(login, null);

    /// <summary>A folder, as the owner of its account sees it.</summary>
    /// <param name="folder">The folder.</param>
    /// <returns>The owner.</returns>
    public static AnnotationOwner Of(Folder folder) => new(folder.Account, folder.Id);
}
