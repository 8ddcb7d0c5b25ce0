namespace PluginMail.Filters.Syntax;

/// <summary>ASCII-only case folding of octets.</summary>
internal static class Ascii
{
    public static bool EqualsIgnoreCase(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) =>
        System.Text.Ascii.EqualsIgnoreCase(left, right);

    public static byte ToLower(byte octet) => octet is >= (byte)'A' and <= (byte)'Z' ? (byte)(octet + 32) : octet;

    public static byte ToUpper(byte octet) => octet is >= (byte)'a' and <= (byte)'z' ? (byte)(octet - 32) : octet;
}
