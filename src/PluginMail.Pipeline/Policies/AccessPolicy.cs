using System.Net;
using PluginMail.Abstractions;

namespace PluginMail.Pipeline;

/// <summary>The built-in policy on who is always accepted and who is always refused. Who is on both lists is accepted.</summary>
internal static class AccessPolicy
{
    /// <summary>What an accepted sender is spared: the checks of where mail comes from. What is in the mail is checked all the same.</summary>
    private static readonly Verdict Spared = new(
        Decision.Pass.Instance,
        [new Effect.Bypass("greylist"), new Effect.Bypass("dnsbl"), new Effect.Bypass("reversedns")]);

    /// <summary>Applies the lists to a transaction that begins.</summary>
    /// <returns>What speaks against it, or null.</returns>
    public static SmtpReply? Check(PipelineOptions options, IPAddress? client, EmailAddress? sender, Judgement judgement, DecisionTrace trace)
    {
        if (Find(options.AlwaysAccept, client, sender) is { } accepted)
        {
            judgement.Add("policy", Spared);
            trace.Add(new TraceEntry("sender", "policy", "accept", $"always accepted: {accepted}"));
            return null;
        }

        return Find(options.AlwaysRefuse, client, sender) is { } refused
            ? new SmtpReply(550, new EnhancedStatusCode(5, 7, 1), $"<{sender}>: refused by this server's administrator ({refused})")
            : null;
    }

    private static string? Find(AccessList list, IPAddress? client, EmailAddress? sender) =>
        list.IsEmpty ? null : list.Find(client) ?? list.Find(sender);
}
