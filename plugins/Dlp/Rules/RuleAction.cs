namespace PluginMail.Dlp.Rules;

/// <summary>What becomes of a message that a rule is about. The strongest of several counts.</summary>
internal enum RuleAction
{
    /// <summary>Nothing: of a collection, what its documents have does not count anywhere.</summary>
    Ignore,

    /// <summary>It gets a tag and the rule's points.</summary>
    Tag,

    /// <summary>It passes, and a notice is sent.</summary>
    Notify,

    /// <summary>It waits for a person's decision, and a notice is sent.</summary>
    Hold,

    /// <summary>It is refused, and a notice is sent.</summary>
    Refuse,
}

/// <summary>What a rule says of a message. Nothing of the message's text is in it.</summary>
/// <param name="Rule">The rule's name.</param>
/// <param name="Detail">What was found, in numbers and names of documents.</param>
/// <param name="Action">What becomes of the message.</param>
/// <param name="Points">For its score.</param>
internal sealed record Finding(string Rule, string Detail, RuleAction Action, double Points);
