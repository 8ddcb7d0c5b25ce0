namespace PluginMail.MailAuth;

/// <summary>What check_host() returns (RFC 7208 section 4).</summary>
/// <param name="Result">The result.</param>
/// <param name="Problem">What went wrong; null where nothing did.</param>
/// <param name="Mechanism">The directive that decided.</param>
/// <param name="Domain">The domain whose record decided.</param>
/// <param name="Explanation">That record's exp=.</param>
internal sealed record SpfOutcome(
    SpfResult Result, string? Problem = null, string? Mechanism = null, string? Domain = null, SpfMacroString? Explanation = null);

/// <summary>Whether a mechanism matches, or why nobody can say.</summary>
internal readonly record struct SpfMatch(bool IsMatch, SpfResult? Error, string? Problem)
{
    public static SpfMatch Yes => new(true, null, null);

    public static SpfMatch No => default;

    public static SpfMatch Unexpanded => Permanent("cannot be expanded");

    public static SpfMatch If(bool isMatch) => new(isMatch, null, null);

    public static SpfMatch Permanent(string? problem) => new(false, SpfResult.PermError, problem);

    public static SpfMatch Temporary(string name) => new(false, SpfResult.TempError, $"{name} could not be looked up");
}
