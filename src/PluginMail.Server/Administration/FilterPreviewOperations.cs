using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using PluginMail.Abstractions;
using PluginMail.Filters;
using PluginMail.Filters.Checking;
using PluginMail.Filters.Evaluation;
using PluginMail.Mime;
using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Server;

/// <summary>What a script would do to the mail that is there already. Nothing is changed: no copy, no letter, no mark of a duplicate.</summary>
internal static class FilterPreviewOperations
{
    private const int BatchSize = 500;
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
        FilterCompilation compilation = FilterCompiler.Compile(text, request["name"], services.Core.CompilerOptions);
        if (compilation.Filter is not { } filter)
        {
            return AdminResponse.Failed(DiagnosticPrinter.Print(compilation.Syntax.Text, compilation.Diagnostics));
        }

        string name = request.Find("folder") ?? Folder.Inbox;
        if (await services.Store.Mailboxes.FindFolderAsync(account.Id, name, cancellationToken) is not { IsSelectable: true } folder)
        {
            return AdminResponse.Failed($"{account.Address} has no folder {name}");
        }

        var preview = new Preview(filter, new FilterContext { Clock = services.Core.Clock, Host = new Folders(services.Store.Mailboxes, account.Id) });
        await preview.RunAsync(services.Store, account, folder, listsMessages: request.Find("messages") == "true", cancellationToken);
        return new AdminResponse(0, Table: preview.ToTable());
    }

    private sealed class Preview(CompiledFilter filter, FilterContext context)
    {
        private readonly SortedDictionary<(int Line, string What), long> _counts = [];
        private readonly List<IReadOnlyList<string>> _messages = [];
        private bool _listsMessages;

        public async Task RunAsync(IMailStore store, Account account, Folder folder, bool listsMessages, CancellationToken cancellationToken)
        {
            _listsMessages = listsMessages;
            var envelope = new FilterEnvelope { To = account.Address.ToString(), OriginalTo = account.Address.ToString(), OwnerAddresses = [account.Address.ToString()] };
            using IFolderHold? hold = await store.Mailboxes.HoldAsync(folder.Id, takeRecent: false, cancellationToken);
            for (int first = 0; first < (hold?.Version.Count ?? 0); first += BatchSize)
            {
                uint[] uids = [.. Enumerable.Range(first, Math.Min(BatchSize, hold!.Version.Count - first)).Select(position => hold.Version[position].Uid)];
                foreach (StoredMessage message in await store.Mailboxes.ReadAsync(hold, uids, withStructure: true, cancellationToken))
                {
                    await RunAsync(store, message, envelope, cancellationToken);
                }
            }
        }

        public AdminTable ToTable() => _listsMessages
            ? new AdminTable(["uid", "subject", "what would be done"], _messages)
            : new AdminTable(
                ["line", "rule", "what would be done", "messages"],
                [.. _counts.Select(count => (IReadOnlyList<string>)
                    [count.Key.Line == 0 ? "" : $"{count.Key.Line}", RuleAt(count.Key.Line), count.Key.What, count.Value.ToString(CultureInfo.InvariantCulture)])]);

        // As a message is when it is delivered: without what its copy got there (Return-Path, Delivered-To).
        private async Task RunAsync(IMailStore store, StoredMessage message, FilterEnvelope envelope, CancellationToken cancellationToken)
        {
            using MessageContent content = store.Bodies.Open(message with { Prefix = default });
            MimeStructure structure = MimeStructure.TryDecode(message.Structure.Span, out MimeStructure? stored) ? stored! : MailMessage.Scan(content).Structure;
            byte[] header = new byte[structure.Root.HeaderEnd];
            for (int read = 0, count; read < header.Length && (count = content.Read(read, header.AsSpan(read))) > 0;)
            {
                read += count;
            }

            var input = new FilterInput(new MimeFilterMessage(header, content, structure), envelope with { From = SenderOf(message) }) { Context = context };
            FilterResult result = await filter.RunAsync(input, new FilterRunOptions { Clock = context.Clock }, cancellationToken);
            IEnumerable<(int Line, string What)> effects = result.Error is { } error
                ? [(error.Line, $"fails: {error.Message}")]
                : result.Effects.Select(effect => (effect.Line, effect.ToString()!));
            foreach ((int Line, string What) effect in effects)
            {
                _counts[effect] = _counts.GetValueOrDefault(effect) + 1;
            }

            if (_listsMessages && _messages.Count < MaximumListed)
            {
                _messages.Add([$"{message.Uid}", SubjectOf(header), string.Join("; ", effects.Select(effect => effect.What))]);
            }
        }

        private string RuleAt(int line) => filter.RuleAt(line)?.Name ?? "";

        // The copy's own first line is "Return-Path: <...>" (RFC 5321 section 4.4).
        private static string SenderOf(StoredMessage message)
        {
            string text = Encoding.UTF8.GetString(message.Prefix.Span);
            int start = text.IndexOf('<', StringComparison.Ordinal) + 1, end = text.IndexOf('>', StringComparison.Ordinal);
            return start > 0 && end >= start ? text[start..end] : "";
        }

        private static string SubjectOf(byte[] header) => new HeaderBlock(header).TryFind("Subject"u8, out HeaderField field) ? HeaderText.Decode(field.RawValue).Text : "";
    }

    /// <summary>Knows which folders there are; nothing is a duplicate of itself.</summary>
    private sealed class Folders(IMailboxStore mailboxes, AccountId account) : IFilterHost
    {
        public async ValueTask<bool> MailboxExistsAsync(string mailbox, CancellationToken cancellation) =>
            await mailboxes.FindFolderAsync(account, mailbox, cancellation) is { IsSelectable: true };
    }
}
