using PluginMail.Daemons;
using PluginMail.Text;
using PluginMail.Viruses;

namespace PluginMail.Icap.Protocol;

/// <summary>What an answer means.</summary>
internal static class IcapFinding
{
    private const int LongestName = 100;
    private static readonly string[] Nothing = ["", "-", "none", "no threats", "clean", "0"];
    private static readonly string[] Names = ["X-Virus-ID", "X-Virus-Name"];
    private static readonly string[] HttpNames = ["X-Virus-ID", "X-Virus-Name", "X-Blocked"];

    /// <summary>Reads an answer to RESPMOD or REQMOD.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="sentHash">The hash of what was sent.</param>
    /// <param name="preset">The product's ways.</param>
    /// <returns>What was found; an error is no answer for this object, from a service that works.</returns>
    public static Answer<ScanResult> Read(IcapResponse response, byte[] sentHash, IcapPreset preset)
    {
        if (response.Status is not (200 or 201 or 204))
        {
            return Answer<ScanResult>.Declined($"it answered {response.Status}");
        }

        if (Named(response, preset) is { } named)
        {
            return Answer<ScanResult>.Of(named);
        }

        return response.Status != 204 && response["Encapsulated"] is null
            ? Answer<ScanResult>.Declined($"it answered {response.Status} without an object") // section 4.4.1: nothing was judged
            : Answer<ScanResult>.Of(Implied(response, sentHash));
    }

    /// <summary>What a field of the answer tells.</summary>
    private static ScanResult? Named(IcapResponse response, IcapPreset preset) =>
        Threat(response) is { } threat ? Infected(threat)
        : Meaning(response["X-Violations-Found"]) is not { } violations ? null
        : preset.ViolationsAreErrors ? new ScanResult.Unscanned(Printable.Of(violations, LongestName))
        : Infected(violations);

    /// <summary>What became of the object tells the rest.</summary>
    private static ScanResult Implied(IcapResponse response, byte[] sentHash)
    {
        bool isBlocked = string.Equals(response["X-Response-Info"], "blocked", StringComparison.OrdinalIgnoreCase);
        return isBlocked || response.HttpStatus >= 400 ? Infected(Meaning(response["X-Response-Desc"]) ?? "blocked by the scanner")
            : response.Status == 204 || Unmodified(response, sentHash) ? new ScanResult.Clean()
            : Infected("modified by the scanner");
    }

    private static ScanResult.Infected Infected(string virus) => new(Printable.Of(virus, LongestName));

    private static string? Threat(IcapResponse response)
    {
        // X-Infection-Found: Type=0; Resolution=2; Threat=NAME;
        foreach (var fields in (IReadOnlyDictionary<string, string>[])[response.Fields, response.HttpFields])
        {
            if (Meaning(fields.GetValueOrDefault("X-Infection-Found")) is { } found)
            {
                int at = found.IndexOf("Threat=", StringComparison.OrdinalIgnoreCase);
                return at >= 0 && found[(at + "Threat=".Length)..].Split(';')[0].Trim() is { Length: > 0 } name ? name : found;
            }
        }

        return Names.Select(name => Meaning(response[name])).Concat(HttpNames.Select(name => Meaning(response.HttpFields.GetValueOrDefault(name))))
            .FirstOrDefault(name => name is not null);
    }

    private static string? Meaning(string? value) =>
        value is null || Nothing.Contains(value.Trim(), StringComparer.OrdinalIgnoreCase) ? null : value.Trim();

    private static bool Unmodified(IcapResponse response, byte[] sentHash) =>
        response.BodyHash is { } hash && hash.AsSpan().SequenceEqual(sentHash);
}
