using PluginMail.Abstractions;

namespace PluginMail.Plugins.Tests.Manual;

// sample: State
internal sealed class FirstContact(IPluginHost host) : ISessionCheck
{
    public SessionStages Stages => SessionStages.Sender;

    public async ValueTask<Verdict> CheckAsync(
        SessionCheckContext context, IAsyncDisposable? state, CancellationToken cancellationToken)
    {
        string key = $"seen/{context.Sender?.Domain.ToLowerInvariant()}";
        long times = await host.State.AddAsync(key, 1, TimeSpan.FromDays(30), cancellationToken);
        return times == 1 ? Verdict.Apply(new Effect.Tag("first-contact")) : Verdict.Pass;
    }
}
// end sample
