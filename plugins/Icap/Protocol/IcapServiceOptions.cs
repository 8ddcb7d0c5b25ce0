namespace PluginMail.Icap.Protocol;

/// <summary>What a service says of itself in answer to OPTIONS (RFC 3507 section 4.10.2).</summary>
/// <param name="Lifetime">For how long it holds.</param>
/// <param name="Allows204">Whether it answers 204 for what need not be changed.</param>
/// <param name="Preview">How many octets it wants to see first; null where it wants all at once.</param>
/// <param name="Connections">How many connections it bears; null where it does not say.</param>
/// <param name="Tag">The state of the service; a change ends what is known of it.</param>
internal sealed record IcapServiceOptions(TimeSpan Lifetime, bool Allows204, int? Preview, int? Connections, string? Tag)
{
    private const int LongestPreview = 1024 * 1024;
    private static readonly TimeSpan DefaultLifetime = TimeSpan.FromHours(1);

    /// <summary>Of a service that does not know OPTIONS.</summary>
    public static readonly IcapServiceOptions Unknown = new(DefaultLifetime, Allows204: true, Preview: null, Connections: null, Tag: null);

    private HashSet<string> Whole { get; init; } = [];

    private HashSet<string> Previewed { get; init; } = [];

    /// <summary>Reads the answer.</summary>
    public static IcapServiceOptions Read(IcapResponse response) => new(
        response.Number("Options-TTL", 24 * 3600) is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) : DefaultLifetime,
        Words(response["Allow"]).Contains("204"),
        response.Number("Preview", LongestPreview),
        response.Number("Max-Connections", int.MaxValue) is > 0 and var most ? most : null,
        response["ISTag"])
    {
        Whole = Words(response["Transfer-Complete"]),
        Previewed = Words(response["Transfer-Preview"]),
    };

    /// <summary>
    /// The preview of a file (Transfer-Preview, Transfer-Complete). Transfer-Ignore is not followed: an extension is the sender's word.
    /// </summary>
    public int? PreviewOf(string fileName)
    {
        string extension = Path.GetExtension(fileName).TrimStart('.');
        bool isWhole = Whole.Contains(extension) || (Whole.Contains("*") && !Previewed.Contains(extension));
        return isWhole ? null : Preview;
    }

    private static HashSet<string> Words(string? list) => new(
        (list ?? "").Split([',', ' '], StringSplitOptions.RemoveEmptyEntries), StringComparer.OrdinalIgnoreCase);
}
