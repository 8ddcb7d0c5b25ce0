using System.Globalization;
using PluginMail.Delivery;
using PluginMail.Filters.Evaluation;
using PluginMail.Storage;

namespace PluginMail.Server;

/// <summary>What a script would do to the mail that is there already. Nothing is changed: no copy, no letter, no mark of a duplicate.</summary>
internal static class FilterPreviewOperations
{
    private const int MaximumListed = 10_000;

    public static IReadOnlyDictionary<string, AdminOperation> All { get; } = new Dictionary<string, AdminOperation>
    {
        ["filter preview"] = PreviewAsync,
    };

    private static async Task<AdminResponse> PreviewAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        (Account? account, AdminResponse? problem) = await services.FindAccountAsync(request["account"], cancellationToken);
        if (account is null)
        {
            return problem!;
        }

        byte[] text = request.Data ?? throw new AdminArgumentException("the script is missing");
        LinkedScript script = await LinkedScript.CompileAsync(services, account, request["name"], text, cancellationToken);
        if (script.Filter is not { } filter)
        {
            return script.Problem!;
        }

        string name = request.Find("folder") ?? Folder.Inbox;
        if (await services.Store.Mailboxes.FindFolderAsync(account.Id, name, cancellationToken) is not { IsSelectable: true } folder)
        {
            return AdminResponse.Failed($"{account.Address} has no folder {name}");
        }

        var preview = new Preview(filter, listsMessages: request.Find("messages") == "true");
        await preview.RunAsync(services, account, folder, cancellationToken);
        return new AdminResponse(0, Table: preview.ToTable());
    }

    private sealed class Preview(CompiledFilter filter, bool listsMessages)
    {
        private readonly SortedDictionary<(string Script, int Line, string What), long> _counts = [];
        private readonly List<IReadOnlyList<string>> _messages = [];

        public async Task RunAsync(AdminServices services, Account account, Folder folder, CancellationToken cancellationToken)
        {
            IMailboxStore mailboxes = services.Store.Mailboxes;
            var run = new StoredMailFilter(filter, services.Store, account, services.Core.Options.ToDelivery(), services.Core.Clock);
            using IFolderHold? hold = await mailboxes.HoldAsync(folder.Id, takeRecent: false, cancellationToken);
            int count = hold?.Version.Count ?? 0;
            for (int first = 0; first < count; first += StoredMailFilter.BatchSize)
            {
                uint[] uids = [.. Enumerable.Range(first, Math.Min(StoredMailFilter.BatchSize, count - first)).Select(position => hold!.Version[position].Uid)];
                bool withSubjects = listsMessages && _messages.Count < MaximumListed;
                foreach (FilteredMessage message in await run.RunAsync(hold!, uids, withSubjects, cancellationToken))
                {
                    Take(message);
                }

                await services.ReportAsync(new AdminProgress(Math.Min(first + StoredMailFilter.BatchSize, count), count), cancellationToken);
            }
        }

        public AdminTable ToTable() => listsMessages
            ? new AdminTable(["uid", "subject", "what would be done"], _messages)
            : new AdminTable(
                ["line", "rule", "what would be done", "messages"],
                [.. _counts.Select(count => (IReadOnlyList<string>)
                    [LineOf(count.Key.Script, count.Key.Line), LinkedScript.RuleAt(filter, count.Key.Script, count.Key.Line), count.Key.What, count.Value.ToString(CultureInfo.InvariantCulture)])]);

        private void Take(FilteredMessage message)
        {
            IEnumerable<(string Script, int Line, string What)> effects = message.Result.Error is { } error
                ? [(error.Script, error.Line, $"fails: {error.Message}")]
                : message.Result.Effects.Select(effect => (effect.Script, effect.Line, effect.ToString()!));
            foreach ((string Script, int Line, string What) effect in effects)
            {
                _counts[effect] = _counts.GetValueOrDefault(effect) + 1;
            }

            if (listsMessages && _messages.Count < MaximumListed)
            {
                _messages.Add([$"{message.Uid}", message.Subject, string.Join("; ", effects.Select(effect => effect.What))]);
            }
        }

        private string LineOf(string script, int line) => line == 0 ? "" : script.Length == 0 || script == filter.Text.Name ? $"{line}" : $"{script}:{line}";
    }
}
