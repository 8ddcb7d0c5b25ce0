using PluginMail.Mime;

namespace PluginMail.Filters.Evaluation;

/// <summary>The whole body, nothing decoded (RFC 5173 5.1). A message that ends with its header has none.</summary>
internal sealed record RawBodySource : ValueSource
{
    public override bool IsExpensive => true;

    public override TextValue[] Read(FilterInput input) => input.Parts.Root is { } root && HasBody(root)
        ? [new(input.Parts.Octets(root.BodyStart, input.Message.Content!.Length))]
        : [];

    /// <summary>Whether an empty line ends the header.</summary>
    public static bool HasBody(MimePart root) => root.BodyStart > root.HeaderEnd;

    public override string ToString() => "body";
}

/// <summary>The decoded contents of parts of some types (RFC 5173 5.2).</summary>
/// <param name="Types">The types in lower case, one a line.</param>
internal sealed record BodyContentSource(string Types) : ValueSource
{
    private const int MostParts = 1000;

    public override bool IsExpensive => true;

    public override TextValue[] Read(FilterInput input)
    {
        if (input.Parts.Root is not { } root || !RawBodySource.HasBody(root))
        {
            return [];
        }

        var types = Types.Split('\n');
        return [.. All(root).Take(MostParts).Where(part => types.Any(type => Matches(part, type))).SelectMany(part => Contents(input.Parts, part)).Select(octets => new TextValue(octets))];
    }

    public override string ToString() => $"body of {Types.ReplaceLineEndings(", ")}";

    /// <summary>A part and those in it, those of an enclosed message too.</summary>
    public static IEnumerable<MimePart> All(MimePart part) =>
        part.Children.SelectMany(All).Concat(part.EmbeddedMessage is { } message ? All(message) : []).Prepend(part);

    private static bool Matches(MimePart part, string type) =>
        type.Length == 0 || (type.Contains('/', StringComparison.Ordinal) ? part.ContentType.MediaType == type : part.ContentType.Type == type);

    private static IEnumerable<byte[]> Contents(MessageParts parts, MimePart part) =>
        part.IsMultipart ? parts.Surroundings(part)
        : part.EmbeddedMessage is { } message ? [parts.Octets(message.HeaderStart, message.HeaderEnd)]
        : [parts.Decoded(part)];
}
