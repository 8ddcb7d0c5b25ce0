using PluginMail.Abstractions;
using PluginMail.Milter.Protocol;

namespace PluginMail.Milter.Sessions;

/// <summary>Tells one milter of a session's steps and gives its answers back.</summary>
internal sealed class MilterCheck(MilterPeer peer, ClientNames names) : ISessionCheck
{
    public SessionStages Stages => SessionStages.Connect | SessionStages.Greet | SessionStages.Sender | SessionStages.Recipient
        | SessionStages.Data | SessionStages.UnknownCommand | SessionStages.RefusedRecipient;

    public IAsyncDisposable BeginSession(ISessionView session) => new MilterSession(peer, session, names);

    public async ValueTask<Verdict> CheckAsync(SessionCheckContext context, IAsyncDisposable? state, CancellationToken cancellationToken)
    {
        if (state is not MilterSession milter || !Concerns(context))
        {
            return Verdict.Pass;
        }

        var reply = context switch
        {
            { Stage: SessionStages.Connect } => await milter.ConnectAsync(cancellationToken),
            { Stage: SessionStages.Greet } => await milter.GreetAsync(cancellationToken),
            { Stage: SessionStages.Sender } => await milter.SenderAsync(context, cancellationToken),
            { Stage: SessionStages.Recipient } => await milter.RecipientAsync(context, cancellationToken),
            { Stage: SessionStages.Data } => await milter.DataAsync(context, cancellationToken),
            { Stage: SessionStages.RefusedRecipient } => await milter.RefusedAsync(context, cancellationToken),
            { Command: { } command } => await milter.UnknownAsync(command, cancellationToken),
            _ => MilterReply.Continue.Instance,
        };
        return reply is MilterReply.Say say ? Saying(say.Reply) : Verdict.Pass; // what is discarded or held is so when the message has come
    }

    /// <summary>The verdict of a reply of 4yz or 5yz.</summary>
    public static Verdict Saying(SmtpReply reply) => reply.IsTransient ? Verdict.Defer(reply) : Verdict.Refuse(reply);

    // Which way mail goes is only known after AUTH; on a submission port that is sure to come.
    private bool Concerns(SessionCheckContext context) =>
        context.Session is { Protocol: "submission", Authenticated: null } ? peer.Server.Sees(Direction.Outgoing) : peer.Server.Sees(context.Session.Direction);
}
