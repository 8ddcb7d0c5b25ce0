using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;

namespace PluginMail.Probe;

/// <summary>A type that must not get into a log.</summary>
internal enum ProbeKind
{
    Slight,
    Grave,
}

/// <summary>Makes roles that all do the same.</summary>
internal sealed class ProbeRoles(IPluginHost host, string act, string version)
{
    private static readonly AsyncLocal<object?> Ambient = new();
    private int _calls;
    private SessionCheck? _check;

    public IMailRole Make(string role) => role switch
    {
        "session_check" => _check = new SessionCheck(this),
        "message_check" => new MessageCheck(this),
        "message_editor" => new MessageEditor(this),
        "outbound_editor" => new OutboundEditor(this),
        "authenticator" => new Authenticator(this),
        "directory" => new Directory(this),
        "mailbox_observer" => new Observer(this),
        "vocabulary" => new Vocabulary(this),
        "background" => new Background(this),
        "command" => new Command(this),
        _ => throw new ArgumentException(role),
    };

    private IPluginHost Host => host;

    private string Act => act;

    private string Version => version;

    private Verdict Tagged => Verdict.Apply(new Effect.Tag($"v{version}"));

    /// <summary>Tells the version and the number of this call of the session; nothing where the session is not remembered.</summary>
    private Verdict Counted(IAsyncDisposable? state) => state is State counter
        ? Verdict.Apply(new Effect.Tag($"v{version} call {(++counter.Calls).ToString(CultureInfo.InvariantCulture)}"))
        : Tagged;

    private async ValueTask<T> ActAsync<T>(T good, T nonsense, CancellationToken cancellationToken)
    {
        int call = Interlocked.Increment(ref _calls);
        switch (act.Replace("each-", "", StringComparison.Ordinal))
        {
            case "throw-first" when call > 3:
                break;
            case "throw-first":
            case "throw":
                throw new ProbeException("call failed");
            case "unspeakable":
                throw new ProbeException("unspeakable");
            case "cancel":
                throw new OperationCanceledException();
            case "hang":
                await Task.Delay(Timeout.Infinite, CancellationToken.None);
                break;
            case "wait":
                await Task.Delay(Timeout.Infinite, cancellationToken);
                break;
            case "block":
                new ManualResetEventSlim().Wait(CancellationToken.None);
                break;
            case "stall" when call == 10:
                await Task.CompletedTask;
                new ManualResetEventSlim().Wait(1_500, CancellationToken.None);
                break;
            case "block-later" when call > 9:
                await host.State.AddAsync("blocked", 1, TimeSpan.MaxValue, CancellationToken.None);
                new ManualResetEventSlim().Wait(CancellationToken.None);
                break;
            case "thread":
                await Task.Delay(1, cancellationToken);
                throw new ProbeException($"on {Thread.CurrentThread.Name}");
            case "async-void":
                ThrowLater();
                break;
            case "nonsense":
                return nonsense;
            case "yield":
                await Task.Yield();
                break;
            case "slow":
                await Task.Delay(20, cancellationToken);
                break;
            case "log":
                var log = host.CreateLogger("probe");
                using (log.BeginScope(new { Owner = this }))
                {
                    log.LogError(new ProbeException("call failed"), "trouble of {Kind} with {Owner} {Number}", ProbeKind.Grave, this, 5);
                }

                break;
            case "ambient":
                Ambient.Value = this;
                break;
        }

        return good;
    }

    private static async void ThrowLater()
    {
        await Task.Yield();
        throw new ProbeException("call failed");
    }

    private sealed class SessionCheck(ProbeRoles owner) : ISessionCheck
    {
        public SessionStages Stages => owner.Act.StartsWith("each-", StringComparison.Ordinal)
            ? SessionStages.Connect | SessionStages.Greet | SessionStages.Authenticate | SessionStages.Sender | SessionStages.Recipient
                | SessionStages.Data | SessionStages.UnknownCommand | SessionStages.RefusedRecipient
            : SessionStages.Connect | SessionStages.Recipient;

        public IAsyncDisposable? BeginSession(ISessionView session)
        {
            switch (owner.Act)
            {
                case "begin-throw":
                    throw new ProbeException("call failed");
                case "begin-block":
                    new ManualResetEventSlim().Wait(CancellationToken.None);
                    break;
            }

            return owner.Act == "stateless" ? null : new State(owner);
        }

        public async ValueTask<Verdict> CheckAsync(SessionCheckContext context, IAsyncDisposable? state, CancellationToken cancellationToken)
        {
            return owner.Act == "count" ? owner.Counted(state) : await owner.ActAsync(owner.Tagged, null!, cancellationToken);
        }
    }

    private sealed class State(ProbeRoles owner) : IAsyncDisposable
    {
        public int Calls { get; set; }

        public async ValueTask DisposeAsync()
        {
            await owner.Host.State.AddAsync("ended", 1, TimeSpan.MaxValue, CancellationToken.None);
            switch (owner.Act)
            {
                case "end-throw":
                    throw new ProbeException("call failed");
                case "end-hang":
                    await Task.Delay(Timeout.Infinite, CancellationToken.None);
                    break;
                case "end-block":
                    new ManualResetEventSlim().Wait(CancellationToken.None);
                    break;
            }
        }
    }

    private sealed class MessageCheck(ProbeRoles owner) : IMessageCheck
    {
        public ValueTask<Verdict> CheckAsync(IMessageView message, CancellationToken cancellationToken) =>
            owner is { Act: "count", _check: { } check } ? new(owner.Counted(message.Session.StateOf(check))) : owner.Act == "pass" ? new(owner.Tagged) : owner.ActAsync(owner.Tagged, null!, cancellationToken);
    }

    private sealed class MessageEditor(ProbeRoles owner) : IMessageEditor
    {
        public ValueTask<Verdict> EditAsync(IMessageView message, CancellationToken cancellationToken) =>
            owner is { Act: "count", _check: { } check } ? new(owner.Counted(message.Session.StateOf(check))) : owner.ActAsync(
            owner.Tagged, new Verdict(new Decision.Refuse(new SmtpReply(250, null, "fine")), []), cancellationToken);
    }

    private sealed class OutboundEditor(ProbeRoles owner) : IOutboundEditor
    {
        public ValueTask<Verdict> EditOutboundAsync(IMessageView message, CancellationToken cancellationToken) =>
            owner.ActAsync(owner.Tagged, new Verdict(null!, default), cancellationToken);
    }

    private sealed class Authenticator(ProbeRoles owner) : IAuthenticator
    {
        public ValueTask<AuthenticationAnswer> AuthenticateAsync(
            EmailAddress login, string password, ISessionView session, CancellationToken cancellationToken) =>
            owner.ActAsync(AuthenticationAnswer.Accepted, (AuthenticationAnswer)77, cancellationToken);
    }

    private sealed class Directory(ProbeRoles owner) : IDirectory
    {
        public ValueTask<ImmutableArray<EmailAddress>> LookUpAsync(EmailAddress address, CancellationToken cancellationToken) =>
            owner.ActAsync<ImmutableArray<EmailAddress>>([address], default, cancellationToken);
    }

    private sealed class Observer(ProbeRoles owner) : IMailboxObserver
    {
        public async ValueTask ObserveAsync(MailboxChange change, CancellationToken cancellationToken) =>
            await owner.ActAsync(true, true, cancellationToken);
    }

    private sealed class Vocabulary(ProbeRoles owner) : IFilterVocabulary
    {
        public ImmutableArray<FilterTest> Tests =>
            [new(Word("probed"), "A test.", owner.Act == "bad-parameters" ? default : [], IsPure: false, (_, _, token) => owner.ActAsync(true, true, token))];

        public ImmutableArray<FilterAction> Actions =>
            [new("probe", "An action.", [], CancelsKeep: false, (_, _, token) => owner.ActAsync(owner.Tagged, null!, token))];

        private string Word(string name) => owner.Act switch
        {
            "bad-name" => "not a word",
            "no-name" => null!,
            _ => name,
        };
    }

    private sealed class Background(ProbeRoles owner) : IBackgroundService
    {
        public Task RunAsync(CancellationToken cancellationToken) => owner.Act == "null-task" ? NullAsync() : WorkAsync(cancellationToken);

        private Task NullAsync()
        {
            _ = owner.Host.State.AddAsync("runs", 1, TimeSpan.MaxValue, CancellationToken.None).AsTask();
            return Unsafe.As<Task>((object?)null)!;
        }

        private async Task WorkAsync(CancellationToken cancellationToken)
        {
            await owner.Host.State.AddAsync("runs", 1, TimeSpan.MaxValue, cancellationToken);
            await owner.ActAsync(true, true, cancellationToken);
            try
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }
            finally
            {
                await owner.Host.State.AddAsync("stops", 1, TimeSpan.MaxValue, CancellationToken.None);
            }
        }
    }

    private sealed class Command(ProbeRoles owner) : ICommand
    {
        public string Name => owner.Act switch
        {
            "bad-name" => "not a name",
            "no-name" => null!,
            _ => "probe",
        };

        public string Summary => "Says its version.";

        public async ValueTask<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, CancellationToken cancellationToken)
        {
            if (arguments is ["first", ..])
            {
                await output.WriteLineAsync("before".AsMemory(), cancellationToken);
            }

            int status = await owner.ActAsync(0, 256, cancellationToken);
            await output.WriteAsync($"v{owner.Version} {string.Join(',', arguments)}".AsMemory(), cancellationToken);
            return status;
        }
    }
}
