using System.Diagnostics.Metrics;
using PluginMail.Pop3.Commands;
using PluginMail.Pop3.Sessions;

namespace PluginMail.Pop3;

/// <summary>What is counted of commands.</summary>
internal static class Pop3Metrics
{
    private static readonly Meter Meter = new("PluginMail");
    private static readonly Counter<long> Commands = Meter.CreateCounter<long>(
        "pluginmail.pop3.commands", "{command}", "POP3 commands, by verb (unknown for what is none, or cannot be read) and status: ok, error");

    /// <summary>A command was done, or refused. AUTH counts as one that was begun.</summary>
    public static void Command(Pop3Command? command, Pop3Answer answer) => Commands.Add(
        1,
        new("verb", command is null ? "unknown" : command.GetType().Name.ToUpperInvariant()),
        new("status", answer is Pop3Answer.Status { IsOk: false } or Pop3Answer.Goodbye { IsOk: false } ? "error" : "ok"));

    /// <summary>Whether somebody wants to know.</summary>
    public static bool IsWanted => Commands.Enabled;
}
