using PluginMail.Abstractions;
using PluginMail.Configuration.Settings;

namespace PluginMail.Configuration.Options;

/// <summary>Which mail of a domain or address is copied.</summary>
public enum CopyDirection
{
    /// <summary>All of it.</summary>
    Both,

    /// <summary>What is for it.</summary>
    Incoming,

    /// <summary>What it sends.</summary>
    Outgoing,
}

/// <summary>One of <c>always_copy</c> in <c>[mailboxes]</c>: <c>{ of = "example.test", direction = "both", to = "archive@example.test" }</c>.</summary>
/// <param name="Of">A domain or an address.</param>
/// <param name="Direction">Which mail. Default both.</param>
/// <param name="To">Who gets the copy, in the message's own envelope.</param>
public sealed record AlwaysCopyOptions(string Of, CopyDirection Direction, string To)
{
    private const int Most = 100;

    internal static IReadOnlyList<AlwaysCopyOptions> ReadAll(TomlSettings mailboxes)
    {
        var copies = new List<AlwaysCopyOptions>();
        foreach (TomlSettings table in mailboxes.GetTables("always_copy"))
        {
            var copy = new AlwaysCopyOptions(
                table.GetString("of", ""), table.GetEnum("direction", CopyDirection.Both), table.GetString("to", ""));
            if (!DomainSyntax.IsDomain(copy.Of) && !EmailAddress.TryParse(copy.Of, out _))
            {
                table.Reject("of", "a domain or an address");
            }

            if (!EmailAddress.TryParse(copy.To, out _))
            {
                table.Reject("to", "an address");
            }
            else if (copies.Count == Most)
            {
                table.Reject("of", $"at most {Most} copies");
            }
            else
            {
                copies.Add(copy);
            }
        }

        return copies;
    }
}
