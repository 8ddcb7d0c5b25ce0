using System.Collections.Immutable;
using PluginMail.Abstractions;
using PluginMail.Pipeline;

namespace PluginMail.Server;

/// <summary>Which of a script's hooks a trial did not come to.</summary>
internal static class TrialHooks
{
    private static readonly ImmutableArray<(SessionStages Stage, string Hook, string? Trace)> Session =
    [
        (SessionStages.Connect, nameof(MailScript.OnConnect), "connect"),
        (SessionStages.Greet, nameof(MailScript.OnGreet), "greet"),
        (SessionStages.Authenticate, nameof(MailScript.OnAuthenticate), "authenticate"),
        (SessionStages.Sender, nameof(MailScript.OnSender), "sender"),
        (SessionStages.Recipient, nameof(MailScript.OnRecipient), "recipient"),
        (SessionStages.Data, nameof(MailScript.OnData), "data"),
        (SessionStages.UnknownCommand, nameof(MailScript.OnUnknownCommand), null),
        (SessionStages.RefusedRecipient, nameof(MailScript.OnRefusedRecipient), null),
    ];

    /// <summary>Finds them.</summary>
    /// <param name="roles">What the script registered.</param>
    /// <param name="asked">The stages of the decision trace in which it was asked, each as often as it was.</param>
    /// <returns>The names of hooks, in the order of a session.</returns>
    public static ImmutableArray<string> NotAsked(RoleSet roles, ImmutableArray<string> asked)
    {
        // Editors stand in the trace as message checks do, behind them: all checks are asked before the first editor.
        SessionStages registered = roles.SessionChecks.Aggregate(SessionStages.None, (stages, check) => stages | check.Stages);
        (bool IsRegistered, string Hook, string? Trace)[] hooks =
        [
            .. Session.Select(hook => ((registered & hook.Stage) != 0, hook.Hook, hook.Trace)),
            (!roles.MessageChecks.IsEmpty, nameof(MailScript.OnMessage), "message"),
            (!roles.MessageEditors.IsEmpty, nameof(MailScript.OnEdit), asked.Count(stage => stage == "message") > roles.MessageChecks.Length ? "message" : null),
            (!roles.OutboundEditors.IsEmpty, nameof(MailScript.OnOutbound), "outbound"),
            (!roles.MailboxObservers.IsEmpty, nameof(MailScript.OnMailboxChange), null),
            (!roles.Authenticators.IsEmpty, nameof(IAuthenticator), null),
            (!roles.Directories.IsEmpty, nameof(IDirectory), null),
            (!roles.FilterVocabularies.IsEmpty, nameof(IFilterVocabulary), null),
        ];
        return [.. hooks.Where(hook => hook.IsRegistered && (hook.Trace is null || !asked.Contains(hook.Trace))).Select(hook => hook.Hook)];
    }
}
