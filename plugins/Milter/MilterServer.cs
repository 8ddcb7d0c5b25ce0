using System.Collections.Frozen;
using PluginMail.Abstractions;
using PluginMail.Milter.Protocol;

namespace PluginMail.Milter;

/// <summary>What becomes of mail that a milter should have seen and could not.</summary>
internal enum FaultAction
{
    /// <summary>The client is asked to come again: 451 4.7.1.</summary>
    Tempfail,

    /// <summary>It passes, as if the milter were not there.</summary>
    Accept,

    /// <summary>It is refused: 550 5.7.1.</summary>
    Reject,

    /// <summary>It is accepted and held.</summary>
    Quarantine,
}

/// <summary>Whose mail a milter sees.</summary>
internal enum Directions
{
    Both,
    Incoming,
    Outgoing,
}

/// <summary>One entry of <c>[[plugins.milter.servers]]</c>.</summary>
internal sealed record MilterServer(
    string Name,
    MilterAddress Address,
    TimeSpan ConnectTimeout,
    TimeSpan CommandTimeout,
    TimeSpan MessageTimeout,
    FaultAction OnFault,
    Directions Directions,
    FrozenDictionary<string, string> Macros,
    int IdleConnections,
    int MaximumBody)
{
    private static readonly string[] NoMacros = [];

    /// <summary>Whether it sees what goes a way.</summary>
    public bool Sees(Direction direction) => Directions switch
    {
        Directions.Incoming => direction == Direction.Incoming,
        Directions.Outgoing => direction == Direction.Outgoing,
        _ => true,
    };

    /// <summary>Reads the table; what is wrong in it is gathered there.</summary>
    public static MilterServer Read(ISettings table)
    {
        string text = table.GetString("address", "");
        if (!MilterAddress.TryParse(text, out var address))
        {
            table.Reject("address", "an address like \"inet:127.0.0.1:8891\" or \"unix:/run/opendkim/opendkim.sock\"");
            address = new MilterAddress(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 1));
        }

        return new MilterServer(
            ReadName(table, text),
            address,
            ReadTimeout(table, "connect_timeout", TimeSpan.FromSeconds(5)),
            ReadTimeout(table, "command_timeout", TimeSpan.FromSeconds(10)),
            ReadTimeout(table, "message_timeout", TimeSpan.FromSeconds(25)),
            table.GetEnum("on_fault", FaultAction.Tempfail),
            table.GetEnum("directions", Directions.Both),
            ReadMacros(table),
            (int)table.GetInteger("idle_connections", defaultValue: 0, minimum: 0, maximum: 100),
            (int)table.GetSize("maximum_body", 32 << 20, minimum: 1 << 10, maximum: 1 << 30));
    }

    private static string ReadName(ISettings table, string address)
    {
        string name = table.GetString("name", address);
        if (name.Length is 0 or > 100 || name.Any(char.IsControl))
        {
            table.Reject("name", "1 to 100 characters");
        }

        return name;
    }

    private static TimeSpan ReadTimeout(ISettings table, string key, TimeSpan defaultValue) =>
        table.GetDuration(key, defaultValue, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1));

    private static FrozenDictionary<string, string> ReadMacros(ISettings table)
    {
        var macros = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string text in table.GetStrings("macros", NoMacros))
        {
            int equals = text.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 1 ? "" : text[..equals];
            if (!IsMacroName(name) || text.Any(char.IsControl) || text.Length > 1000)
            {
                table.Reject("macros", "macros like \"{daemon_name}=ORIGINATING\" or \"j=mx.example.org\"");
                continue;
            }

            macros[name] = text[(equals + 1)..];
        }

        return macros.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>One letter, or a word in braces.</summary>
    private static bool IsMacroName(string name) =>
        name.Length == 1 ? name[0] is > ' ' and <= '~' and not ('{' or '}')
        : name.Length is > 2 and <= 60 && name[0] == '{' && name[^1] == '}' && name[1..^1].All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
}
