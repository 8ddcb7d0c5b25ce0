using PluginMail.Filters;
using PluginMail.Filters.Vocabulary;
using PluginMail.Pipeline;

namespace PluginMail.Server;

/// <summary>The filter language's words with those of the plugins that run; made anew when plugins come or go.</summary>
internal sealed class FilterWords
{
    private (RoleSet Roles, FilterCompilerOptions Options)? _made;
    private readonly Lock _lock = new();

    /// <summary>The words for a set of roles; the same object as long as the set is the same.</summary>
    public FilterCompilerOptions For(RoleSet roles)
    {
        if (roles.FilterVocabularies.IsEmpty)
        {
            return FilterCompilerOptions.Default;
        }

        lock (_lock)
        {
            if (_made is not { } made || made.Roles != roles)
            {
                _made = made = (roles, Make(roles));
            }

            return made.Options;
        }
    }

    private static FilterCompilerOptions Make(RoleSet roles)
    {
        VocabularyBuilder builder = FilterVocabulary.CreateBuilder();
        foreach ((string plugin, Abstractions.IFilterVocabulary vocabulary) in roles.FilterVocabularies)
        {
            builder.Add(plugin, vocabulary);
        }

        return new FilterCompilerOptions { Vocabulary = builder.Build() };
    }
}
