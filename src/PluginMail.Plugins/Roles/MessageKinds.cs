using PluginMail.Abstractions;
using PluginMail.Pipeline;

namespace PluginMail.Plugins.Roles;

/// <summary>The kinds that are given a message.</summary>
internal abstract class MessageKind<TRole> : VerdictKind<TRole, IMessageView>
    where TRole : class
{
    public sealed override ISessionView SessionOf(IMessageView input) => input.Session;

    public sealed override void Abandoned(IMessageView input) => (input as IOutlivedView)?.Outlive();
}

internal sealed class MessageCheckKind : MessageKind<IMessageCheck>
{
    public static readonly MessageCheckKind Instance = new();

    public override string Name => "message check";

    public override ValueTask<Verdict> Call(IMessageCheck role, IMessageView input, CancellationToken cancellationToken) =>
        role.CheckAsync(input, cancellationToken);
}

internal sealed class MessageEditorKind : MessageKind<IMessageEditor>
{
    public static readonly MessageEditorKind Instance = new();

    public override string Name => "message editor";

    public override ValueTask<Verdict> Call(IMessageEditor role, IMessageView input, CancellationToken cancellationToken) =>
        role.EditAsync(input, cancellationToken);
}

internal sealed class OutboundEditorKind : MessageKind<IOutboundEditor>
{
    public static readonly OutboundEditorKind Instance = new();

    public override string Name => "outbound editor";

    public override ValueTask<Verdict> Call(IOutboundEditor role, IMessageView input, CancellationToken cancellationToken) =>
        role.EditOutboundAsync(input, cancellationToken);
}
