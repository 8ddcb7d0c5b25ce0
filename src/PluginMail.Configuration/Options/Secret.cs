namespace PluginMail.Configuration.Options;

/// <summary>A password. Its text form does not show it, so that no log and no dump of options does.</summary>
/// <param name="Value">The password; empty for none.</param>
public sealed record Secret(string Value)
{
    /// <summary>No password.</summary>
    public static Secret None { get; } = new("");

    /// <summary>Whether there is one, and no more.</summary>
    /// <returns>Nothing, or a word that stands for it.</returns>
    public override string ToString() => Value.Length == 0 ? "" : "(secret)";
}
