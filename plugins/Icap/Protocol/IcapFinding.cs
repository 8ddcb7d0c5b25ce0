using PluginMail.Daemons;
using PluginMail.Text;
using PluginMail.Viruses;

namespace PluginMail.Icap.Protocol;

/// <summary>What an answer means.</summary>
internal static class IcapFinding
{
    private const int LongestName = 100;
    private const string Container = "2";
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

    /// <summary>What a field of the answer tells; X-Infection-Found before all others, as it alone says of what kind the finding is.</summary>
    private static ScanResult? Named(IcapResponse response, IcapPreset preset) =>
        Infection(response) is { } infection ? infection
        : Threat(response) is { } threat ? Infected(threat)
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

    /// <summary>X-Infection-Found, as <c>Type=0; Resolution=2; Threat=NAME;</c>, whose type 2 is a container that could not be looked into.</summary>
    private static ScanResult? Infection(IcapResponse response)
    {
        string? found = Meaning(response["X-Infection-Found"]) ?? Meaning(response.HttpFields.GetValueOrDefault("X-Infection-Found"));
        if (found is null)
        {
            return null;
        }

        string threat = Part(found, "Threat") is { Length: > 0 } name ? name : found;
        return Part(found, "Type") == Container ? new ScanResult.Unscanned(Printable.Of(threat, LongestName)) : Infected(threat);
    }

    private static string? Part(string found, string name) => found.Split(';', StringSplitOptions.TrimEntries)
        .Select(static part => part.Split('=', 2, StringSplitOptions.TrimEntries))
        .FirstOrDefault(part => part.Length == 2 && part[0].Equals(name, StringComparison.OrdinalIgnoreCase))?[1];

    private static string? Threat(IcapResponse response) =>
        Names.Select(name => Meaning(response[name])).Concat(HttpNames.Select(name => Meaning(response.HttpFields.GetValueOrDefault(name))))
            .FirstOrDefault(name => name is not null);

    private static string? Meaning(string? value) =>
        value is null || Nothing.Contains(value.Trim(), StringComparer.OrdinalIgnoreCase) ? null : value.Trim();

    private static bool Unmodified(IcapResponse response, byte[] sentHash) =>
        response.BodyHash is { } hash && hash.AsSpan().SequenceEqual(sentHash);
}
