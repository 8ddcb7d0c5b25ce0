namespace PluginMail.Storage;

/// <summary>A filter script of an account.</summary>
/// <param name="Name">Its name (RFC 5804 section 1.6).</param>
/// <param name="IsActive">Whether it runs.</param>
/// <param name="Length">Octets.</param>
public sealed record ScriptInfo(string Name, bool IsActive, int Length);

/// <summary>The script that runs for an account.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Changes with every change of the text, so that the compiled form can be kept.</param>
/// <param name="Text">UTF-8.</param>
public sealed record ActiveScript(string Name, long Version, ReadOnlyMemory<byte> Text);

/// <summary>How a change of scripts ended.</summary>
public enum ScriptChange
{
    /// <summary>Done and on disk.</summary>
    Done,

    /// <summary>There is no such script.</summary>
    NotFound,

    /// <summary>There is a script of that name.</summary>
    AlreadyExists,

    /// <summary>The active script is not deleted (RFC 5804 section 2.10).</summary>
    IsActive,

    /// <summary>The name is empty, too long or has control characters.</summary>
    InvalidName,

    /// <summary>The account has as many scripts, or as large ones, as it may have.</summary>
    OverQuota,
}

/// <summary>Filter scripts of accounts.</summary>
public interface IScriptStore
{
    /// <summary>The script that runs for an account. From a cache that changes clear.</summary>
    /// <param name="account">The account.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null where none is active.</returns>
    ValueTask<ActiveScript?> GetActiveAsync(AccountId account, CancellationToken cancellationToken);

    /// <summary>Lists an account's scripts by name.</summary>
    /// <param name="account">The account.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The scripts.</returns>
    ValueTask<IReadOnlyList<ScriptInfo>> ListAsync(AccountId account, CancellationToken cancellationToken);

    /// <summary>Reads a script.</summary>
    /// <param name="account">The account.</param>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>UTF-8; null where there is none.</returns>
    ValueTask<byte[]?> GetAsync(AccountId account, string name, CancellationToken cancellationToken);

    /// <summary>Writes a script, new or over an old one. The caller has checked it.</summary>
    /// <param name="account">The account.</param>
    /// <param name="name">Its name.</param>
    /// <param name="text">UTF-8.</param>
    /// <param name="activate">Whether it is made the active one in the same commit.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Done, InvalidName, OverQuota, NotFound (no such account).</returns>
    ValueTask<ScriptChange> PutAsync(
        AccountId account, string name, ReadOnlyMemory<byte> text, bool activate, CancellationToken cancellationToken);

    /// <summary>Makes a script the active one.</summary>
    /// <param name="account">The account.</param>
    /// <param name="name">Its name; null so that none is active.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Done or NotFound.</returns>
    ValueTask<ScriptChange> ActivateAsync(AccountId account, string? name, CancellationToken cancellationToken);

    /// <summary>Deletes a script.</summary>
    /// <param name="account">The account.</param>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Done, NotFound, IsActive.</returns>
    ValueTask<ScriptChange> DeleteAsync(AccountId account, string name, CancellationToken cancellationToken);

    /// <summary>Renames a script (RFC 5804 section 2.11.1).</summary>
    /// <param name="account">The account.</param>
    /// <param name="name">Its name.</param>
    /// <param name="newName">The new one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Done, NotFound, AlreadyExists, InvalidName.</returns>
    ValueTask<ScriptChange> RenameAsync(AccountId account, string name, string newName, CancellationToken cancellationToken);
}
