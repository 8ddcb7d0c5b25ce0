using System.Text;

namespace PluginMail.Mime;

/// <summary>A parameter of a Content-Type or Content-Disposition field, decoded (RFC 2045 section 5.1, RFC 2231).</summary>
/// <param name="Name">The name in lower case, without the "*" marks.</param>
/// <param name="Value">The value after unquoting, joining of continuations and charset decoding.</param>
public readonly record struct MimeParameter(string Name, string Value)
{
    /// <summary>True when the value is ASCII, so that it may be written as it is; otherwise write <see cref="ToExtendedValue"/>.</summary>
    public bool IsAscii => Ascii.IsValid(Value);

    /// <summary>The value in the extended form of RFC 2231 section 4, to be written under the name with "*" appended.</summary>
    public string ToExtendedValue() => "utf-8''" + ParameterEncoder.Percent(Value);
}
