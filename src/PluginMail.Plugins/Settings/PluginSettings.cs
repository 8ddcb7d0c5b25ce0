using PluginMail.Abstractions;

namespace PluginMail.Plugins;

/// <summary>One plugin that mail.toml names: its table, and how the server treats it. Nothing has a default here: mail.toml's are the only ones.</summary>
/// <param name="Name">Its name in <c>[plugins] order</c>; it finds the folder of the same name, whatever the case.</param>
/// <param name="Open">Opens the table for one version of the plugin. Each version reads anew.</param>
/// <param name="Finish">
/// Says what was wrong with what a version read through its table: values of the wrong type, rejected ones, keys that nobody read, each with
/// file, line and column. Empty where all is well. Asked once, after the version has started.
/// </param>
/// <param name="Fingerprint">Changes exactly when the table's content does; the plugin is restarted then.</param>
public sealed record PluginSettings(
    string Name, Func<ISettings> Open, Func<ISettings, IReadOnlyList<string>> Finish, string Fingerprint)
{
    /// <summary>The full path of the C# script that this is; null where it is a plugin in a folder.</summary>
    public string? Script { get; init; }

    /// <summary>What a fault means: the key <c>on_fault</c>.</summary>
    public required OnFault OnFault { get; init; }

    /// <summary>The longest a call may take, waiting for its turn included: the key <c>time_limit</c>.</summary>
    public required TimeSpan TimeLimit { get; init; }

    /// <summary>How many calls of one role run at the same time; others wait: the key <c>concurrency</c>. 0 is no limit.</summary>
    public required int Concurrency { get; init; }

    /// <summary>As many faults in a row switch a role off: the key <c>fault_limit</c>. 0 is never.</summary>
    public required int FaultLimit { get; init; }

    /// <summary>How long a role that was switched off is not called, at first; doubled at each vain try, up to 10 minutes: the key <c>fault_pause</c>.</summary>
    public required TimeSpan FaultPause { get; init; }
}
