using PluginMail.Abstractions;
using PluginMail.Pipeline;
using PluginMail.Testing.Plugins;

namespace PluginMail.Plugins.Tests.Support;

/// <summary>Asks one role of each kind and gives the answers as text.</summary>
internal static class EveryRole
{
    private static readonly EmailAddress Someone = new("a", "example.test");

    public static async Task<Dictionary<string, (string Value, string? Fault)>> AskAsync(RoleSet roles, CancellationToken token = default)
    {
        await using var session = roles.SessionChecks[0].Begin(new FakeSession());
        var stage = new SessionCheckContext(SessionStages.Recipient, new FakeSession(), recipient: Someone);
        var change = new MailboxChange(Someone, MailboxChangeKind.Moved, "Junk", "INBOX", 1, Content: null);
        return new()
        {
            ["session check"] = Text(await session.AskAsync(stage, token)),
            ["message check"] = Text(await roles.MessageChecks[0].AskAsync(FakeMessage.Plain, token)),
            ["message editor"] = Text(await roles.MessageEditors[0].AskAsync(FakeMessage.Plain, token)),
            ["outbound editor"] = Text(await roles.OutboundEditors[0].AskAsync(FakeMessage.Plain, token)),
            ["authenticator"] = Text(await roles.Authenticators[0].AskAsync(new LoginQuestion(Someone, "secret", new FakeSession()), token)),
            ["directory"] = Text(await roles.Directories[0].AskAsync(Someone, token)),
            ["mailbox observer"] = Text(await roles.MailboxObservers[0].AskAsync(change, token)),
        };
    }

    private static (string Value, string? Fault) Text<T>(RoleAnswer<T> answer) => (answer.Value switch
    {
        Verdict { Decision: Decision.Defer defer } => defer.Reply.ToString(),
        Verdict { Decision: Decision.Refuse refuse } => refuse.Reply.ToString(),
        Verdict verdict => verdict.Decision.GetType().Name,
        System.Collections.Immutable.ImmutableArray<EmailAddress> addresses => addresses.IsDefault ? "none" : $"{addresses.Length}",
        _ => $"{answer.Value}",
    }, answer.Fault);
}
