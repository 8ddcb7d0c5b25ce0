using System.Collections.Immutable;
using System.Globalization;
using PluginMail.Abstractions;

namespace PluginMail.Dns;

/// <summary>An SRV record (RFC 2782).</summary>
/// <param name="Priority">Lower ones are tried first.</param>
/// <param name="Weight">Its share among those of one priority.</param>
/// <param name="Port">The port.</param>
/// <param name="Target">The host's name without the root's dot; "." where the service is not offered.</param>
public sealed record ServiceLocation(ushort Priority, ushort Weight, ushort Port, string Target)
{
    /// <summary>Reads the records of an answer.</summary>
    /// <param name="answer">An answer to a question for SRV.</param>
    /// <returns>The records, least priority first, otherwise as they came; none where the answer has none.</returns>
    public static ImmutableArray<ServiceLocation> ReadAll(DnsAnswer answer) =>
        [.. answer.Records.Select(Read).OfType<ServiceLocation>().OrderBy(static location => location.Priority)];

    private static ServiceLocation? Read(string record) =>
        record.Split(' ', 4) is [var priority, var weight, var port, var target]
        && TryRead(priority, out ushort p) && TryRead(weight, out ushort w) && TryRead(port, out ushort o)
            ? new ServiceLocation(p, w, o, target)
            : null;

    private static bool TryRead(string text, out ushort value) => ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
