using PluginMail.Configuration.Settings;

namespace PluginMail.Configuration.Options;

/// <summary>What a client did with mail over IMAP.</summary>
public enum FilterEventCause
{
    /// <summary>APPEND.</summary>
    Append,

    /// <summary>COPY and MOVE.</summary>
    Copy,

    /// <summary>A change of flags, by STORE or by FETCH.</summary>
    Flag,
}

/// <summary>One table <c>[[filters.events]]</c>: scripts of the server that run on what clients do with mail over IMAP (RFC 6785).</summary>
/// <param name="Mailbox">
/// <c>mailbox</c>: in which mailbox; <c>*</c> stands for any characters and <c>?</c> for one, <c>\Junk</c> and its like for the mailbox of that special use.
/// </param>
/// <param name="From"><c>from</c>: only what is copied or moved from there, written as <c>mailbox</c>; empty: from anywhere.</param>
/// <param name="Causes"><c>causes</c>: on what. Default all.</param>
/// <param name="Before"><c>before</c>: scripts that run before the mailbox's own, in this order.</param>
/// <param name="After"><c>after</c>: scripts that run after it.</param>
public sealed record FilterEventOptions(
    string Mailbox, string From, IReadOnlyList<FilterEventCause> Causes, IReadOnlyList<string> Before, IReadOnlyList<string> After)
{
    private const int Most = 100;
    private const int LongestName = 1000;
    private static readonly string[] Uses = ["\\All", "\\Archive", "\\Drafts", "\\Flagged", "\\Junk", "\\Sent", "\\Trash"];

    internal static IReadOnlyList<FilterEventOptions> ReadAll(OptionsReader reader, TomlSettings filters)
    {
        var events = new List<FilterEventOptions>();
        foreach (TomlSettings table in filters.GetTables("events"))
        {
            var one = new FilterEventOptions(
                table.GetString("mailbox", ""),
                table.GetString("from", ""),
                ReadCauses(table),
                FilterOptions.ReadScripts(reader, table, "before"),
                FilterOptions.ReadScripts(reader, table, "after"));
            CheckMailbox(table, "mailbox", one.Mailbox, isNeeded: true);
            CheckMailbox(table, "from", one.From, isNeeded: false);
            if (one.From.Length > 0 && !one.Causes.Contains(FilterEventCause.Copy))
            {
                table.Reject("from", "no mailbox, as nothing comes from one where causes has no \"copy\"");
            }

            if (one.Before.Count + one.After.Count == 0)
            {
                table.Reject("before", "at least one script, here or in after");
            }
            else if (events.Count == Most)
            {
                table.Reject("mailbox", $"at most {Most} tables");
            }
            else
            {
                events.Add(one);
            }
        }

        return events;
    }

    private static void CheckMailbox(TomlSettings table, string key, string name, bool isNeeded)
    {
        if (name.StartsWith('\\') && !Uses.Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            table.Reject(key, $"one of the uses {string.Join(", ", Uses)}");
        }
        else if ((isNeeded && name.Length == 0) || name.Length > LongestName || name.Any(char.IsControl))
        {
            table.Reject(key, "a mailbox as \"Junk\", \"Lists/*\", or \"*\" for all");
        }
    }

    private static FilterEventCause[] ReadCauses(TomlSettings table)
    {
        string[] known = [.. Enum.GetNames<FilterEventCause>().Select(name => name.ToLowerInvariant())];
        IReadOnlyList<string> names = table.GetStrings("causes", known);
        FilterEventCause[] causes = [.. names.Select(name => (FilterEventCause)Array.IndexOf(known, name)).Distinct()];
        if (causes.Length == 0 || causes.Contains((FilterEventCause)(-1)))
        {
            table.Reject("causes", "some of \"append\", \"copy\" and \"flag\"");
        }

        return causes;
    }
}
