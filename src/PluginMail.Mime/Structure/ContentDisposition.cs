namespace PluginMail.Mime;

/// <summary>Content-Disposition (RFC 2183).</summary>
/// <param name="Type">Disposition type in lower case: "inline", "attachment" or an extension.</param>
/// <param name="Parameters">Parameters in their order, each name once.</param>
public sealed record ContentDisposition(string Type, IReadOnlyList<MimeParameter> Parameters)
{
    /// <summary>The filename parameter, or null.</summary>
    public string? FileName => this["filename"];

    /// <summary>The value of a parameter (name in lower case), or null.</summary>
    public string? this[string name] => ParameterList.Find(Parameters, name);

    /// <summary>Reads a raw field value; false when it has no disposition type.</summary>
    public static bool TryParse(ReadOnlySpan<byte> rawValue, out ContentDisposition disposition)
    {
        var reader = new ParameterReader(rawValue);
        var type = reader.ReadToken();
        disposition = new ContentDisposition(type, reader.ReadParameters());
        return type.Length > 0;
    }
}
