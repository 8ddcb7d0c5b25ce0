using PluginMail.Abstractions;
using PluginMail.Milter.Protocol;
using PluginMail.Milter.Sessions;

namespace PluginMail.Milter.Messages;

/// <summary>Shows a message to one milter, as it stands after those before it, and gives its decision and its changes back.</summary>
internal sealed class MilterEditor(MilterCheck check, MilterPeer peer, ClientNames names) : IMessageEditor
{
    public async ValueTask<Verdict> EditAsync(IMessageView message, CancellationToken cancellationToken)
    {
        if (!peer.Server.Sees(message.Direction))
        {
            return Verdict.Pass;
        }

        if (message.Session.StateOf(check) is MilterSession session)
        {
            return await EditAsync(session, message, cancellationToken);
        }

        await using var alone = new MilterSession(peer, message.Session, names); // no client brings it
        return await EditAsync(alone, message, cancellationToken);
    }

    private async ValueTask<Verdict> EditAsync(MilterSession session, IMessageView message, CancellationToken cancellationToken)
    {
        var changes = new MessageChanges(message, peer.Server.MaximumBody, peer.Options.Origin);
        var reply = await session.MessageAsync(message, changes, cancellationToken);
        foreach (string what in changes.NotDone)
        {
            MilterLog.NotDone(peer.Log, peer.Server.Name, message.TransactionId, what);
        }

        var verdict = reply switch
        {
            MilterReply.Say say => MilterCheck.Saying(say.Reply),
            MilterReply.Discard => Verdict.Discard($"milter {peer.Server.Name}"),
            _ when session.Fault is { } fault => peer.Server.OnFault == FaultAction.Quarantine ? Verdict.Hold($"milter {peer.Server.Name}: {fault}") : Verdict.Pass,
            _ => Changed(changes),
        };
        if (verdict.Decision is not Decision.Pass)
        {
            MilterLog.Decided(peer.Log, peer.Server.Name, verdict.Decision.GetType().Name, message.TransactionId, Detail(verdict.Decision));
        }

        return verdict;
    }

    private Verdict Changed(MessageChanges changes)
    {
        var effects = changes.Effects;
        if (effects.Length > 0)
        {
            peer.Figures.Changes(peer.Server.Name, effects.Length);
        }

        return changes.Quarantine is { } reason ? new Verdict(new Decision.Hold($"milter {peer.Server.Name}: {reason}"), effects)
            : effects.IsEmpty ? Verdict.Pass
            : new Verdict(Decision.Pass.Instance, effects);
    }

    private static string Detail(Decision decision) => decision switch
    {
        Decision.Refuse refuse => refuse.Reply.ToString(),
        Decision.Defer defer => defer.Reply.ToString(),
        Decision.Hold hold => hold.Reason,
        _ => "",
    };
}
