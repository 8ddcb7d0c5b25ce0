using PluginMail.Clients;

namespace PluginMail.Icap.Protocol;

/// <summary>What an answer means.</summary>
internal static class IcapFinding
{
    private static readonly string[] Nothing = ["", "-", "none", "no threats", "clean", "0"];
    private static readonly string[] Names = ["X-Virus-ID", "X-Virus-Name"];
    private static readonly string[] HttpNames = ["X-Virus-ID", "X-Virus-Name", "X-Blocked"];

    /// <summary>Reads an answer to RESPMOD or REQMOD.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="sentHash">The hash of what was sent.</param>
    /// <param name="preset">The product's ways.</param>
    /// <returns>What was found; an error is no answer for this object, from a service that works.</returns>
    public static ScanResult Read(IcapResponse response, byte[] sentHash, IcapPreset preset)
    {
        if (response.Status is not (200 or 201 or 204))
        {
            return new ScanResult.Unavailable($"it answered {response.Status}");
        }

        if (Threat(response) is { } threat)
        {
            return new ScanResult.Infected(Printable.Of(threat, 100));
        }

        if (Meaning(response["X-Violations-Found"]) is { } violations)
        {
            return preset.ViolationsAreErrors
                ? new ScanResult.Unscanned(Printable.Of(violations, 100))
                : new ScanResult.Infected(Printable.Of(violations, 100));
        }

        if (response.Status != 204 && response["Encapsulated"] is null)
        {
            return new ScanResult.Unavailable($"it answered {response.Status} without an object"); // section 4.4.1: nothing was judged
        }

        bool isBlocked = string.Equals(response["X-Response-Info"], "blocked", StringComparison.OrdinalIgnoreCase);
        return isBlocked || response.HttpStatus >= 400
            ? new ScanResult.Infected(Printable.Of(Meaning(response["X-Response-Desc"]) ?? "blocked by the scanner", 100))
            : response.Status == 204 || Unmodified(response, sentHash) ? new ScanResult.Clean()
            : new ScanResult.Infected("modified by the scanner");
    }

    private static string? Threat(IcapResponse response)
    {
        // X-Infection-Found: Type=0; Resolution=2; Threat=NAME;
        foreach (var fields in (IReadOnlyDictionary<string, string>[])[response.Fields, response.HttpFields])
        {
            if (Meaning(fields.GetValueOrDefault("X-Infection-Found")) is { } found)
            {
                int at = found.IndexOf("Threat=", StringComparison.OrdinalIgnoreCase);
                return at < 0 ? found : found[(at + "Threat=".Length)..].Split(';')[0].Trim();
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
