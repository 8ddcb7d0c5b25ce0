using System.Collections.Immutable;

namespace PluginMail.Abstractions;

/// <summary>Adds tests and actions to the filter language.</summary>
public interface IFilterVocabulary : IMailRole
{
    /// <summary>The tests.</summary>
    ImmutableArray<FilterTest> Tests { get; }

    /// <summary>The actions.</summary>
    ImmutableArray<FilterAction> Actions { get; }
}
