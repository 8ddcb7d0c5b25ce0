using System.Collections.Immutable;
using PluginMail.Abstractions;

namespace PluginMail.NoOp;

/// <summary>Plays every role and does nothing in any: what a call of a plugin costs by itself.</summary>
public sealed class NoOpPlugin : IMailPlugin
{
    /// <inheritdoc/>
    public ValueTask<IReadOnlyCollection<IMailRole>> StartAsync(IPluginHost host, CancellationToken cancellationToken) =>
        new([new Nothing()]);

    /// <inheritdoc/>
    public bool CheckSettings(ISettings settings, string hostname) => true;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => default;
}

/// <summary>One object for all roles.</summary>
internal sealed class Nothing
    : ISessionCheck, IMessageCheck, IMessageEditor, IOutboundEditor, IAuthenticator, IDirectory, IMailboxObserver, IFilterVocabulary,
      IBackgroundService, ICommand
{
    public SessionStages Stages =>
        SessionStages.Connect | SessionStages.Greet | SessionStages.Authenticate | SessionStages.Sender | SessionStages.Recipient;

    public ImmutableArray<FilterTest> Tests { get; } =
        [new("noop", "Is true.", [], IsPure: true, static (_, _, _) => ValueTask.FromResult(true))];

    public ImmutableArray<FilterAction> Actions { get; } =
        [new("donothing", "Does nothing.", [], CancelsKeep: false, static (_, _, _) => ValueTask.FromResult(Verdict.Pass))];

    public string Name => "noop";

    public string Summary => "Does nothing.";

    public ValueTask<Verdict> CheckAsync(SessionCheckContext context, IAsyncDisposable? state, CancellationToken cancellationToken) =>
        new(Verdict.Pass);

    public ValueTask<Verdict> CheckAsync(IMessageView message, CancellationToken cancellationToken) => new(Verdict.Pass);

    public ValueTask<Verdict> EditAsync(IMessageView message, CancellationToken cancellationToken) => new(Verdict.Pass);

    public ValueTask<Verdict> EditOutboundAsync(IMessageView message, CancellationToken cancellationToken) => new(Verdict.Pass);

    public ValueTask<AuthenticationAnswer> AuthenticateAsync(
        EmailAddress login, string password, ISessionView session, CancellationToken cancellationToken) =>
        new(AuthenticationAnswer.Unknown);

    public ValueTask<ImmutableArray<EmailAddress>> LookUpAsync(EmailAddress address, CancellationToken cancellationToken) => new([]);

    public ValueTask ObserveAsync(MailboxChange change, CancellationToken cancellationToken) => default;

    public Task RunAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public ValueTask<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, CancellationToken cancellationToken) => new(0);
}
