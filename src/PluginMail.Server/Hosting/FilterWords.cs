using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Configuration.Options;
using PluginMail.Filters;
using PluginMail.Filters.Syntax;
using PluginMail.Filters.Vocabulary;
using PluginMail.Pipeline;

namespace PluginMail.Server;

/// <summary>The words that scripts may use on this server: the language's, and those of the plugins that run.</summary>
/// <param name="log">Told of words that nobody can use.</param>
internal sealed class FilterWords(ILogger log)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, string> _known = new(StringComparer.OrdinalIgnoreCase);
    private (RoleSet Roles, FilterOptions Settings, FilterCompilerOptions Options)? _made;

    /// <summary>The words without those of plugins, for tools that run without a server.</summary>
    public static FilterCompilerOptions WithoutPlugins { get; } = Make([], new Dictionary<string, string>(), new FilterOptions());

    /// <summary>The words for a set of roles; the same object as long as roles and settings are the same.</summary>
    public FilterCompilerOptions For(RoleSet roles, FilterOptions settings)
    {
        lock (_lock)
        {
            if (_made is not { } made || !ReferenceEquals(made.Roles, roles) || !ReferenceEquals(made.Settings, settings))
            {
                Remember(roles);
                _made = made = (roles, settings, Make(roles.FilterVocabularies, _known, settings, (plugin, word) => ServerLog.WordLeftOut(log, plugin, word)));
            }

            return made.Options;
        }
    }

    /// <summary>The words with those of plugins.</summary>
    /// <param name="vocabularies">The plugins' words.</param>
    /// <param name="known">Words whose plugin is not among these, with its name.</param>
    /// <param name="settings">The bounds.</param>
    /// <param name="leftOut">Is told of a plugin's words that the language or another plugin has already.</param>
    public static FilterCompilerOptions Make(
        IEnumerable<(string Plugin, IFilterVocabulary Vocabulary)> vocabularies,
        IReadOnlyDictionary<string, string> known,
        FilterOptions settings,
        Action<string, string>? leftOut = null)
    {
        VocabularyBuilder builder = FilterVocabulary.CreateBuilder();
        foreach ((string word, string plugin) in known)
        {
            builder.AddUnloaded(word, plugin);
        }

        foreach ((string plugin, IFilterVocabulary vocabulary) in vocabularies)
        {
            foreach (string word in builder.Add(plugin, vocabulary))
            {
                leftOut?.Invoke(plugin, word);
            }
        }

        return new FilterCompilerOptions
        {
            Vocabulary = builder.Build(),
            Limits = SyntaxLimits.Default with { ScriptOctets = (int)settings.ScriptSize },
            ProtectedFields = ImmutableHashSet.CreateRange(StringComparer.OrdinalIgnoreCase, settings.ProtectedHeaders),
        };
    }

    // A plugin that has gone is named where its words are used.
    private void Remember(RoleSet roles)
    {
        foreach ((string plugin, IFilterVocabulary vocabulary) in roles.FilterVocabularies)
        {
            foreach (string word in vocabulary.Tests.Select(test => test.Name).Concat(vocabulary.Actions.Select(action => action.Name)))
            {
                _known[word] = plugin;
            }
        }
    }
}
