using PluginMail.Abstractions;

namespace PluginMail.Plugins.Tests.Manual;

// sample: SessionDetails
internal sealed class Harvesters(int most) : ISessionCheck
{
    public SessionStages Stages => SessionStages.Sender | SessionStages.RefusedRecipient | SessionStages.Data | SessionStages.UnknownCommand;

    public IAsyncDisposable BeginSession(ISessionView session) => new RecipientCount.Count();

    public ValueTask<Verdict> CheckAsync(SessionCheckContext context, IAsyncDisposable? state, CancellationToken cancellationToken) =>
        new(state is RecipientCount.Count refused ? Judge(context, refused) : Verdict.Pass);

    private Verdict Judge(SessionCheckContext context, RecipientCount.Count refused)
    {
        switch (context.Stage)
        {
            case SessionStages.Sender:
                refused.Recipients = 0;
                return context.SenderParameters.Any(parameter => parameter.Is("REQUIRETLS")) ? Verdict.Apply(new Effect.Tag("secret")) : Verdict.Pass;
            case SessionStages.RefusedRecipient:
                refused.Recipients += context.Refusal is { IsTransient: false } ? 1 : 0;
                return Verdict.Pass; // nobody asks what is thought of it
            case SessionStages.Data:
                return refused.Recipients > most ? Verdict.Refuse(SmtpReply.PolicyRefusal("Too many recipients that are not here")) : Verdict.Pass;
            default:
                return context.Command!.StartsWith("GET ", StringComparison.OrdinalIgnoreCase)
                    ? Verdict.Defer(new SmtpReply(421, new EnhancedStatusCode(4, 7, 0), "This is no web server"))
                    : Verdict.Pass;
        }
    }
}
// end sample
