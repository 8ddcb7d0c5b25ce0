using System.Collections.Immutable;
using System.Text.Json;
using PluginMail.Abstractions;
using PluginMail.Filters;
using PluginMail.Filters.Vocabulary;
using PluginMail.Storage;

namespace PluginMail.Server;

/// <summary>What scripts can use: words of plugins, and folders, addresses and lists of an account. Editors and checks ask for it.</summary>
internal static class FilterWordOperations
{
    public static IReadOnlyDictionary<string, AdminOperation> All { get; } = new Dictionary<string, AdminOperation>
    {
        ["filter words"] = WordsAsync,
    };

    private static async Task<AdminResponse> WordsAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        FilterCompilerOptions options = services.Core.CompilerOptions;
        AccountSurroundings? surroundings = null;
        if (request.Find("account") is { } address)
        {
            (Account? account, AdminResponse? problem) = await services.FindAccountAsync(address, cancellationToken);
            if (account is null)
            {
                return problem!;
            }

            options = await services.Core.CompilerOptionsForAsync(account, cancellationToken);
            IReadOnlyList<Folder> folders = await services.Store.Mailboxes.ListFoldersAsync(account.Id, cancellationToken);
            surroundings = new AccountSurroundings(
                account.Address.ToString(),
                options.Mailbox!.Addresses,
                [.. folders.Where(folder => folder.IsSelectable).Select(Describe)],
                options.Mailbox.Lists);
        }

        FilterVocabulary vocabulary = options.Vocabulary;
        var found = new FilterSurroundings(
            [.. vocabulary.Capabilities.Select(capability => capability.Name).Distinct().Order(StringComparer.Ordinal)],
            [.. services.Core.Roles.Current.FilterVocabularies.Select(pair => Describe(pair.Plugin, pair.Vocabulary))],
            vocabulary.Unloaded.ToImmutableSortedDictionary(StringComparer.Ordinal),
            options.Limits.ScriptOctets,
            [.. options.ProtectedFields.Order(StringComparer.Ordinal)])
        {
            Account = surroundings,
        };
        return request.FindSwitch("json") == true
            ? new AdminResponse(0, Text: JsonSerializer.Serialize(found, FilterSurroundingsJson.Default.FilterSurroundings)) { IsJson = true }
            : new AdminResponse(0, Table: ToTable(found));
    }

    private static FolderSurroundings Describe(Folder folder) =>
        new(folder.Name, folder.MailboxId, folder.SpecialUse == SpecialUse.None ? null : $"\\{folder.SpecialUse}");

    private static PluginVocabulary Describe(string plugin, IFilterVocabulary vocabulary) => new(
        plugin,
        [.. vocabulary.Tests.Select(test => new PluginWord(test.Name, test.Summary, test.Parameters))],
        [.. vocabulary.Actions.Select(action => new PluginWord(action.Name, action.Summary, action.Parameters))]);

    private static AdminTable ToTable(FilterSurroundings found) => new(
        ["kind", "name", "about"],
        [
            .. (found.Account?.Addresses ?? []).Select(address => Row("address", address, "")),
            .. (found.Account?.Folders ?? []).Select(folder => Row("folder", folder.Name, $"{folder.MailboxId} {folder.SpecialUse}".TrimEnd())),
            .. (found.Account?.Lists ?? []).Select(list => Row("list", list, "")),
            .. found.Plugins.SelectMany(plugin => plugin.TestWords.Select(word => Row("test", Usage(word), $"{word.Summary} (plugin {plugin.Name})"))),
            .. found.Plugins.SelectMany(plugin => plugin.ActionWords.Select(word => Row("action", Usage(word), $"{word.Summary} (plugin {plugin.Name})"))),
            .. found.Unloaded.Select(pair => Row("missing", pair.Key, $"plugin {pair.Value} does not run")),
            .. found.Capabilities.Select(capability => Row("require", capability, "")),
        ]);

    private static string Usage(PluginWord word) => string.Join(
        ' ',
        word.Parameters.Select(parameter => parameter.IsRequired ? $"{parameter.Name}: {parameter.Type}" : $"[{parameter.Name}: {parameter.Type}]").Prepend(word.Name));

    private static string[] Row(params string[] values) => values;
}
