namespace PluginMail.Pipeline;

/// <summary>One rule of the access table.</summary>
/// <param name="Name">What the trace calls it.</param>
/// <param name="Action">What it says where the entry that was found says nothing of its own.</param>
/// <param name="Text">What the client is told; may begin with a code and an enhanced status code. Empty for words of the server's own.</param>
/// <param name="Conditions">All of them must hold. At least one.</param>
public sealed record AccessRule(string Name, AccessAction Action, string Text, IReadOnlyList<AccessCondition> Conditions)
{
    /// <summary>Whether it looks at recipients.</summary>
    internal bool IsOfRecipients { get; } = Conditions.Any(condition => condition.Subject == AccessSubject.Recipient);
}

/// <summary>A condition of a rule: one of the entries names the client, the greeting, the sender or the recipient.</summary>
/// <param name="Subject">What it looks at.</param>
/// <param name="Entries">The entries in their order.</param>
public sealed record AccessCondition(AccessSubject Subject, IReadOnlyList<AccessEntry> Entries)
{
    private readonly AccessPatterns _patterns = new(Entries.Select(entry => entry.Pattern));

    /// <summary>The first entry that names the subject.</summary>
    /// <param name="facts">What is known.</param>
    /// <returns>The entry; null where none does.</returns>
    internal AccessEntry? Find(in AccessFacts facts)
    {
        int index = Subject switch
        {
            AccessSubject.Client => _patterns.Find(facts.Client),
            AccessSubject.Hello => _patterns.Find(facts.Hello),
            AccessSubject.Sender => _patterns.Find(facts.Sender),
            _ => facts.Recipient is null ? -1 : _patterns.Find(facts.Recipient),
        };
        return index < 0 ? null : Entries[index];
    }
}

/// <summary>An entry of a condition.</summary>
/// <param name="Pattern">As <see cref="AccessPatterns"/> has them.</param>
/// <param name="Place">Where it stands, as <c>blocked.txt:17</c>; null in mail.toml itself.</param>
/// <param name="Action">What it says of its own; null for what the rule says.</param>
/// <param name="Text">What the client is told then.</param>
public sealed record AccessEntry(string Pattern, string? Place = null, AccessAction? Action = null, string Text = "");
