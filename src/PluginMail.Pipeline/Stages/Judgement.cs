using System.Collections.Immutable;
using PluginMail.Abstractions;

namespace PluginMail.Pipeline;

/// <summary>The verdicts of a transaction, merged: the strongest decision, the sum of scores, the tags, the plugins that are passed over.</summary>
internal sealed class Judgement
{
    private const int MaximumReasons = 50;
    private static readonly ImmutableHashSet<string> NoPlugin = ImmutableHashSet.Create<string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>The strongest decision so far.</summary>
    public Decision Decision { get; private set; } = Decision.Pass.Instance;

    /// <summary>Who made it.</summary>
    public string DecidedBy { get; private set; } = "";

    /// <summary>The sum of the points.</summary>
    public double Score { get; private set; }

    /// <summary>The tags.</summary>
    public ImmutableHashSet<string> Tags { get; private set; } = ImmutableHashSet<string>.Empty;

    /// <summary>The reasons of the points, for the header that shows them.</summary>
    public ImmutableList<string> Reasons { get; private set; } = [];

    private ImmutableHashSet<string> _bypassed = NoPlugin;

    /// <summary>Whether the recipient that is looked at is permitted by an access rule of its own.</summary>
    public bool IsPermitted { get; set; }

    /// <summary>Whether a plugin is passed over: for the rest of the transaction, or for the recipient that is looked at.</summary>
    public bool Bypasses(string plugin) => (!_bypassed.IsEmpty && _bypassed.Contains(plugin)) || (IsPermitted && AccessPolicy.Spares(plugin));

    /// <summary>Adds a verdict. Effects that change the message are the caller's business.</summary>
    public void Add(string role, Verdict verdict)
    {
        if (DecisionStrength.Of(verdict.Decision) > DecisionStrength.Of(Decision))
        {
            Decision = verdict.Decision;
            DecidedBy = role;
        }

        foreach (Effect effect in verdict.Effects)
        {
            switch (effect)
            {
                case Effect.Score score when double.IsFinite(score.Points):
                    Score += score.Points;
                    Reasons = Reasons.Count < MaximumReasons ? Reasons.Add(score.Reason) : Reasons;
                    break;
                case Effect.Tag tag:
                    Tags = Tags.Add(tag.Name);
                    break;
                case Effect.Bypass bypass:
                    _bypassed = _bypassed.Add(bypass.Plugin);
                    break;
            }
        }
    }

    /// <summary>Takes over what the session's stages gave.</summary>
    public void Inherit(Judgement session)
    {
        Decision = session.Decision;
        DecidedBy = session.DecidedBy;
        Score = session.Score;
        Tags = session.Tags;
        Reasons = session.Reasons;
        _bypassed = session._bypassed;
    }
}
