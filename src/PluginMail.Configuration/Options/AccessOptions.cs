using System.Globalization;
using PluginMail.Configuration.Settings;

namespace PluginMail.Configuration.Options;

/// <summary>What an access rule says of mail.</summary>
public enum AccessVerb
{
    /// <summary>Spared greylisting, block lists and reverse DNS.</summary>
    Permit,

    /// <summary>Refused for good.</summary>
    Refuse,

    /// <summary>Refused for now.</summary>
    Defer,

    /// <summary>Held in the queue.</summary>
    Hold,

    /// <summary>Accepted and dropped.</summary>
    Discard,

    /// <summary>Left to the next rule.</summary>
    Pass,
}

/// <summary>What an access rule looks at.</summary>
public enum AccessFact
{
    /// <summary>The client's address.</summary>
    Client,

    /// <summary>What it calls itself.</summary>
    Helo,

    /// <summary>The reverse path.</summary>
    Sender,

    /// <summary>The forward path.</summary>
    Recipient,
}

/// <summary>One table <c>[[access]]</c>: all of the lists that it names must match; the first table that matches decides.</summary>
/// <param name="Name"><c>name</c>, for the log; its line in mail.toml where it has none.</param>
/// <param name="Action"><c>action</c>.</param>
/// <param name="Text"><c>text</c>: what the client is told.</param>
/// <param name="Lists"><c>client</c>, <c>helo</c>, <c>sender</c> and <c>recipient</c>, those that are there.</param>
/// <param name="FileOf"><c>file_of</c>: what the lines of the file are about.</param>
/// <param name="File"><c>file</c>: a further list; null for none.</param>
public sealed record AccessOptions(
    string Name, AccessVerb Action, string Text, IReadOnlyList<(AccessFact Of, IReadOnlyList<string> Patterns)> Lists, AccessFact FileOf, AccessFile? File)
{
    private const int Most = 1000;

    internal static IReadOnlyList<AccessOptions> ReadAll(OptionsReader reader)
    {
        var rules = new List<AccessOptions>();
        foreach (TomlSettings table in reader.Root.GetTables("access"))
        {
            if (rules.Count == Most)
            {
                table.Reject("action", $"at most {Most} rules; longer lists go into a file");
                break;
            }

            rules.Add(Read(reader, table));
        }

        return rules;
    }

    private static AccessOptions Read(OptionsReader reader, TomlSettings table)
    {
        var lists = new List<(AccessFact, IReadOnlyList<string>)>();
        foreach (AccessFact of in Enum.GetValues<AccessFact>())
        {
            string key = of.ToString().ToLowerInvariant();
            if (table.Contains(key))
            {
                lists.Add((of, ReadPatterns(table, key, of)));
            }
        }

        AccessFact fileOf = table.GetEnum("file_of", AccessFact.Client);
        string path = reader.GetExistingFile(table, "file");
        AccessFile? file = path.Length > 0 && System.IO.File.Exists(path) ? ReadFile(table, path, fileOf) : null;
        if (lists.Count == 0 && path.Length == 0)
        {
            table.Reject("client", "at least one of client, helo, sender, recipient and file");
        }

        bool isOwnAction = file is not null && file.Lines.All(static line => line.Action is not null);
        if (!table.Contains("action") && !isOwnAction)
        {
            table.Reject("action", "one of \"permit\", \"refuse\", \"defer\", \"hold\", \"discard\", \"pass\"");
        }

        string line = string.Create(CultureInfo.InvariantCulture, $"line {table.LineOf("")}");
        return new AccessOptions(
            table.GetString("name", line), table.GetEnum("action", AccessVerb.Pass), table.GetString("text", ""), lists, fileOf, file);
    }

    private static IReadOnlyList<string> ReadPatterns(TomlSettings table, string key, AccessFact of)
    {
        IReadOnlyList<string> patterns = table.GetStrings(key, []);
        for (int i = 0; i < patterns.Count; i++)
        {
            if (!AccessSyntax.IsPattern(of, patterns[i]))
            {
                table.RejectItem(key, i, AccessSyntax.Expected(of));
            }
        }

        return patterns;
    }

    private static AccessFile? ReadFile(TomlSettings table, string path, AccessFact of)
    {
        (AccessFile? file, IReadOnlyList<ConfigurationError> errors) = AccessFile.Read(path, of);
        foreach (ConfigurationError error in errors)
        {
            table.Report.Add(error);
        }

        return file;
    }
}
