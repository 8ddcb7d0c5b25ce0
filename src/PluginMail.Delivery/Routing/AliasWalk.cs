using System.Collections.Immutable;
using PluginMail.Abstractions;
using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Delivery;

/// <summary>Follows one recipient through aliases and directories to mailboxes and outside addresses; a loop ends where it began.</summary>
internal sealed class AliasWalk(IDirectoryStore directory, IRoleCatalog roles)
{
    private const int MaximumDepth = 10;
    private const int MaximumTargets = 5000;
    private readonly HashSet<string> _seen = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<AccountId> _known = [];

    /// <summary>The mailboxes, each once.</summary>
    public List<Account> Accounts { get; } = [];

    /// <summary>The addresses elsewhere.</summary>
    public List<EmailAddress> Remote { get; } = [];

    /// <summary>Whether a bound ended it, so that something may be missing.</summary>
    public bool IsTruncated { get; private set; }

    /// <summary>Whether a directory that was asked could not answer, so that something may be missing.</summary>
    public bool IsUnavailable { get; private set; }

    public async ValueTask FollowAsync(EmailAddress address, int depth, CancellationToken cancellationToken)
    {
        if (_seen.Contains(address.ToString()))
        {
            return;
        }

        if (depth > MaximumDepth || _seen.Count >= MaximumTargets)
        {
            IsTruncated = true;
            return;
        }

        _seen.Add(address.ToString());
        if (await directory.FindAccountAsync(address, cancellationToken) is { } account)
        {
            if (_known.Add(account.Id))
            {
                Accounts.Add(account);
            }
        }
        else if (await directory.FindAliasAsync(address, cancellationToken) is { } alias)
        {
            await FollowAllAsync(alias.Targets, depth, cancellationToken);
        }
        else if (await directory.FindDomainAsync(address.Domain, cancellationToken) is null)
        {
            Remote.Add(address);
        }
        else
        {
            await FollowAllAsync(await AskDirectoriesAsync(address, cancellationToken), depth, cancellationToken);
        }
    }

    private async ValueTask FollowAllAsync(ImmutableArray<EmailAddress> targets, int depth, CancellationToken cancellationToken)
    {
        foreach (EmailAddress target in targets)
        {
            await FollowAsync(target, depth + 1, cancellationToken);
        }
    }

    private async ValueTask<ImmutableArray<EmailAddress>> AskDirectoriesAsync(EmailAddress address, CancellationToken cancellationToken)
    {
        bool isUnanswered = false;
        foreach (Role<EmailAddress, ImmutableArray<EmailAddress>> further in roles.Current.Directories)
        {
            RoleAnswer<ImmutableArray<EmailAddress>> answer = await further.AskAsync(address, cancellationToken);
            if (!answer.Value.IsDefaultOrEmpty)
            {
                return answer.Value;
            }

            isUnanswered |= answer.Value.IsDefault;
        }

        IsUnavailable |= isUnanswered; // the address may be one that it knows

        return [];
    }
}
