namespace PluginMail.Plugins.Loading;

/// <summary>A plugin folder or its settings cannot be used, for a reason that the administrator can read.</summary>
internal sealed class PluginRejectedException(string message) : Exception(message)
{
    /// <summary>Whether it looks as if somebody were still writing: it is looked at again.</summary>
    public bool IsUnfinished { get; init; }
}
