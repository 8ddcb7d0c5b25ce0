using PluginMail.Abstractions;

namespace PluginMail.Plugins.Tests.Manual;

// sample: SessionState
internal sealed class RecipientCount(int most) : ISessionCheck
{
    public SessionStages Stages => SessionStages.Recipient;

    public IAsyncDisposable BeginSession(ISessionView session) => new Count();

    public ValueTask<Verdict> CheckAsync(SessionCheckContext context, IAsyncDisposable? state, CancellationToken cancellationToken) =>
        new(state is Count count && ++count.Recipients > most
            ? Verdict.Defer(new SmtpReply(452, new EnhancedStatusCode(4, 5, 3), "Too many recipients"))
            : Verdict.Pass);

    public sealed class Count : IAsyncDisposable
    {
        public int Recipients { get; set; }

        public ValueTask DisposeAsync() => default;
    }
}
// end sample

// sample: SessionStateInEditor
internal sealed class RecipientNote(RecipientCount check) : IMessageEditor
{
    public ValueTask<Verdict> EditAsync(IMessageView message, CancellationToken cancellationToken) =>
        new(message.Session.StateOf(check) is RecipientCount.Count { Recipients: > 10 }
            ? Verdict.Apply(new Effect.Tag("many-recipients"))
            : Verdict.Pass);
}
// end sample
