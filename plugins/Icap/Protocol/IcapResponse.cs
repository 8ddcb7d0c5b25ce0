using System.Globalization;

namespace PluginMail.Icap.Protocol;

/// <summary>An answer of a service, without the body that it may carry.</summary>
/// <param name="Status">The ICAP status (RFC 3507 section 4.3.3).</param>
/// <param name="Fields">The ICAP header's fields; several of one name joined by a comma.</param>
internal sealed record IcapResponse(int Status, IReadOnlyDictionary<string, string> Fields)
{
    /// <summary>The status of the encapsulated HTTP response; 0 where there is none.</summary>
    public int HttpStatus { get; init; }

    /// <summary>The fields of the encapsulated HTTP header.</summary>
    public IReadOnlyDictionary<string, string> HttpFields { get; init; } = new Dictionary<string, string>();

    /// <summary>The hash of the encapsulated body; null where there is none.</summary>
    public byte[]? BodyHash { get; init; }

    /// <summary>Whether the connection may be used again: the service keeps it, and all of the answer has been read.</summary>
    public bool KeepsConnection { get; init; }

    /// <summary>A field of the ICAP header; null where it is not there.</summary>
    public string? this[string name] => Fields.GetValueOrDefault(name);

    /// <summary>A field that is a number, at most a limit; null where it is not there or is none.</summary>
    public int? Number(string name, int limit) =>
        int.TryParse(this[name], NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? Math.Min(number, limit) : null;
}
