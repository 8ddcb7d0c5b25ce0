namespace PluginMail.Plugins.Roles;

/// <summary>An exception of a plugin as text with its stack trace, for the log. The exception itself is never kept.</summary>
/// <param name="trace">The text.</param>
internal sealed class LoggedFault(string trace) : Exception(trace)
{
    /// <inheritdoc/>
    public override string ToString() => Message;
}
