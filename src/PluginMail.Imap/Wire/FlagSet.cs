using PluginMail.Storage;

namespace PluginMail.Imap;

/// <summary>Flags as a client names them.</summary>
/// <param name="System">The system flags.</param>
/// <param name="Keywords">Keywords by name.</param>
internal sealed record FlagSet(MessageFlags System, IReadOnlyList<string> Keywords)
{
    /// <summary>No flags.</summary>
    public static readonly FlagSet Empty = new(default, []);
}
