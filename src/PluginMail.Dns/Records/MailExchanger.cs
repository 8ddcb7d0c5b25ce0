using System.Collections.Immutable;
using System.Globalization;
using PluginMail.Abstractions;

namespace PluginMail.Dns;

/// <summary>An MX record (RFC 1035 section 3.3.9).</summary>
/// <param name="Preference">Lower ones are tried first.</param>
/// <param name="Host">The host's name without the root's dot; "." for none.</param>
public sealed record MailExchanger(ushort Preference, string Host)
{
    /// <summary>Whether this says that the domain takes no mail (RFC 7505): it must be the only one then.</summary>
    public bool IsNull => Host == ".";

    /// <summary>Reads the records of an answer.</summary>
    /// <param name="answer">An answer to a question for MX.</param>
    /// <returns>The records, least preference first, otherwise as they came; none where the answer has none.</returns>
    public static ImmutableArray<MailExchanger> ReadAll(DnsAnswer answer) =>
        [.. answer.Records.Select(Read).OfType<MailExchanger>().OrderBy(static exchanger => exchanger.Preference)];

    private static MailExchanger? Read(string record)
    {
        int space = record.IndexOf(' ', StringComparison.Ordinal);
        return space > 0 && ushort.TryParse(record.AsSpan(0, space), NumberStyles.None, CultureInfo.InvariantCulture, out ushort preference)
            ? new MailExchanger(preference, record[(space + 1)..])
            : null;
    }
}
