namespace PluginMail.Configuration.Options;

/// <summary>Table <c>[filters]</c>: the server's own filter scripts, and the bounds on all of them. Scripts are read again when they change.</summary>
public sealed record FilterOptions
{
    private const int MostScripts = 32;
    private const int MostHeaders = 100;
    private const int LongestHeader = 100;

    /// <summary><c>before</c>: scripts that run before each mailbox's own, in this order. Default none.</summary>
    public IReadOnlyList<string> Before { get; init; } = [];

    /// <summary><c>after</c>: scripts that run after each mailbox's own. Default none.</summary>
    public IReadOnlyList<string> After { get; init; } = [];

    /// <summary><c>global</c>: the folder of the scripts that <c>include :global</c> finds as NAME.sieve; empty: there are none. Default empty.</summary>
    public string Global { get; init; } = "";

    /// <summary><c>[[filters.events]]</c>: scripts on what clients do with mail over IMAP (RFC 6785). Default none.</summary>
    public IReadOnlyList<FilterEventOptions> Events { get; init; } = [];

    /// <summary><c>event_wait</c>: how long an IMAP command waits for the scripts that it led to; they go on beside it. Default 10 s.</summary>
    public TimeSpan EventWait { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary><c>event_expunge</c>: whether a message that scripts on IMAP events take away is removed, not only flagged \Deleted. Default no.</summary>
    public bool ExpungesOnEvents { get; init; }

    /// <summary><c>max_redirects</c>: to how many other addresses one script may send one message. Default 5.</summary>
    public int MaximumRedirects { get; init; } = 5;

    /// <summary><c>max_actions</c>: how many actions one script may take on one message. Default 32.</summary>
    public int MaximumActions { get; init; } = 32;

    /// <summary><c>script_size</c>: the largest script. Default 1 MiB.</summary>
    public long ScriptSize { get; init; } = 1 << 20;

    /// <summary>
    /// <c>protected_headers</c>: fields that no script removes, nor adds, but for Auto-Submitted, which may be added (RFC 5293 section 6). Default
    /// Received, Auto-Submitted, Return-Path, Delivered-To.
    /// </summary>
    public IReadOnlyList<string> ProtectedHeaders { get; init; } = ["Received", "Auto-Submitted", "Return-Path", "Delivered-To"];

    /// <summary><c>undo_time</c>: for how long <c>filter undo</c> can take back what <c>filter apply</c> did; deleted mail takes room until then. Default 7 days.</summary>
    public TimeSpan UndoTime { get; init; } = TimeSpan.FromDays(7);

    internal static FilterOptions Read(OptionsReader reader)
    {
        var table = reader.Root.GetTable("filters");
        var defaults = new FilterOptions();
        string global = reader.GetPath(table, "global", "");
        if (global.Length > 0 && !Directory.Exists(global))
        {
            table.Reject("global", $"a folder that exists ({global} does not)");
        }

        return new FilterOptions
        {
            Before = ReadScripts(reader, table, "before"),
            After = ReadScripts(reader, table, "after"),
            Global = global,
            Events = FilterEventOptions.ReadAll(reader, table),
            EventWait = table.GetDuration("event_wait", defaults.EventWait, TimeSpan.Zero, TimeSpan.FromMinutes(10)),
            ExpungesOnEvents = table.GetBoolean("event_expunge", defaults.ExpungesOnEvents),
            MaximumRedirects = (int)table.GetInteger("max_redirects", defaults.MaximumRedirects, 0, 100),
            MaximumActions = (int)table.GetInteger("max_actions", defaults.MaximumActions, 1, 1000),
            ProtectedHeaders = ReadHeaders(table, defaults.ProtectedHeaders),
            ScriptSize = table.GetSize("script_size", defaults.ScriptSize, 1 << 10, 16 << 20),
            UndoTime = table.GetDuration("undo_time", defaults.UndoTime, TimeSpan.FromHours(1), TimeSpan.FromDays(365)),
        };
    }

    private static IReadOnlyList<string> ReadHeaders(Settings.TomlSettings table, IReadOnlyList<string> fallback)
    {
        var names = table.GetStrings("protected_headers", fallback);
        if (names.Count > MostHeaders || names.Any(name => name.Length is 0 or > LongestHeader || name.Any(character => character is < '!' or > '~' or ':')))
        {
            table.Reject("protected_headers", $"at most {MostHeaders} names of header fields, without the colon");
        }

        return names;
    }

    internal static string[] ReadScripts(OptionsReader reader, Settings.TomlSettings table, string key)
    {
        var names = table.GetStrings(key, []);
        string[] paths = [.. names.Where(name => name.Length > 0 && !name.Contains('\0', StringComparison.Ordinal)).Select(reader.Resolve)];
        if (paths.Length < names.Count || paths.Length > MostScripts)
        {
            table.Reject(key, $"at most {MostScripts} files");
        }

        if (Array.Find(paths, path => !File.Exists(path)) is { } missing)
        {
            table.Reject(key, $"files that exist ({missing} does not)");
        }

        return paths;
    }
}
