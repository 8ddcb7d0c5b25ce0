using PluginMail.Abstractions;
using PluginMail.Text;

namespace PluginMail.Dlp.Rules;

/// <summary>What every rule has.</summary>
/// <param name="Name">What replies, notices, log and metrics call it.</param>
/// <param name="Action">What becomes of a message.</param>
/// <param name="Points">What it adds to the score.</param>
internal sealed record RuleSettings(string Name, RuleAction Action, double Points)
{
    /// <summary>Reads a rule's keys.</summary>
    /// <param name="table">The rule's table.</param>
    /// <param name="defaultName">Its name where it says none; empty where it must.</param>
    /// <param name="defaultAction">Its action where it says none.</param>
    /// <param name="mayIgnore">Whether <c>ignore</c> is an action.</param>
    public static RuleSettings Read(ISettings table, string defaultName, RuleAction defaultAction, bool mayIgnore)
    {
        string name = table.GetString("name", defaultName);
        if (!IsName(name))
        {
            table.Reject("name", "a name of 1 to 64 letters, digits, '-', '_' and '.'");
        }

        var action = table.GetEnum("action", defaultAction);
        if (action == RuleAction.Ignore && !mayIgnore)
        {
            table.Reject("action", "\"tag\", \"notify\", \"hold\" or \"refuse\"");
        }

        return new RuleSettings(Printable.Of(name, 64), action, table.GetNumber("points", defaultValue: 0, minimum: -1000, maximum: 1000));
    }

    /// <summary>Whether a text can name a rule.</summary>
    public static bool IsName(string text) =>
        text.Length is > 0 and <= 64 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    /// <summary>What the rule says.</summary>
    public Finding Found(string detail) => new(Name, detail, Action, Points);
}
