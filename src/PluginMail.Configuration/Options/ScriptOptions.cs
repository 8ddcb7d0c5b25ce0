namespace PluginMail.Configuration.Options;

/// <summary>Table <c>[scripts]</c>: C# hook scripts. This version runs none and refuses any that is set.</summary>
public sealed record ScriptOptions
{
    /// <summary><c>order</c>: the scripts that run, in this order. Default none.</summary>
    public IReadOnlyList<string> Order { get; init; } = [];

    internal static ScriptOptions Read(OptionsReader reader)
    {
        var table = reader.Root.GetTable("scripts");
        if (table.GetStrings("order", []).Count > 0)
        {
            table.RejectUnsupported("order");
        }

        return new ScriptOptions();
    }
}
