using PluginMail.Abstractions;
using PluginMail.Pipeline;

namespace PluginMail.Delivery;

/// <summary>What the plugins' actions of one filter come to.</summary>
internal sealed class FilterJudgement
{
    /// <summary>The strongest decision; among equals the first.</summary>
    public Decision Decision { get; private set; } = Decision.Pass.Instance;

    /// <summary>Who else gets the message.</summary>
    public List<EmailAddress> Recipients { get; } = [];

    /// <summary>Fields for the mailbox's own copies.</summary>
    public List<HeaderEdit.Add> Fields { get; } = [];

    /// <summary>Whether the implicit keep (RFC 5228 section 2.10.2) is off.</summary>
    public bool DropsImplicitKeep { get; set; }

    /// <summary>Whether something asked for could not be done, so that the message must not get lost.</summary>
    public bool MustKeep { get; set; }

    /// <summary>Takes a decision.</summary>
    public void Decide(Decision decision)
    {
        Decision = DecisionStrength.Of(decision) > DecisionStrength.Of(Decision) ? decision : Decision;
        DropsImplicitKeep |= decision is Decision.Discard;
    }
}
