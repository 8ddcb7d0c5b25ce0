using System.Collections.Immutable;
using PluginMail.Abstractions;
using PluginMail.Filters.Evaluation;
using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Delivery;

/// <summary>What scripts on IMAP events send and store of their own: messages sent on as new ones of the owner's, notices, changed copies.</summary>
internal sealed class EventLetters(EventServices services, Account account, DecisionTrace trace)
{
    private const int MostSentAnHour = 1000;
    private readonly ExternalLists _lists = new(services.Store.Directory);
    private readonly DestinationFolders _folders = new(services.Store);
    private readonly Notices _notices = new(services.Letters);
    private readonly FaultReports _faults = new(services.Letters);
    private readonly PlannedMailbox _mailbox = new(account, account.Address);

    /// <summary>Sends a message on: a submission (RFC 6409) by the owner, which may be held or refused as any other (RFC 6785 section 3.4).</summary>
    /// <param name="destination">An address, or a list's name.</param>
    /// <param name="isList">Which of the two.</param>
    /// <param name="changes">What the script has changed of it.</param>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null where it is on its way; why not.</returns>
    public async ValueTask<string?> SendOnAsync(
        string destination, bool isList, ImmutableArray<MessageChange> changes, StoredMessage message, CancellationToken cancellationToken)
    {
        EmailAddress? to = isList ? (await _lists.FindAsync(destination, account.Address, cancellationToken))?.Address
            : EmailAddress.TryParse(destination, out EmailAddress? address) ? address : null;
        if (to is null || !await services.Letters.CanReachAsync(to, cancellationToken))
        {
            return $"<{destination}> cannot be reached";
        }

        if (await services.Letters.CountAsync($"event/{account.Id.Value}", TimeSpan.FromHours(1), cancellationToken) > MostSentAnHour)
        {
            return $"there were {MostSentAnHour} in an hour";
        }

        using MessageContent content = StoredMailMessage.Open(services.Store.Bodies, message);
        await using IBodySpool spool = services.Store.Bodies.CreateSpool();
        MessageContent octets = changes.IsEmpty
            ? content
            : (await EditedMessages.MakeAsync(StoredMailMessage.Of(content, message), changes, spool, cancellationToken)).Content;
        SubmissionResult result = await services.Submission().SubmitAsync(
            new SubmittedMessage(new Envelope(account.Address, [to]), octets, Direction.Outgoing),
            $"event/{trace.TransactionId}/{message.Uid}/{to}",
            cancellationToken);
        return result is SubmissionResult.Accepted or SubmissionResult.Duplicate or SubmissionResult.Held ? null : $"the submission ended with {result}";
    }

    /// <summary>Sends a notice (RFC 6785 section 3.6).</summary>
    public async ValueTask NotifyAsync(FilterEffect.Notify notify, CancellationToken cancellationToken)
    {
        var plan = new DeliveryPlan();
        await _notices.PlanAsync(notify, new LetterOccasion(trace.TransactionId, account.Address, trace), _mailbox, plan, cancellationToken);
        await CommitAsync(plan, cancellationToken);
    }

    /// <summary>Tells the owner that his script fails.</summary>
    public async ValueTask ReportAsync(FilterError error, Folder folder, CancellationToken cancellationToken)
    {
        var plan = new DeliveryPlan();
        await _faults.PlanAsync(error, FaultReports.OnEvent(folder.Name), trace.TransactionId, _mailbox, plan, cancellationToken);
        await CommitAsync(plan, cancellationToken);
    }

    /// <summary>Files a copy with what the script has changed (RFC 6785 section 3.7).</summary>
    /// <returns>What became of it.</returns>
    public async ValueTask<CopyResultStatus> StoreChangedAsync(
        StoredMessage message, ImmutableArray<MessageChange> changes, FolderId folder, AddedFlags flags, CancellationToken cancellationToken)
    {
        using MessageContent content = StoredMailMessage.Open(services.Store.Bodies, message);
        await using IBodySpool spool = services.Store.Bodies.CreateSpool();
        NewBody body = await EditedMessages.MakeAsync(StoredMailMessage.Of(content, message), changes, spool, cancellationToken);
        var copy = new NewCopy(body, folder, message.Prefix, flags.System, flags.Keywords, message.InternalDate);
        CommitResult result = await services.Store.CommitAsync(new StoreBatch([copy], []), cancellationToken);
        return result.Copies[0].Status;
    }

    private async ValueTask CommitAsync(DeliveryPlan plan, CancellationToken cancellationToken)
    {
        try
        {
            ImmutableArray<PlannedCopy> copies = await _folders.FindAsync(plan, isJunk: false, filing: null, cancellationToken);
            if (plan.Letters.Count > 0)
            {
                await services.Store.CommitAsync(
                    new StoreBatch([.. copies.Select(ToCopy)], [.. plan.Letters.Select(static letter => letter.Letter)]), cancellationToken);
                plan.Claims.Clear(); // they are used up
            }
        }
        finally
        {
            await services.Letters.ReleaseAsync(plan);
        }
    }

    private NewCopy ToCopy(PlannedCopy copy) => new(
        copy.Body!, copy.Folder!.Id, default, CopyFlags.System(copy), CopyFlags.Keywords(copy), services.Letters.Now, Otherwise: copy.Inbox);
}
