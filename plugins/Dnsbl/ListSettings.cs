using System.Collections.Immutable;
using PluginMail.Abstractions;
using PluginMail.Clients;

namespace PluginMail.Dnsbl;

/// <summary>Reads one list of the plugin's table.</summary>
internal static class ListSettings
{
    private const double MostPoints = 1000;

    // Spamhaus answers 127.255.255.0/24, SURBL and URIBL 127.0.0.1 to those that may not ask.
    private static readonly string[] KnownErrors = ["127.255.255.[0..255]", "127.0.0.1"];
    private static readonly string[] ClientAlone = ["client"];

    private static readonly Dictionary<string, Subjects> Names = new(StringComparer.Ordinal)
    {
        ["client"] = Subjects.Client,
        ["sender"] = Subjects.Sender,
        ["helo"] = Subjects.Helo,
        ["reverse_name"] = Subjects.ReverseName,
        ["uri"] = Subjects.Uri,
    };

    public static DnsList Read(ISettings table)
    {
        string zone = ReadZone(table);
        string name = table.GetString("name", zone);
        double points = table.GetNumber("points", defaultValue: 1, minimum: -MostPoints, maximum: MostPoints);
        if (name.Length is 0 or > 100)
        {
            table.Reject("name", "up to 100 characters");
        }

        var subjects = ReadSubjects(table);
        var action = table.GetEnum("action", ListAction.Score);
        if (action == ListAction.Bypass && (subjects & ~Subjects.Client) != Subjects.None)
        {
            table.Reject("action", "\"score\" or \"refuse\"; \"bypass\" goes with asks = [\"client\"] alone, as all else is the sender's own words");
        }

        return new DnsList(
            zone,
            Printable.Of(name),
            subjects,
            action,
            points,
            [.. table.GetTables("codes").Select(code => ReadCode(code, points))],
            ReadErrors(table),
            table.GetBoolean("text", defaultValue: true),
            table.GetBoolean("addresses", defaultValue: false),
            table.GetBoolean("registered", defaultValue: true));
    }

    private static string ReadZone(ISettings table)
    {
        string text = table.GetString("zone", "");
        if (HostName.Normalize(text) is { } zone)
        {
            return zone;
        }

        table.Reject("zone", "the list's domain, like \"zen.spamhaus.org\"");
        return "invalid.invalid";
    }

    private static Subjects ReadSubjects(ISettings table)
    {
        var subjects = Subjects.None;
        foreach (string text in table.GetStrings("asks", ClientAlone))
        {
            if (Names.TryGetValue(text, out var subject))
            {
                subjects |= subject;
            }
            else
            {
                table.Reject("asks", $"some of {string.Join(", ", Names.Keys.Select(name => $"\"{name}\""))}");
            }
        }

        if (subjects == Subjects.None)
        {
            table.Reject("asks", "at least one subject, like [\"client\"]");
        }

        return subjects;
    }

    private static ReturnCode ReadCode(ISettings table, double points)
    {
        var pattern = ReadPattern(table, "code", table.GetString("code", ""));
        return new ReturnCode(
            pattern,
            table.GetNumber("points", points, minimum: -MostPoints, maximum: MostPoints),
            Printable.Of(table.GetString("meaning", ""), 40));
    }

    private static ImmutableArray<CodePattern> ReadErrors(ISettings table) =>
        [.. table.GetStrings("errors", KnownErrors).Select(text => ReadPattern(table, "errors", text))];

    private static CodePattern ReadPattern(ISettings table, string key, string text)
    {
        if (CodePattern.TryParse(text, out var pattern))
        {
            return pattern;
        }

        table.Reject(key, "an answer like \"127.0.0.2\", \"127.0.0.[4..7;10]\" or \"127.0.0.&8\"");
        return CodePattern.None;
    }
}
