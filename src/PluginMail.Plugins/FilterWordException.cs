namespace PluginMail.Plugins;

/// <summary>A test or action that a plugin added to the filter language could not be carried out: a run-time error of the script.</summary>
/// <param name="message">The word and what went wrong, on one line.</param>
public sealed class FilterWordException(string message) : Exception(message);
