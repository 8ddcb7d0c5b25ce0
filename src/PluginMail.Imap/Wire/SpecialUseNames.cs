using System.Text;
using PluginMail.Storage;

namespace PluginMail.Imap;

/// <summary>Special-use attributes (RFC 6154 section 2).</summary>
internal static class SpecialUseNames
{
    /// <summary>The attribute's name with its backslash; null where there is no special use.</summary>
    public static string? Of(SpecialUse use) => use == SpecialUse.None ? null : $"\\{use}";

    /// <summary>The use that an attribute names.</summary>
    /// <param name="attribute">Without the backslash, any case.</param>
    /// <returns>The use; null where it is unknown.</returns>
    public static SpecialUse? TryParse(ReadOnlySpan<byte> attribute) =>
        char.IsAsciiLetter((char)attribute[0])
        && Enum.TryParse(Encoding.ASCII.GetString(attribute), ignoreCase: true, out SpecialUse use) && use != SpecialUse.None
            ? use
            : null;
}
