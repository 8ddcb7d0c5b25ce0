using System.Net;
using PluginMail.Abstractions;

namespace PluginMail.Pipeline;

/// <summary>The access rules in their order: the first that matches decides.</summary>
/// <param name="rules">The rules.</param>
public sealed class AccessTable(IReadOnlyList<AccessRule> rules)
{
    /// <summary>A table without rules.</summary>
    public static readonly AccessTable Empty = new([]);

    /// <summary>Whether it has no rule.</summary>
    public bool IsEmpty => rules.Count == 0;

    /// <summary>Finds the first rule that matches.</summary>
    /// <param name="facts">What is known.</param>
    /// <param name="dependsOnRecipient">Whether the recipient, which is not known yet, decides which rule is the first.</param>
    /// <returns>What it says; null where no rule matches.</returns>
    internal AccessMatch? Find(in AccessFacts facts, out bool dependsOnRecipient)
    {
        dependsOnRecipient = false;
        foreach (AccessRule rule in rules)
        {
            if (rule.IsOfRecipients && facts.Recipient is null)
            {
                if (Match(rule, facts, exceptRecipients: true) is not null)
                {
                    dependsOnRecipient = true;
                    return null;
                }
            }
            else if (Match(rule, facts, exceptRecipients: false) is { Action: not AccessAction.Pass } match)
            {
                return match;
            }
        }

        return null;
    }

    // The last entry that says something of its own counts.
    private static AccessMatch? Match(AccessRule rule, in AccessFacts facts, bool exceptRecipients)
    {
        (AccessAction action, string text) = (rule.Action, rule.Text);
        AccessEntry? last = null;
        AccessSubject subject = default;
        foreach (AccessCondition condition in rule.Conditions)
        {
            if (exceptRecipients && condition.Subject == AccessSubject.Recipient)
            {
                continue;
            }

            if (condition.Find(facts) is not { } entry)
            {
                return null;
            }

            (last, subject) = (entry, condition.Subject);
            (action, text) = entry.Action is { } own ? (own, entry.Text) : (action, text);
        }

        string found = last is null ? "" : $"{Word(subject)} {last.Pattern}{(last.Place is null ? "" : $" ({last.Place})")}";
        return new AccessMatch(rule.Name, action, text, found, subject);
    }

    private static string Word(AccessSubject subject) => subject switch
    {
        AccessSubject.Client => "client",
        AccessSubject.Hello => "hello",
        AccessSubject.Sender => "sender",
        _ => "recipient",
    };
}

/// <summary>What access rules look at.</summary>
/// <param name="Client">The client's address; null where there is none.</param>
/// <param name="Hello">What it calls itself.</param>
/// <param name="Sender">The reverse path; null is the null sender.</param>
/// <param name="Recipient">The forward path; null as long as it is not known.</param>
internal readonly record struct AccessFacts(IPAddress? Client, string? Hello, EmailAddress? Sender, EmailAddress? Recipient = null)
{
    /// <summary>The value of a subject, for a reply.</summary>
    public string Show(AccessSubject subject) => subject switch
    {
        AccessSubject.Client => Client?.ToString() ?? "",
        AccessSubject.Hello => Hello ?? "",
        AccessSubject.Sender => Sender?.ToString() ?? "",
        _ => Recipient?.ToString() ?? "",
    };
}

/// <summary>What a rule says.</summary>
/// <param name="Rule">Its name.</param>
/// <param name="Action">What is to be done.</param>
/// <param name="Text">What the client is told; empty for words of the server's own.</param>
/// <param name="Found">The entry that decided, for the trace.</param>
/// <param name="Subject">What that entry is about.</param>
internal sealed record AccessMatch(string Rule, AccessAction Action, string Text, string Found, AccessSubject Subject)
{
    /// <summary>Who decided, as the log and the trace name it.</summary>
    public string Role => $"access {Rule}";
}
