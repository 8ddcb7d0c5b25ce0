using System.Collections.Immutable;
using System.Runtime.InteropServices;
using PluginMail.Filters.Evaluation;
using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Delivery;

/// <summary>
/// Does what scripts decided on an IMAP event (RFC 6785 section 3). The message itself is never changed: it keeps its place and gets the flags of
/// keep, or is flagged \Deleted where it is not kept. Filing always makes a copy, with the script's changes in it; to file where the message is
/// already is to keep it. What cannot be done keeps the message.
/// </summary>
internal sealed class EventActions(EventServices services, Folder source, EventLetters letters, DecisionTrace trace, EventTally tally)
{
    private readonly DestinationFolders _folders = new(services.Store);
    private readonly Dictionary<(string, string?, string?), Folder?> _found = [];

    private IMailboxStore Mailboxes => services.Store.Mailboxes;

    /// <summary>Does it for some messages, their UIDs rising.</summary>
    /// <exception cref="StoreUnavailableException">The store failed; messages whose turn did not come stay as they are.</exception>
    public async ValueTask CarryOutAsync(IReadOnlyList<EventOutcome> outcomes, CancellationToken cancellationToken)
    {
        var copies = new Dictionary<(FolderId Folder, string Flags), List<(EventOutcome Outcome, FilterEffect.FileInto Filing)>>();
        foreach (EventOutcome outcome in outcomes)
        {
            foreach (FilterEffect effect in outcome.Result.Effects)
            {
                await PlanAsync(outcome, effect, copies, cancellationToken);
            }
        }

        foreach (((FolderId folder, _), List<(EventOutcome Outcome, FilterEffect.FileInto Filing)> filed) in copies)
        {
            await CopyAsync(folder, filed, cancellationToken);
        }

        await FlagAsync(outcomes, cancellationToken);
        uint[] gone = [.. outcomes.Where(static outcome => !outcome.Stays).Select(static outcome => outcome.Uid)];
        tally.TakenAway += gone.Length;
        if (gone.Length > 0 && services.Options().Events.Expunges)
        {
            await Mailboxes.ExpungeAsync(source.Id, gone, always: false, cancellationToken);
        }
    }

    private async ValueTask PlanAsync(
        EventOutcome outcome,
        FilterEffect effect,
        Dictionary<(FolderId Folder, string Flags), List<(EventOutcome Outcome, FilterEffect.FileInto Filing)>> copies,
        CancellationToken cancellationToken)
    {
        switch (effect)
        {
            case FilterEffect.Keep:
                outcome.Stays = true;
                outcome.Wanted = outcome.Result.Error is null ? effect.Flags : null;
                break;
            case FilterEffect.FileInto file:
                await FileAsync(outcome, file, copies, cancellationToken);
                break;
            case FilterEffect.Redirect redirect:
                NotDone(outcome, effect, await letters.SendOnAsync(redirect.Address, redirect.IsList, effect.Changes, outcome.Message, cancellationToken));
                break;
            case FilterEffect.FileIntoMailbox other:
                NotDone(outcome, effect, await letters.SendOnAsync(other.Address, isList: false, effect.Changes, outcome.Message, cancellationToken));
                break;
            case FilterEffect.Notify notify:
                await letters.NotifyAsync(notify, cancellationToken);
                break;
            case FilterEffect.PluginAction:
                NotDone(outcome, effect, "actions of plugins are for mail that arrives");
                break;
            default:
                break; // discard; what answers mail is an error of the script
        }
    }

    private void NotDone(EventOutcome outcome, FilterEffect effect, string? why)
    {
        if (why is null)
        {
            tally.Sent++;
            return;
        }

        outcome.Stays = true;
        trace.Add(new TraceEntry("event", effect.ToString(), "not done", why, $"uid {outcome.Uid}"));
    }

    private async ValueTask FileAsync(
        EventOutcome outcome,
        FilterEffect.FileInto file,
        Dictionary<(FolderId Folder, string Flags), List<(EventOutcome Outcome, FilterEffect.FileInto Filing)>> copies,
        CancellationToken cancellationToken)
    {
        ImmutableArray<string> flags = outcome.Flags.Has(MessageFlags.Deleted)
            ? [.. file.Flags.Where(static flag => !flag.Equals("\\Deleted", StringComparison.OrdinalIgnoreCase))] // the original is given up, not the copy
            : file.Flags;
        if (await FindAsync(file, cancellationToken) is not { } folder)
        {
            NotDone(outcome, file, "there is no folder");
        }
        else if (folder.Id == source.Id)
        {
            outcome.Stays = true;
            outcome.Wanted ??= file.Flags;
        }
        else if (file.Changes.IsEmpty)
        {
            ref List<(EventOutcome, FilterEffect.FileInto)>? filed =
                ref CollectionsMarshal.GetValueRefOrAddDefault(copies, (folder.Id, string.Join(' ', flags)), out _);
            (filed ??= []).Add((outcome, file with { Flags = flags }));
        }
        else
        {
            CopyResultStatus status = await letters.StoreChangedAsync(outcome.Message, file.Changes, folder.Id, CopyFlags.Of(flags), cancellationToken);
            if (status == CopyResultStatus.Stored)
            {
                tally.Copied++;
            }
            else
            {
                NotDone(outcome, file, WhyNot(status == CopyResultStatus.OverQuota));
            }
        }
    }

    private async ValueTask<Folder?> FindAsync(FilterEffect.FileInto file, CancellationToken cancellationToken)
    {
        (string, string?, string?) key = (file.Folder, file.SpecialUse, file.MailboxId);
        if (!_found.TryGetValue(key, out Folder? folder))
        {
            _found[key] = folder = await _folders.FindAsync(
                source.Account, file.Folder, PlannedCopy.ToSpecialUse(file.SpecialUse), file.MailboxId, cancellationToken);
        }

        return folder;
    }

    private async ValueTask CopyAsync(
        FolderId folder, List<(EventOutcome Outcome, FilterEffect.FileInto Filing)> filed, CancellationToken cancellationToken)
    {
        CopyOutcome copied = await Mailboxes.CopyAsync(source.Id, [.. filed.Select(static one => one.Outcome.Uid)], folder, cancellationToken);
        if (copied.Status != CopyStatus.Done)
        {
            foreach ((EventOutcome outcome, FilterEffect.FileInto filing) in filed)
            {
                NotDone(outcome, filing, WhyNot(copied.Status == CopyStatus.OverQuota));
            }

            return;
        }

        tally.Copied += copied.Messages.Count;
        AddedFlags wanted = CopyFlags.Of(filed[0].Filing.Flags);
        HashSet<uint> others = [.. filed.Where(one => !IsSame(one.Outcome.FlagNames, one.Filing.Flags)).Select(static one => one.Outcome.Uid)];
        uint[] uids = [.. copied.Messages.Where(message => others.Contains(message.SourceUid)).Select(static message => message.TargetUid)];
        if (uids.Length > 0)
        {
            await Mailboxes.UpdateFlagsAsync(
                folder, uids, new FlagUpdate(FlagUpdateMode.Replace, wanted.System, wanted.Keywords), unchangedSince: null, cancellationToken);
        }
    }

    private async ValueTask FlagAsync(IReadOnlyList<EventOutcome> outcomes, CancellationToken cancellationToken)
    {
        foreach (var group in outcomes.Select(outcome => (outcome.Uid, Change: ChangeOf(outcome))).Where(one => !one.Change.IsNone).GroupBy(static one => one.Change.Key))
        {
            FlagDifference change = group.First().Change;
            uint[] uids = [.. group.Select(static one => one.Uid)];
            foreach (FlagUpdate update in change.Updates)
            {
                if (await Mailboxes.UpdateFlagsAsync(source.Id, uids, update, unchangedSince: null, cancellationToken) is null)
                {
                    trace.Add(new TraceEntry("event", "flags", "not done", "the mailbox has no room for more keywords"));
                }
            }

            tally.Flagged += uids.Length;
        }
    }

    private static string WhyNot(bool isOverQuota) => isOverQuota ? "the account may not hold so much" : "the folder is gone";

    private static FlagDifference ChangeOf(EventOutcome outcome) =>
        !outcome.Stays ? FlagDifference.Between(outcome.Flags, outcome.FlagNames, [.. outcome.FlagNames, "\\Deleted"])
        : outcome.Wanted is { } wanted ? FlagDifference.Between(outcome.Flags, outcome.FlagNames, wanted)
        : FlagDifference.None;

    private static bool IsSame(ImmutableArray<string> one, ImmutableArray<string> other) =>
        one.Length == other.Length && one.All(flag => other.Contains(flag, StringComparer.OrdinalIgnoreCase));
}
