namespace PluginMail.Configuration.Options;

/// <summary>Table <c>[filters]</c>: server-wide filter scripts. This version runs none and refuses any that is set.</summary>
public sealed record FilterOptions
{
    /// <summary><c>before</c>: scripts that run before each mailbox's own. Default none.</summary>
    public IReadOnlyList<string> Before { get; init; } = [];

    /// <summary><c>after</c>: scripts that run after each mailbox's own. Default none.</summary>
    public IReadOnlyList<string> After { get; init; } = [];

    internal static FilterOptions Read(OptionsReader reader)
    {
        var table = reader.Root.GetTable("filters");
        foreach (string key in (ReadOnlySpan<string>)["before", "after"])
        {
            if (table.GetStrings(key, []).Count > 0)
            {
                table.RejectUnsupported(key);
            }
        }

        return new FilterOptions();
    }
}
