using System.Collections.Immutable;
using PluginMail.Abstractions;

namespace PluginMail.Pipeline.Tests;

/// <summary>A check or editor that says what a test wants.</summary>
internal sealed class FakeRole(string plugin, Func<IMessageView, CancellationToken, ValueTask<Verdict>> answer) : Role<IMessageView, Verdict>(plugin)
{
    public FakeRole(string plugin, Verdict verdict)
        : this(plugin, (_, _) => new(verdict))
    {
    }

    public int Calls { get; private set; }

    public IMessageView? Seen { get; private set; }

    public override async ValueTask<RoleAnswer<Verdict>> AskAsync(IMessageView input, CancellationToken cancellationToken)
    {
        Calls++;
        Seen = input;
        return new RoleAnswer<Verdict>(await answer(input, cancellationToken), null);
    }
}

/// <summary>A session check that says what a test wants.</summary>
internal sealed class FakeSessionRole(string plugin, SessionStages stages, Func<SessionCheckContext, Verdict> answer) : SessionRole(plugin)
{
    public List<SessionStages> Asked { get; } = [];

    public int Leases { get; private set; }

    public override SessionStages Stages => Newest ?? stages;

    /// <summary>What the version wants that serves by now; null where there was none but the first.</summary>
    public SessionStages? Newest { get; set; }

    public override SessionRoleLease Begin(ISessionView session)
    {
        Leases++;
        return new Lease(this, Stages, answer);
    }

    private sealed class Lease(FakeSessionRole role, SessionStages stages, Func<SessionCheckContext, Verdict> answer) : SessionRoleLease(role)
    {
        public override SessionStages Stages => stages;

        public override ValueTask<RoleAnswer<Verdict>> AskAsync(SessionCheckContext context, CancellationToken cancellationToken)
        {
            role.Asked.Add(context.Stage);
            return new(new RoleAnswer<Verdict>(answer(context), null));
        }

        public override ValueTask DisposeAsync()
        {
            role.Leases--;
            return ValueTask.CompletedTask;
        }
    }
}

/// <summary>Knows what a test says it knows.</summary>
internal sealed class FakeRouter : IRecipientRouter
{
    public Dictionary<EmailAddress, int> Limits { get; } = [];

    public ValueTask<int> RecipientsPerHourAsync(EmailAddress account, CancellationToken cancellationToken) => new(Limits.GetValueOrDefault(account));

    public Dictionary<string, RecipientKind> Kinds { get; } = [];

    public ValueTask<RecipientKind> ClassifyAsync(EmailAddress recipient, CancellationToken cancellationToken) =>
        new(Kinds.TryGetValue(recipient.ToString(), out RecipientKind kind) ? kind
            : recipient.Domain == "example.test" ? RecipientKind.Local : RecipientKind.Remote);

    public ValueTask<RecipientKind> ClassifyAsync(EmailAddress recipient, MailOrigin origin, CancellationToken cancellationToken) =>
        ClassifyAsync(recipient, cancellationToken);

    public ValueTask<bool> OwnsAsync(EmailAddress account, EmailAddress sender, CancellationToken cancellationToken) => new(account.Equals(sender));
}

/// <summary>Takes what is delivered, and fails what a test says.</summary>
internal sealed class FakeDelivery : IDelivery
{
    public List<(DeliveryRequest Request, string Text)> Taken { get; } = [];

    public Dictionary<string, SmtpReply> Failures { get; } = [];

    public Exception? Fault { get; set; }

    public ValueTask<DeliveryOutcome> DeliverAsync(DeliveryRequest request, CancellationToken cancellationToken)
    {
        if (Fault is not null)
        {
            throw Fault;
        }

        Taken.Add((request, PipelineBench.Text(request.Message.Content)));
        ImmutableArray<SmtpReply?> replies = [.. request.Envelope.Recipients.Select(to => Failures.GetValueOrDefault(to.ToString()))];
        return new(new DeliveryOutcome(IsDuplicate: false, replies));
    }
}

/// <summary>Keeps traces in memory.</summary>
internal sealed class KeptTraces : ITraceLog
{
    public List<DecisionTrace> All { get; } = [];

    public void Append(DecisionTrace trace) => All.Add(trace);

    public ValueTask<IReadOnlyList<string>> FindAsync(string transactionId, CancellationToken cancellationToken) => new([]);
}
