using PluginMail.Filters.Syntax;

namespace PluginMail.Filters.Evaluation;

/// <summary>What keeps a script from running on IMAP events.</summary>
/// <param name="Capability">The capability that answers mail that arrives.</param>
/// <param name="At">Where it is required, or used.</param>
internal sealed record EventObstacle(string Capability, SourceSpan At)
{
    public string Message => $"`{Capability}` answers mail that arrives; a script for IMAP events cannot have it.";
}
