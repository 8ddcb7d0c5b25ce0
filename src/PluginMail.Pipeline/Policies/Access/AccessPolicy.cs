using System.Net;
using PluginMail.Abstractions;

namespace PluginMail.Pipeline;

/// <summary>
/// The built-in policy on who is let in: the access table, whose first match decides, then who is always accepted and who is always refused. Who
/// is on both lists is accepted.
/// </summary>
internal static class AccessPolicy
{
    private static readonly string[] SparedPlugins = ["greylist", "dnsbl", "reversedns"];

    /// <summary>What an accepted sender is spared: the checks of where mail comes from. What is in the mail is checked all the same.</summary>
    private static readonly Verdict Spared = new(Decision.Pass.Instance, [.. SparedPlugins.Select(plugin => new Effect.Bypass(plugin))]);

    /// <summary>Whether permitted mail passes a plugin over.</summary>
    public static bool Spares(string plugin) => SparedPlugins.Contains(plugin, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a rule for a recipient takes the place of an objection of before: of another rule's always, of a plugin's where it permits.</summary>
    public static bool Lifts(Objection objection, AccessMatch rule) =>
        objection.IsOfAccess || (rule.Action == AccessAction.Permit && Spares(objection.Role));

    /// <summary>Applies the table and the lists to a transaction that begins.</summary>
    /// <param name="options">Settings.</param>
    /// <param name="facts">What is known.</param>
    /// <param name="open">The transaction; takes what holds for all its recipients.</param>
    /// <returns>What speaks against it, or null.</returns>
    public static Objection? Begin(PipelineOptions options, in AccessFacts facts, OpenTransaction open)
    {
        AccessMatch? match = options.Access.Find(facts, out bool dependsOnRecipient);
        open.AsksAccessForEach = dependsOnRecipient;
        return match is null ? CheckLists(options, facts, open) : Apply(match, facts, open);
    }

    /// <summary>Applies the table to one recipient, where it depends on recipients.</summary>
    /// <returns>What it says of the recipient; null where no rule matches.</returns>
    public static AccessMatch? Find(PipelineOptions options, in AccessFacts facts, OpenTransaction open)
    {
        AccessMatch? match = open.AsksAccessForEach ? options.Access.Find(facts, out _) : null;
        if (match is not null && match.Action is not (AccessAction.Refuse or AccessAction.Defer))
        {
            open.Trace.Add(new TraceEntry("recipient", match.Role, Word(match.Action), match.Found, facts.Recipient?.ToString()));
        }

        return match;
    }

    /// <summary>The refusal or deferral of a rule; null where it says something else.</summary>
    public static Objection? ObjectionOf(AccessMatch match, in AccessFacts facts)
    {
        string otherwise = $"<{facts.Show(match.Subject)}>: refused by this server's administrator";
        Decision? decision = match.Action switch
        {
            AccessAction.Refuse => new Decision.Refuse(PolicyReply.Refusal(match.Text, otherwise)),
            AccessAction.Defer => new Decision.Defer(PolicyReply.Deferral(match.Text, otherwise)),
            _ => null,
        };
        return decision is null ? null : new Objection(decision, match.Role) { IsOfAccess = true, Rule = match.Found };
    }

    /// <summary>The decision of a rule on the whole message; a pass where it says something else.</summary>
    public static Verdict VerdictOf(AccessMatch match) => match.Action switch
    {
        AccessAction.Hold => Verdict.Hold(Reason(match)),
        AccessAction.Discard => Verdict.Discard(Reason(match)),
        AccessAction.Permit => Spared,
        _ => Verdict.Pass,
    };

    private static string Reason(AccessMatch match) => match.Text.Length > 0 ? match.Text : $"access rule {match.Rule}: {match.Found}";

    private static Objection? Apply(AccessMatch match, in AccessFacts facts, OpenTransaction open)
    {
        if (ObjectionOf(match, facts) is { } objection)
        {
            return objection;
        }

        open.Judgement.Add(match.Role, VerdictOf(match));
        open.Trace.Add(new TraceEntry("sender", match.Role, Word(match.Action), match.Found));
        return null;
    }

    private static Objection? CheckLists(PipelineOptions options, in AccessFacts facts, OpenTransaction open)
    {
        if (Find(options.AlwaysAccept, facts.Client, facts.Sender) is { } accepted)
        {
            open.Judgement.Add("policy", Spared);
            open.Trace.Add(new TraceEntry("sender", "policy", "accept", $"always accepted: {accepted}"));
            return null;
        }

        if (Find(options.AlwaysRefuse, facts.Client, facts.Sender) is not { } refused)
        {
            return null;
        }

        var reply = new SmtpReply(550, new EnhancedStatusCode(5, 7, 1), $"<{facts.Sender}>: refused by this server's administrator ({refused})");
        return Objection.OfPolicy(reply) with { IsOfAccess = true };
    }

    private static string? Find(AccessList list, IPAddress? client, EmailAddress? sender) =>
        list.IsEmpty ? null : list.Find(client) ?? list.Find(sender);

    private static string Word(AccessAction action) => action switch
    {
        AccessAction.Permit => "permit",
        AccessAction.Hold => "hold",
        AccessAction.Discard => "discard",
        AccessAction.Refuse => "refuse",
        AccessAction.Defer => "defer",
        _ => "pass",
    };
}
