namespace PluginMail.Plugins;

/// <summary>A command that a plugin adds to the command line.</summary>
/// <param name="Plugin">The plugin's name in mail.toml.</param>
/// <param name="Name">The command's name.</param>
/// <param name="Summary">One line of help.</param>
public sealed record PluginCommand(string Plugin, string Name, string Summary);
