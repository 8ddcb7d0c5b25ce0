using PluginMail.Filters;
using PluginMail.Filters.Syntax;
using PluginMail.Filters.Vocabulary;
using PluginMail.Pipeline;

namespace PluginMail.Server;

/// <summary>The filter language's words with those of the plugins that run; made anew when plugins come or go.</summary>
internal sealed class FilterWords
{
    private (RoleSet Roles, int Size, FilterCompilerOptions Options)? _made;
    private readonly Lock _lock = new();

    /// <summary>The words for a set of roles, and the largest script; the same object as long as these are the same.</summary>
    public FilterCompilerOptions For(RoleSet roles, int scriptSize)
    {
        if (roles.FilterVocabularies.IsEmpty && scriptSize == SyntaxLimits.Default.ScriptOctets)
        {
            return FilterCompilerOptions.Default;
        }

        lock (_lock)
        {
            if (_made is not { } made || made.Roles != roles || made.Size != scriptSize)
            {
                _made = made = (roles, scriptSize, Make(roles, scriptSize));
            }

            return made.Options;
        }
    }

    private static FilterCompilerOptions Make(RoleSet roles, int scriptSize)
    {
        VocabularyBuilder builder = FilterVocabulary.CreateBuilder();
        foreach ((string plugin, Abstractions.IFilterVocabulary vocabulary) in roles.FilterVocabularies)
        {
            builder.Add(plugin, vocabulary);
        }

        return new FilterCompilerOptions { Vocabulary = builder.Build(), Limits = SyntaxLimits.Default with { ScriptOctets = scriptSize } };
    }
}
