using PluginMail.Abstractions;

namespace PluginMail.Plugins;

/// <summary>One plugin that mail.toml names: its table, and how the server treats it.</summary>
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
    /// <summary>What a fault means: the key <c>on_fault</c>.</summary>
    public OnFault OnFault { get; init; } = OnFault.Defer;

    /// <summary>The longest a call may take, waiting for its turn included: the key <c>time_limit</c>.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How many calls of one role run at the same time; others wait: the key <c>concurrency</c>. 0 is no limit.</summary>
    public int Concurrency { get; init; }

    /// <summary>As many faults in a row switch a role off: the key <c>fault_limit</c>. 0 is never.</summary>
    public int FaultLimit { get; init; } = 20;

    /// <summary>How long a role that was switched off is not called, at first; doubled at each vain try, up to 10 minutes: the key <c>fault_pause</c>.</summary>
    public TimeSpan FaultPause { get; init; } = TimeSpan.FromSeconds(10);
}
