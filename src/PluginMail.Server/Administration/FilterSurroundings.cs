using System.Collections.Immutable;
using System.Text.Json.Serialization;
using PluginMail.Abstractions;
using PluginMail.Configuration.Options;
using PluginMail.Filters;
using PluginMail.Filters.Checking;

namespace PluginMail.Server;

/// <summary>What scripts can use here beside the language itself, for tools that check and complete them elsewhere. The answer of <c>filter words</c>.</summary>
/// <param name="Capabilities">All that require accepts.</param>
/// <param name="Plugins">The words of plugins.</param>
/// <param name="Unloaded">Words of plugins that do not run, with the plugin's name.</param>
/// <param name="ScriptOctets">The largest script.</param>
/// <param name="ProtectedHeaders">Fields that no script removes.</param>
internal sealed record FilterSurroundings(
    ImmutableArray<string> Capabilities,
    ImmutableArray<PluginVocabulary> Plugins,
    ImmutableSortedDictionary<string, string> Unloaded,
    int ScriptOctets,
    ImmutableArray<string> ProtectedHeaders)
{
    /// <summary>The account's own; null where none was named.</summary>
    public AccountSurroundings? Account { get; init; }

    /// <summary>The compiler's options, as the server has them. Words of plugins can be checked with them, not run.</summary>
    public FilterCompilerOptions ToOptions()
    {
        FilterCompilerOptions options = FilterWords.Make(
            Plugins.Select(plugin => (plugin.Name, (IFilterVocabulary)plugin)),
            Unloaded,
            new FilterOptions { ScriptSize = ScriptOctets, ProtectedHeaders = ProtectedHeaders });
        return Account is null ? options : options with
        {
            Mailbox = new FilterMailbox([.. Account.Folders.Select(folder => folder.Name)], Account.Addresses) { Lists = Account.Lists },
        };
    }
}

/// <summary>What scripts of an account can name.</summary>
/// <param name="Address">The account.</param>
/// <param name="Addresses">Its addresses, its own first.</param>
/// <param name="Folders">Its folders.</param>
/// <param name="Lists">External lists (RFC 6134).</param>
internal sealed record AccountSurroundings(
    string Address, ImmutableArray<string> Addresses, ImmutableArray<FolderSurroundings> Folders, ImmutableArray<string> Lists);

/// <summary>A folder.</summary>
/// <param name="Name">Its name.</param>
/// <param name="MailboxId">What it is known by through renames (RFC 8474).</param>
/// <param name="SpecialUse">What it is for, with its backslash (RFC 6154); null: nothing special.</param>
internal sealed record FolderSurroundings(string Name, string MailboxId, string? SpecialUse);

/// <summary>The words of a plugin, without what they do.</summary>
/// <param name="Name">The plugin.</param>
/// <param name="TestWords">Its tests.</param>
/// <param name="ActionWords">Its actions.</param>
internal sealed record PluginVocabulary(string Name, ImmutableArray<PluginWord> TestWords, ImmutableArray<PluginWord> ActionWords) : IFilterVocabulary
{
    /// <inheritdoc/>
    [JsonIgnore]
    public ImmutableArray<FilterTest> Tests => [.. TestWords.Select(word => new FilterTest(word.Name, word.Summary, word.Parameters, IsPure: true, NoAnswer))];

    /// <inheritdoc/>
    [JsonIgnore]
    public ImmutableArray<FilterAction> Actions =>
        [.. ActionWords.Select(word => new FilterAction(word.Name, word.Summary, word.Parameters, CancelsKeep: true, NoVerdict))];

    private static ValueTask<bool> NoAnswer(IMessageView message, FilterArguments arguments, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("the words of a plugin run on the server alone");

    private static ValueTask<Verdict> NoVerdict(IMessageView message, FilterArguments arguments, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("the words of a plugin run on the server alone");
}

/// <summary>A word.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Summary">What it does.</param>
/// <param name="Parameters">Its arguments.</param>
internal sealed record PluginWord(string Name, string Summary, ImmutableArray<FilterParameter> Parameters);

/// <summary>The wire form.</summary>
[JsonSerializable(typeof(FilterSurroundings))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class FilterSurroundingsJson : JsonSerializerContext;
