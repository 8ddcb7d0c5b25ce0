using PluginMail.Abstractions;

namespace PluginMail.Pipeline;

/// <summary>Which of several decisions wins: Refuse, Defer, Discard, Hold, Pass.</summary>
public static class DecisionStrength
{
    /// <summary>Compares decisions.</summary>
    /// <param name="decision">A decision.</param>
    /// <returns>The larger, the stronger; 0 for a pass.</returns>
    public static int Of(Decision decision) => decision switch
    {
        Decision.Refuse => 4,
        Decision.Defer => 3,
        Decision.Discard => 2,
        Decision.Hold => 1,
        _ => 0,
    };
}
