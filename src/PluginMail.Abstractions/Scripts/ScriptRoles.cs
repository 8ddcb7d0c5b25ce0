namespace PluginMail.Abstractions;

/// <summary>A script's hook for one stage of sessions.</summary>
internal sealed class ScriptSessionCheck(SessionStages stage, Func<SessionCheckContext, CancellationToken, ValueTask<Verdict>> hook) : ISessionCheck
{
    public ScriptSessionCheck(SessionStages stage, Func<SessionCheckContext, Verdict> hook)
        : this(stage, (context, _) => new(hook(context)))
    {
    }

    public SessionStages Stages => stage;

    public ValueTask<Verdict> CheckAsync(SessionCheckContext context, IAsyncDisposable? state, CancellationToken cancellationToken) =>
        hook(context, cancellationToken);
}

/// <summary>A script's hook that hears of refused recipients.</summary>
internal sealed class ScriptRefusalObserver(Func<SessionCheckContext, CancellationToken, ValueTask> hook) : ISessionCheck
{
    public SessionStages Stages => SessionStages.RefusedRecipient;

    public async ValueTask<Verdict> CheckAsync(SessionCheckContext context, IAsyncDisposable? state, CancellationToken cancellationToken)
    {
        await hook(context, cancellationToken);
        return Verdict.Pass;
    }
}

/// <summary>A script's hook that judges messages.</summary>
internal sealed class ScriptMessageCheck(Func<IMessageView, CancellationToken, ValueTask<Verdict>> hook) : IMessageCheck
{
    public ScriptMessageCheck(Func<IMessageView, Verdict> hook)
        : this((message, _) => new(hook(message)))
    {
    }

    public ValueTask<Verdict> CheckAsync(IMessageView message, CancellationToken cancellationToken) => hook(message, cancellationToken);
}

/// <summary>A script's hook that changes messages.</summary>
internal sealed class ScriptMessageEditor(Func<IMessageView, CancellationToken, ValueTask<Verdict>> hook) : IMessageEditor
{
    public ScriptMessageEditor(Func<IMessageView, Verdict> hook)
        : this((message, _) => new(hook(message)))
    {
    }

    public ValueTask<Verdict> EditAsync(IMessageView message, CancellationToken cancellationToken) => hook(message, cancellationToken);
}

/// <summary>A script's hook that changes what leaves the server.</summary>
internal sealed class ScriptOutboundEditor(Func<IMessageView, CancellationToken, ValueTask<Verdict>> hook) : IOutboundEditor
{
    public ScriptOutboundEditor(Func<IMessageView, Verdict> hook)
        : this((message, _) => new(hook(message)))
    {
    }

    public ValueTask<Verdict> EditOutboundAsync(IMessageView message, CancellationToken cancellationToken) => hook(message, cancellationToken);
}

/// <summary>A script's hook that is told of changes in mailboxes.</summary>
internal sealed class ScriptMailboxObserver(Func<MailboxChange, CancellationToken, ValueTask> hook) : IMailboxObserver
{
    public ValueTask ObserveAsync(MailboxChange change, CancellationToken cancellationToken) => hook(change, cancellationToken);
}
