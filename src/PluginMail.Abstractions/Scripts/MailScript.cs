using Microsoft.Extensions.Logging;

namespace PluginMail.Abstractions;

/// <summary>
/// What a C# script (<c>*.csx</c>) sees as its own: all members of this class are there by their bare names. The script runs once, from top to
/// bottom, when its version starts, and says there which hooks it has; the hooks are called for mail.
/// </summary>
/// <remarks>
/// A hook answers with a <see cref="Verdict"/>, or with a single <see cref="Effect"/>, which stands for a pass with that effect. Hooks are called
/// from many sessions at once. The members are in two files: this one has what a script registers, the other what its hooks answer.
/// </remarks>
public sealed partial class MailScript
{
    private readonly List<IMailRole> _roles = [];
    private readonly List<Func<ValueTask>> _stops = [];
    private bool _isComplete;

    /// <summary>Makes what one version of a script sees.</summary>
    /// <param name="host">What the server offers to it.</param>
    public MailScript(IPluginHost host)
    {
        Host = host;
        Log = host.CreateLogger("");
    }

    /// <summary>All that the server offers.</summary>
    public IPluginHost Host { get; }

    /// <summary>The script's own table, <c>[scripts.NAME]</c>; to be read while the script starts.</summary>
    public ISettings Settings => Host.Settings;

    /// <summary>State that outlives this version and this process, shared by all servers on one store.</summary>
    public IStateStore State => Host.State;

    /// <summary>Looks names up.</summary>
    public IDnsResolver Dns => Host.Dns;

    /// <summary>The clock.</summary>
    public TimeProvider Clock => Host.Clock;

    /// <summary>The log; its lines stand under <c>plugins.NAME</c>.</summary>
    public ILogger Log { get; }

    /// <summary>Is asked when a client connects.</summary>
    /// <param name="hook">The answer; Refuse and Defer are said at RCPT.</param>
    public void OnConnect(Func<SessionCheckContext, Verdict> hook) => Add(new ScriptSessionCheck(SessionStages.Connect, hook));

    /// <summary>Is asked when a client connects.</summary>
    /// <param name="hook">The answer; Refuse and Defer are said at RCPT.</param>
    public void OnConnect(Func<SessionCheckContext, CancellationToken, ValueTask<Verdict>> hook) =>
        Add(new ScriptSessionCheck(SessionStages.Connect, hook));

    /// <summary>Is asked when a client greets (HELO, EHLO, LHLO).</summary>
    /// <param name="hook">The answer; Refuse and Defer are said at RCPT.</param>
    public void OnGreet(Func<SessionCheckContext, Verdict> hook) => Add(new ScriptSessionCheck(SessionStages.Greet, hook));

    /// <summary>Is asked when a client greets (HELO, EHLO, LHLO).</summary>
    /// <param name="hook">The answer; Refuse and Defer are said at RCPT.</param>
    public void OnGreet(Func<SessionCheckContext, CancellationToken, ValueTask<Verdict>> hook) =>
        Add(new ScriptSessionCheck(SessionStages.Greet, hook));

    /// <summary>Is asked when a client has authenticated.</summary>
    /// <param name="hook">The answer.</param>
    public void OnAuthenticate(Func<SessionCheckContext, Verdict> hook) => Add(new ScriptSessionCheck(SessionStages.Authenticate, hook));

    /// <summary>Is asked when a client has authenticated.</summary>
    /// <param name="hook">The answer.</param>
    public void OnAuthenticate(Func<SessionCheckContext, CancellationToken, ValueTask<Verdict>> hook) =>
        Add(new ScriptSessionCheck(SessionStages.Authenticate, hook));

    /// <summary>Is asked at MAIL FROM.</summary>
    /// <param name="hook">The answer; Refuse and Defer are said at RCPT.</param>
    public void OnSender(Func<SessionCheckContext, Verdict> hook) => Add(new ScriptSessionCheck(SessionStages.Sender, hook));

    /// <summary>Is asked at MAIL FROM.</summary>
    /// <param name="hook">The answer; Refuse and Defer are said at RCPT.</param>
    public void OnSender(Func<SessionCheckContext, CancellationToken, ValueTask<Verdict>> hook) =>
        Add(new ScriptSessionCheck(SessionStages.Sender, hook));

    /// <summary>Is asked at each RCPT TO.</summary>
    /// <param name="hook">The answer, about this recipient.</param>
    public void OnRecipient(Func<SessionCheckContext, Verdict> hook) => Add(new ScriptSessionCheck(SessionStages.Recipient, hook));

    /// <summary>Is asked at each RCPT TO.</summary>
    /// <param name="hook">The answer, about this recipient.</param>
    public void OnRecipient(Func<SessionCheckContext, CancellationToken, ValueTask<Verdict>> hook) =>
        Add(new ScriptSessionCheck(SessionStages.Recipient, hook));

    /// <summary>Is asked when a client is about to send the message (DATA, or the first BDAT).</summary>
    /// <param name="hook">The answer, about the whole transaction.</param>
    public void OnData(Func<SessionCheckContext, Verdict> hook) => Add(new ScriptSessionCheck(SessionStages.Data, hook));

    /// <summary>Is asked when a client is about to send the message (DATA, or the first BDAT).</summary>
    /// <param name="hook">The answer, about the whole transaction.</param>
    public void OnData(Func<SessionCheckContext, CancellationToken, ValueTask<Verdict>> hook) => Add(new ScriptSessionCheck(SessionStages.Data, hook));

    /// <summary>Is asked about a command that this server does not know.</summary>
    /// <param name="hook">The answer; Refuse and Defer are said in place of 500.</param>
    public void OnUnknownCommand(Func<SessionCheckContext, Verdict> hook) => Add(new ScriptSessionCheck(SessionStages.UnknownCommand, hook));

    /// <summary>Is asked about a command that this server does not know.</summary>
    /// <param name="hook">The answer; Refuse and Defer are said in place of 500.</param>
    public void OnUnknownCommand(Func<SessionCheckContext, CancellationToken, ValueTask<Verdict>> hook) =>
        Add(new ScriptSessionCheck(SessionStages.UnknownCommand, hook));

    /// <summary>Is told of each recipient that somebody else refused.</summary>
    /// <param name="hook">Takes note of it.</param>
    public void OnRefusedRecipient(Func<SessionCheckContext, CancellationToken, ValueTask> hook) => Add(new ScriptRefusalObserver(hook));

    /// <summary>Judges each message, side by side with other checks.</summary>
    /// <param name="hook">The answer.</param>
    public void OnMessage(Func<IMessageView, Verdict> hook) => Add(new ScriptMessageCheck(hook));

    /// <summary>Judges each message, side by side with other checks.</summary>
    /// <param name="hook">The answer.</param>
    public void OnMessage(Func<IMessageView, CancellationToken, ValueTask<Verdict>> hook) => Add(new ScriptMessageCheck(hook));

    /// <summary>Changes messages, after all checks, seeing what earlier editors changed.</summary>
    /// <param name="hook">The answer.</param>
    public void OnEdit(Func<IMessageView, Verdict> hook) => Add(new ScriptMessageEditor(hook));

    /// <summary>Changes messages, after all checks, seeing what earlier editors changed.</summary>
    /// <param name="hook">The answer.</param>
    public void OnEdit(Func<IMessageView, CancellationToken, ValueTask<Verdict>> hook) => Add(new ScriptMessageEditor(hook));

    /// <summary>Changes what leaves this server, before it is signed. When it is asked: see <see cref="IOutboundEditor"/>.</summary>
    /// <param name="hook">The answer.</param>
    public void OnOutbound(Func<IMessageView, Verdict> hook) => Add(new ScriptOutboundEditor(hook));

    /// <summary>Changes what leaves this server, before it is signed. When it is asked: see <see cref="IOutboundEditor"/>.</summary>
    /// <param name="hook">The answer.</param>
    public void OnOutbound(Func<IMessageView, CancellationToken, ValueTask<Verdict>> hook) => Add(new ScriptOutboundEditor(hook));

    /// <summary>Is told of what owners did in their mailboxes.</summary>
    /// <param name="hook">Takes note of a change.</param>
    public void OnMailboxChange(Func<MailboxChange, CancellationToken, ValueTask> hook) => Add(new ScriptMailboxObserver(hook));

    /// <summary>Registers a role of any kind: an object of a class that the script declares.</summary>
    /// <param name="role">The role.</param>
    public void Register(IMailRole role) => Add(role);

    /// <summary>Runs work again and again while this version lives.</summary>
    /// <param name="period">Between the end of one run and the start of the next.</param>
    /// <param name="work">The work.</param>
    public void Every(TimeSpan period, Func<CancellationToken, ValueTask> work) => Host.Schedule(period, work);

    /// <summary>Is called when this version has retired, to give back what it holds.</summary>
    /// <param name="stop">Disposes of it.</param>
    public void OnStop(Func<ValueTask> stop) => _stops.Add(stop);

    /// <summary>Ends the start: no more hooks are taken.</summary>
    /// <returns>What was registered.</returns>
    internal IReadOnlyCollection<IMailRole> Complete()
    {
        _isComplete = true;
        return _roles;
    }

    /// <summary>Gives back what the script holds.</summary>
    internal async ValueTask StopAsync()
    {
        foreach (var stop in _stops)
        {
            await stop();
        }
    }

    private void Add(IMailRole role)
    {
        if (_isComplete)
        {
            throw new InvalidOperationException("hooks are registered while the script starts, not later");
        }

        _roles.Add(role);
    }
}
