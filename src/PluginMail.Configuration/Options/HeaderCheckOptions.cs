using System.Globalization;
using System.Text.RegularExpressions;
using PluginMail.Abstractions;
using PluginMail.Configuration.Settings;

namespace PluginMail.Configuration.Options;

/// <summary>What a header check looks at.</summary>
public enum HeaderCheckScope
{
    /// <summary>The message's own header.</summary>
    Header,

    /// <summary>Fields of its parts.</summary>
    Mime,

    /// <summary>File names of its parts.</summary>
    Attachment,
}

/// <summary>How a header check compares.</summary>
public enum HeaderCheckMatch
{
    /// <summary>The whole value.</summary>
    Is,

    /// <summary>A part of it.</summary>
    Contains,

    /// <summary>Its beginning.</summary>
    Starts,

    /// <summary>Its end.</summary>
    Ends,

    /// <summary>A regular expression.</summary>
    Regex,
}

/// <summary>What a header check does; as in Postfix's header_checks(5).</summary>
public enum HeaderCheckAction
{
    /// <summary>Refuses for good.</summary>
    Refuse,

    /// <summary>Refuses for now.</summary>
    Defer,

    /// <summary>Accepts and drops.</summary>
    Discard,

    /// <summary>Holds in the queue.</summary>
    Hold,

    /// <summary>Sends to another address instead.</summary>
    Redirect,

    /// <summary>Sends to another address too.</summary>
    Bcc,

    /// <summary>Puts a field on top.</summary>
    Prepend,

    /// <summary>Replaces the field.</summary>
    Replace,

    /// <summary>Removes the field.</summary>
    Remove,

    /// <summary>Gives the message a tag.</summary>
    Tag,

    /// <summary>Writes to the log.</summary>
    Warn,

    /// <summary>Lets the field be.</summary>
    Pass,
}

/// <summary>One table <c>[[header_checks]]</c>; of each field the first that matches counts.</summary>
/// <param name="Name"><c>name</c>, for the log; its line in mail.toml where it has none.</param>
/// <param name="Scope"><c>scope</c>. Default the message's own header.</param>
/// <param name="Field"><c>field</c>; empty for any, and then the comparison is with <c>Name: value</c>.</param>
/// <param name="Match">Which of <c>is</c>, <c>contains</c>, <c>starts</c>, <c>ends</c> and <c>regex</c> stands there.</param>
/// <param name="Pattern">What stands there.</param>
/// <param name="Action"><c>action</c>.</param>
/// <param name="Text"><c>text</c>: reply, reason, field or tag.</param>
/// <param name="To"><c>to</c>: where the message goes; null where it goes nowhere else.</param>
/// <param name="Direction"><c>direction</c>. Default both.</param>
public sealed record HeaderCheckOptions(
    string Name,
    HeaderCheckScope Scope,
    string Field,
    HeaderCheckMatch Match,
    string Pattern,
    HeaderCheckAction Action,
    string Text,
    EmailAddress? To,
    CopyDirection Direction)
{
    private const int Most = 500;
    private const int LongestPattern = 2000;

    internal static IReadOnlyList<HeaderCheckOptions> ReadAll(OptionsReader reader)
    {
        var checks = new List<HeaderCheckOptions>();
        foreach (TomlSettings table in reader.Root.GetTables("header_checks"))
        {
            if (checks.Count == Most)
            {
                table.Reject("action", $"at most {Most} header checks");
                break;
            }

            if (Read(table) is { } check)
            {
                checks.Add(check);
            }
        }

        return checks;
    }

    private static HeaderCheckOptions? Read(TomlSettings table)
    {
        HeaderCheckMatch[] given = [.. Enum.GetValues<HeaderCheckMatch>().Where(match => table.Contains(KeyOf(match)))];
        HeaderCheckScope scope = table.GetEnum("scope", HeaderCheckScope.Header);
        string field = table.GetString("field", "");
        HeaderCheckAction action = table.GetEnum("action", HeaderCheckAction.Refuse);
        string text = table.GetString("text", "");
        string to = table.GetString("to", "");
        CopyDirection direction = table.GetEnum("direction", CopyDirection.Both);
        string name = table.GetString("name", string.Create(CultureInfo.InvariantCulture, $"line {table.LineOf("")}"));
        if (!table.Contains("action"))
        {
            table.Reject("action", "what is to be done, as \"refuse\"");
        }

        if (given is not [var match])
        {
            table.Reject(given.Length == 0 ? "contains" : KeyOf(given[1]), "one of is, contains, starts, ends and regex");
            return null;
        }

        string pattern = table.GetString(KeyOf(match), "");
        CheckField(table, scope, field, action);
        CheckPattern(table, match, pattern);
        CheckText(table, action, text);
        bool goesElsewhere = action is HeaderCheckAction.Redirect or HeaderCheckAction.Bcc;
        bool isAddress = EmailAddress.TryParse(to, out EmailAddress? address);
        if (goesElsewhere ? !isAddress : to.Length > 0)
        {
            table.Reject("to", goesElsewhere ? "an address like \"postmaster@b.example\"" : "the key to be left out unless action is redirect or bcc");
        }

        return new HeaderCheckOptions(name, scope, field, match, pattern, action, text, address, direction);
    }

    private static string KeyOf(HeaderCheckMatch match) => match.ToString().ToLowerInvariant();

    private static void CheckField(TomlSettings table, HeaderCheckScope scope, string field, HeaderCheckAction action)
    {
        if (scope == HeaderCheckScope.Attachment ? field.Length > 0 : field.Length > 0 && !HeaderEdit.IsFieldName(field))
        {
            table.Reject("field", scope == HeaderCheckScope.Attachment ? "the key to be left out where scope is attachment" : "a field name without colon");
        }

        if (scope != HeaderCheckScope.Header && action is HeaderCheckAction.Replace or HeaderCheckAction.Remove)
        {
            table.Reject("action", "an action that leaves the parts as they are; replace and remove are for the message's own header");
        }
    }

    private static void CheckPattern(TomlSettings table, HeaderCheckMatch match, string pattern)
    {
        if (pattern.Length is 0 or > LongestPattern)
        {
            table.Reject(KeyOf(match), $"1 to {LongestPattern} characters");
        }
        else if (match == HeaderCheckMatch.Regex)
        {
            try
            {
                _ = new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, Regex.InfiniteMatchTimeout);
            }
            catch (Exception e) when (e is ArgumentException or NotSupportedException)
            {
                table.Reject("regex", $"a regular expression without look-ahead, look-behind and back references: {e.Message}");
            }
        }
    }

    private static void CheckText(TomlSettings table, HeaderCheckAction action, string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        if (action is HeaderCheckAction.Prepend or HeaderCheckAction.Replace && (colon < 1 || !HeaderEdit.IsFieldName(text[..colon])))
        {
            table.Reject("text", "a field \"Name: value\"");
        }
        else if (action == HeaderCheckAction.Tag && (text.Length is 0 or > 100 || text.Any(static c => char.IsWhiteSpace(c) || char.IsControl(c))))
        {
            table.Reject("text", "a tag: one word");
        }
    }
}
