using System.Collections.Immutable;
using PluginMail.Abstractions;
using PluginMail.Plugins.Loading;

namespace PluginMail.Plugins.Roles;

/// <summary>Refuses commands and filter words that nobody could name, so that one plugin's nonsense does not stop the others' words.</summary>
internal static class NameNonsense
{
    private const int LongestName = 64;
    private const int MostParameters = 64;

    /// <exception cref="PluginRejectedException">The command's name is none.</exception>
    public static void Check(ICommand command) => Demand(
        IsShort(command.Name) && command.Name.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'),
        "command",
        command.Name,
        "a name of lower-case letters, digits and hyphens");

    /// <exception cref="PluginRejectedException">The test cannot be a word of a script.</exception>
    public static void Check(FilterTest test)
    {
        Demand(test is not null, "filter test", null, "a test");
        Check("filter test", test!.Name, test.Parameters);
        Demand(test.Evaluate is not null, "filter test", test.Name, "something to evaluate");
    }

    /// <exception cref="PluginRejectedException">The action cannot be a word of a script.</exception>
    public static void Check(FilterAction action)
    {
        Demand(action is not null, "filter action", null, "an action");
        Check("filter action", action!.Name, action.Parameters);
        Demand(action.Run is not null, "filter action", action.Name, "something to run");
    }

    private static void Check(string kind, string name, ImmutableArray<FilterParameter> parameters)
    {
        Demand(IsShort(name) && IsIdentifier(name), kind, name, "an identifier (RFC 5228 section 2.4.1)");
        Demand(!parameters.IsDefault && parameters.Length <= MostParameters, kind, name, $"a list of at most {MostParameters} parameters");
        foreach (var parameter in parameters)
        {
            Demand(
                parameter is not null && IsParameter(parameter.Name) && Enum.IsDefined(parameter.Type),
                kind,
                name,
                "parameters with a type and a name of the form :tag or <name>");
        }
    }

    private static bool IsParameter(string? name) =>
        IsShort(name) && (name[0] == ':' ? IsIdentifier(name[1..]) : name is ['<', .., '>'] && name.Length > 2);

    private static bool IsShort([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] string? name) => name is { Length: > 0 and <= LongestName };

    private static bool IsIdentifier(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(static c => char.IsAsciiLetterOrDigit(c) || c == '_');

    private static void Demand(bool isSo, string kind, string? name, string expected)
    {
        if (!isSo)
        {
            throw new PluginRejectedException($"a {kind} {(name is null ? "is null" : $"\"{FaultText.Shown(name)}\" is no use")}: expected {expected}");
        }
    }
}
