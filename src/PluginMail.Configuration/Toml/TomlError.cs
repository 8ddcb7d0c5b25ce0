namespace PluginMail.Configuration.Toml;

/// <summary>One thing that makes a document no TOML 1.0 document.</summary>
/// <param name="Position">Where it stands.</param>
/// <param name="Message">What was found and what was expected instead, without position.</param>
/// <param name="SourceLine">The line of the document, without its line end.</param>
public sealed record TomlError(TomlPosition Position, string Message, string SourceLine)
{
    /// <summary><c>line:column: message</c>.</summary>
    public override string ToString() => $"{Position}: {Message}";
}
