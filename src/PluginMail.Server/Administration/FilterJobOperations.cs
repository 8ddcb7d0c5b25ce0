using System.Globalization;
using PluginMail.Delivery;
using PluginMail.Storage;

namespace PluginMail.Server;

/// <summary>Scripts carried out on the mail that is there already: apply, undo, and the jobs that these are.</summary>
internal static class FilterJobOperations
{
    private const int StepsAtATime = 500;

    public static IReadOnlyDictionary<string, AdminOperation> All { get; } = new Dictionary<string, AdminOperation>
    {
        ["filter apply"] = ApplyAsync,
        ["filter undo"] = UndoAsync,
        ["filter jobs"] = ListAsync,
    };

    private static async Task<AdminResponse> ApplyAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        (Account? account, AdminResponse? problem) = await services.FindAccountAsync(request["account"], cancellationToken);
        if (account is null)
        {
            return problem!;
        }

        string name = request.Find("folder") ?? Folder.Inbox;
        if (await services.Store.Mailboxes.FindFolderAsync(account.Id, name, cancellationToken) is not { IsSelectable: true } folder)
        {
            return AdminResponse.Failed($"{account.Address} has no folder {name}");
        }

        (MailboxJob? job, byte[] text, problem) = request.FindSwitch("resume") == true
            ? await ResumeAsync(services, account, folder, cancellationToken)
            : await BeginAsync(services, account, folder, request, cancellationToken);
        return job is null ? problem! : await RunAsync(services, account, folder, job, text, cancellationToken);
    }

    private static async Task<(MailboxJob? Job, byte[] Text, AdminResponse? Problem)> ResumeAsync(
        AdminServices services, Account account, Folder folder, CancellationToken cancellationToken)
    {
        IReadOnlyList<MailboxJob> jobs = await services.Store.Jobs.ListAsync(account.Id, cancellationToken);
        return jobs.FirstOrDefault(job => job.Folder == folder.Id && job.State == MailboxJobState.Running) is { } running
            && await services.Store.Jobs.GetScriptAsync(running.Id, cancellationToken) is { } script
            ? (running, script, null)
            : (null, [], AdminResponse.Failed($"there is nothing to go on with in {folder.Name} of {account.Address}"));
    }

    private static async Task<(MailboxJob? Job, byte[] Text, AdminResponse? Problem)> BeginAsync(
        AdminServices services, Account account, Folder folder, AdminRequest request, CancellationToken cancellationToken)
    {
        byte[] text = request.Data ?? throw new AdminArgumentException("the script is missing");
        LinkedScript script = await LinkedScript.CompileAsync(services, account, request["name"], text, cancellationToken);
        if (script.Filter is null)
        {
            return (null, [], script.Problem);
        }

        if (await services.Store.Jobs.BeginAsync(new NewMailboxJob(account.Id, folder.Id, request["name"], text), cancellationToken) is not { } begun)
        {
            return (null, [], AdminResponse.Failed($"{account.Address} has no folder {folder.Name} any more"));
        }

        MailboxJob job = begun.Job;
        byte[] begunWith = begun.IsNew ? text : await services.Store.Jobs.GetScriptAsync(job.Id, cancellationToken) ?? [];
        return job.State == MailboxJobState.Undoing
                ? (null, [], AdminResponse.Failed($"job {job.Id.Value} is being undone in {folder.Name}; filter undo finishes that"))
            : !text.AsSpan().SequenceEqual(begunWith)
                ? (null, [], AdminResponse.Failed(
                    $"job {job.Id.Value} ({job.Name}) in {folder.Name} stopped at {job.Counts.Processed} of {job.Total} messages; "
                    + "filter apply --resume goes on with it, filter undo takes it back"))
            : (job, text, null);
    }

    private static async Task<AdminResponse> RunAsync(
        AdminServices services, Account account, Folder folder, MailboxJob job, byte[] text, CancellationToken cancellationToken)
    {
        LinkedScript script = await LinkedScript.CompileAsync(services, account, job.Name, text, cancellationToken);
        if (script.Filter is not { } filter)
        {
            return script.Problem!; // a word of a plugin that is gone
        }

        var run = new StoredMailRun(
            new StoredMailFilter(filter, services.Store, account, services.Core.Options.ToDelivery(), services.Core.Clock), services.Store, folder);
        MailboxJob? done = await run.RunAsync(
            job, (at, token) => services.ReportAsync(new AdminProgress(at.Counts.Processed, at.Total), token), cancellationToken);
        if (done is null)
        {
            return AdminResponse.Failed($"job {job.Id.Value} was left: it is done or undone by another command, or its folder is gone; see filter jobs");
        }

        string withheld = run.Withheld.Count == 0
            ? ""
            : $"\nnot done for mail that was there: {string.Join(", ", run.Withheld.Select(action => $"{action.Key} ({action.Value})"))}";
        string undo = $"\nfilter undo {account.Address} {done.Id.Value} takes it back until {Time(services.UndoUntil(done))}";
        return new AdminResponse(0, $"{folder.Name} of {account.Address}: {Describe(done.Counts)}{withheld}{undo}", Table(services, [(done, folder.Name)]));
    }

    private static async Task<AdminResponse> UndoAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        (Account? account, AdminResponse? problem) = await services.FindAccountAsync(request["account"], cancellationToken);
        if (account is null)
        {
            return problem!;
        }

        int? number = request.FindNumber("job");
        IReadOnlyList<MailboxJob> jobs = await services.Store.Jobs.ListAsync(account.Id, cancellationToken);
        if (jobs.FirstOrDefault(job => number is null ? job.State != MailboxJobState.Undone : job.Id.Value == number) is not { } found)
        {
            return AdminResponse.Failed($"{account.Address} has no {(number is null ? "job that could be undone" : $"job {number}")}; see filter jobs");
        }

        if (services.UndoUntil(found) < services.Core.Clock.GetUtcNow())
        {
            return AdminResponse.Failed($"job {found.Id.Value} could be undone until {Time(services.UndoUntil(found))}");
        }

        MailboxJobCounts counts = found.Counts;
        long total = counts.Moved + counts.Copied + counts.Deleted + counts.Flagged;
        MailboxJob? job = found;
        while (job is { State: not MailboxJobState.Undone })
        {
            job = await services.Store.Jobs.UndoAsync(job.Id, StepsAtATime, cancellationToken);
            counts = job?.Counts ?? counts;
            await services.ReportAsync(new AdminProgress(counts.Returned + counts.NotReturned, total), cancellationToken);
        }

        string left = counts.NotReturned == 0 ? "" : $", {counts.NotReturned} left as they are: they were moved or removed since";
        return AdminResponse.Done($"job {found.Id.Value} of {account.Address} undone: {counts.Returned} changes taken back{left}");
    }

    private static async Task<AdminResponse> ListAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        (Account? account, AdminResponse? problem) = await services.FindAccountAsync(request["account"], cancellationToken);
        if (account is null)
        {
            return problem!;
        }

        Dictionary<FolderId, string> folders = (await services.Store.Mailboxes.ListFoldersAsync(account.Id, cancellationToken))
            .ToDictionary(folder => folder.Id, folder => folder.Name);
        IReadOnlyList<MailboxJob> jobs = await services.Store.Jobs.ListAsync(account.Id, cancellationToken);
        return new AdminResponse(0, Table: Table(services, [.. jobs.Select(job => (job, folders.GetValueOrDefault(job.Folder, "")))]));
    }

    private static AdminTable Table(AdminServices services, IReadOnlyList<(MailboxJob Job, string Folder)> jobs) => new(
        ["job", "script", "folder", "state", "messages", "of", "moved", "copied", "deleted", "flagged", "left alone", "withheld", "returned", "not returned", "undo until"],
        [.. jobs.Select(entry => Row(services, entry.Job, entry.Folder))]);

    private static string[] Row(AdminServices services, MailboxJob job, string folder)
    {
        MailboxJobCounts counts = job.Counts;
        long[] numbers =
        [
            counts.Processed, job.Total, counts.Moved, counts.Copied, counts.Deleted, counts.Flagged,
            counts.LeftAlone, counts.Withheld, counts.Returned, counts.NotReturned,
        ];
        return
        [
            $"{job.Id.Value}", job.Name, folder, AdminArguments.Word(job.State),
            .. numbers.Select(number => number.ToString(CultureInfo.InvariantCulture)),
            job.State == MailboxJobState.Undone ? "" : Time(services.UndoUntil(job)),
        ];
    }

    private static string Describe(MailboxJobCounts counts) =>
        $"{counts.Processed} messages, {counts.Moved} moved, {counts.Copied} copied, {counts.Deleted} deleted, {counts.Flagged} flagged"
        + (counts.LeftAlone > 0 ? $", {counts.LeftAlone} left alone: gone meanwhile, or no room for a copy" : "");

    private static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);
}
