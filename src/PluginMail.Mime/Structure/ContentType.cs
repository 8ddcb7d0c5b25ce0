namespace PluginMail.Mime;

/// <summary>A media type with its parameters (RFC 2045 section 5).</summary>
/// <param name="Type">Top-level type in lower case.</param>
/// <param name="Subtype">Subtype in lower case.</param>
/// <param name="Parameters">Parameters in their order, each name once.</param>
public sealed record ContentType(string Type, string Subtype, IReadOnlyList<MimeParameter> Parameters)
{
    /// <summary>What a part without Content-Type is (RFC 2045 section 5.2): text/plain.</summary>
    public static ContentType Default { get; } = new("text", "plain", []);

    /// <summary>What a part of a multipart/digest without Content-Type is (RFC 2046 section 5.1.5): message/rfc822.</summary>
    public static ContentType DigestDefault { get; } = new("message", "rfc822", []);

    /// <summary>"type/subtype".</summary>
    public string MediaType => $"{Type}/{Subtype}";

    /// <summary>The charset parameter, or null.</summary>
    public string? Charset => this["charset"];

    /// <summary>The value of a parameter (name in lower case), or null.</summary>
    public string? this[string name] => ParameterList.Find(Parameters, name);

    /// <summary>
    /// Reads a raw field value. False when it has no type/subtype; the result then is the nearest useful type: text/plain,
    /// multipart/mixed for "multipart", application/octet-stream for another lone type.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> rawValue, out ContentType contentType)
    {
        var reader = new ParameterReader(rawValue);
        var type = reader.ReadToken();
        var subtype = reader.TrySkip((byte)'/') ? reader.ReadToken() : "";
        var parameters = reader.ReadParameters();
        if (type.Length > 0 && subtype.Length > 0)
        {
            contentType = new ContentType(type, subtype, parameters);
            return true;
        }
        contentType = type switch
        {
            "" or "text" => new ContentType("text", "plain", parameters),
            "multipart" => new ContentType("multipart", "mixed", parameters),
            _ => new ContentType("application", "octet-stream", parameters),
        };
        return false;
    }

    /// <summary>True when this is type/subtype (both in lower case).</summary>
    public bool Is(string type, string subtype) => Type == type && Subtype == subtype;
}
