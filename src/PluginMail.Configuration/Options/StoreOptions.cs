namespace PluginMail.Configuration.Options;

/// <summary>Table <c>[store]</c>.</summary>
public sealed record StoreOptions
{
    /// <summary><c>database</c>: <c>"sqlite"</c>, which keeps its files under the data folder, is the only one of this version. Default <c>"sqlite"</c>.</summary>
    public string Database { get; init; } = "sqlite";

    /// <summary><c>bodies</c>: <c>"packs"</c>, files under the data folder, is the only one of this version. Default <c>"packs"</c>.</summary>
    public string Bodies { get; init; } = "packs";

    /// <summary><c>sync_delay</c>: added to each sync, to see how the server does on a slower disk. Up to 1 second; default none.</summary>
    public TimeSpan SyncDelay { get; init; }

    internal static StoreOptions Read(OptionsReader reader)
    {
        var table = reader.Root.GetTable("store");
        var defaults = new StoreOptions();
        string database = table.GetString("database", defaults.Database);
        string bodies = table.GetString("bodies", defaults.Bodies);
        if (IsPostgres(database))
        {
            table.RejectUnsupported("database", "PostgreSQL", "\"sqlite\"");
        }
        else if (database != defaults.Database)
        {
            table.Reject("database", "\"sqlite\"");
        }

        if (IsAddress(bodies))
        {
            table.RejectUnsupported("bodies", "an object store", "\"packs\"");
        }
        else if (bodies != defaults.Bodies)
        {
            table.Reject("bodies", "\"packs\"");
        }

        return defaults with { SyncDelay = table.GetDuration("sync_delay", defaults.SyncDelay, TimeSpan.Zero, TimeSpan.FromSeconds(1)) };
    }

    private static bool IsPostgres(string database) =>
        database.StartsWith("postgres", StringComparison.OrdinalIgnoreCase) || database.Contains("Host=", StringComparison.OrdinalIgnoreCase);

    private static bool IsAddress(string bodies) => bodies.Contains("://", StringComparison.Ordinal);
}
