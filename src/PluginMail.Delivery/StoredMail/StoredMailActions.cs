using PluginMail.Filters.Evaluation;
using PluginMail.Storage;

namespace PluginMail.Delivery;

/// <summary>
/// What becomes of a message that is there: keep leaves it where it is, with flags added; filings move or copy it; without either it is deleted.
/// What would reach somebody else (redirects, refusals, replies, notices, other mailboxes, plugins' actions) and changes of the message itself
/// are withheld, and a message that such an action alone would have taken away stays.
/// </summary>
internal sealed class StoredMailActions(DestinationFolders folders, Folder source)
{
    /// <summary>Says what is done.</summary>
    /// <param name="message">The message with what the filter decided.</param>
    /// <param name="withheld">Gets the name of each action that is left out, and of a failure.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null where it stays as it is.</returns>
    public async ValueTask<MessagePlacement?> PlanAsync(FilteredMessage message, List<string> withheld, CancellationToken cancellationToken)
    {
        AddedFlags? stays = null;
        if (message.Result.Error is { } error)
        {
            withheld.Add($"script failed at line {error.Line}");
            stays = AddedFlags.None;
        }

        var destinations = new List<MessageDestination>();
        bool mayStay = false;
        foreach (FilterEffect effect in message.Result.Effects)
        {
            if (NameOfWithheld(effect) is { } name)
            {
                withheld.Add(name);
                mayStay |= effect is not (FilterEffect.Vacation or FilterEffect.Notify);
            }
            else if (effect is FilterEffect.Keep)
            {
                stays = Join(stays, CopyFlags.Of(effect.Flags));
            }
            else if (effect is FilterEffect.FileInto file)
            {
                stays = await FileAsync(file, stays, destinations, cancellationToken);
            }

            if (!effect.Changes.IsEmpty && effect is FilterEffect.Keep or FilterEffect.FileInto)
            {
                withheld.Add("changes of the message");
            }
        }

        if (mayStay && destinations.Count == 0)
        {
            stays ??= AddedFlags.None;
        }

        return stays is { IsEmpty: true } && destinations.Count == 0 ? null : new MessagePlacement(message.Uid, stays, destinations);
    }

    private async ValueTask<AddedFlags?> FileAsync(
        FilterEffect.FileInto file, AddedFlags? stays, List<MessageDestination> destinations, CancellationToken cancellationToken)
    {
        AddedFlags flags = CopyFlags.Of(file.Flags);
        Folder? folder = await folders.FindAsync(source.Account, file.Folder, PlannedCopy.ToSpecialUse(file.SpecialUse), file.MailboxId, cancellationToken);
        if (folder is null || folder.Id == source.Id)
        {
            return Join(stays, flags);
        }

        int known = destinations.FindIndex(destination => destination.Folder == folder.Id);
        if (known < 0)
        {
            destinations.Add(new MessageDestination(folder.Id, flags));
        }
        else
        {
            destinations[known] = new MessageDestination(folder.Id, Join(destinations[known].Flags, flags));
        }

        return stays;
    }

    private static AddedFlags Join(AddedFlags? one, AddedFlags other) => one is null || one.IsEmpty ? other
        : other.IsEmpty ? one
        : new AddedFlags(one.System | other.System, [.. one.Keywords.Union(other.Keywords, StringComparer.OrdinalIgnoreCase)]);

    private static string? NameOfWithheld(FilterEffect effect) => effect switch
    {
        FilterEffect.Vacation { Obstacle: not null } or FilterEffect.Notify { Obstacle: not null } => null,
        FilterEffect.Redirect => "redirect",
        FilterEffect.FileIntoMailbox => "delivery to another mailbox",
        FilterEffect.Reject => "reject",
        FilterEffect.Vacation => "vacation",
        FilterEffect.Notify => "notify",
        FilterEffect.PluginAction plugin => plugin.Action.Name,
        _ => null,
    };
}
